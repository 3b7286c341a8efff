"""What every public row has: its key, and the version that is part of its page's ETag."""

from typing import ClassVar, Self

from django.db import models


class Projected(models.Model):
    KEY: ClassVar[tuple[str, ...]]
    objects: ClassVar[models.Manager[Self]]

    version = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    class Disclosure:
        internal = ("id", "version")
