from django.db import models

from portal.stages.models import Subject, stage_known
from tests.toys.stages import TOY


class Toy(Subject):
    lifecycle = TOY

    owner = models.CharField(max_length=12, blank=True)
    colour = models.CharField(max_length=10, blank=True)
    artist = models.CharField(max_length=50, blank=True)
    maker = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [stage_known(TOY)]

    class Disclosure:
        open = ("colour",)
        named = ("artist",)
        private = ("maker",)
        internal = ("owner",)
        rows = {"labels": "labels"}

    def reachable_by(self, actor):
        return not self.owner or actor.org == self.owner


class Label(models.Model):
    toy = models.ForeignKey(Toy, on_delete=models.PROTECT, related_name="labels")
    text = models.CharField(max_length=20)
    author = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "toys"

    class Disclosure:
        open = ("text",)
        named = ("author",)
        internal = ("id", "toy")
