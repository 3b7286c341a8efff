"""Counter rows of the rate limits and the keys of forms that were already sent."""

from django.db import models


class Hit(models.Model):
    """How often `key` came within one slot of `per` seconds."""

    key = models.CharField(max_length=200)
    per = models.PositiveIntegerField()
    slot = models.BigIntegerField()
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "input_hits"
        constraints = [
            models.UniqueConstraint(fields=["key", "per", "slot"], name="input_hits_once")
        ]

    class Disclosure:
        internal = ("id", "key", "per", "slot", "hits")


class Sending(models.Model):
    """One form sent once: the key made with the form, who sent it, what it said, and the code it
    led to."""

    key = models.CharField(max_length=36)
    action = models.CharField(max_length=100)
    who = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    answer = models.CharField(max_length=64, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "action", "who"], name="input_sending_once")
        ]

    class Disclosure:
        internal = ("id", "key", "action", "who", "digest", "answer", "at")
