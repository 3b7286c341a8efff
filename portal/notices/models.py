"""Who is told of a code, and the notices that wait or were sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reader(models.Model):
    """The one address to which notices about a code go: a donor's of his gift, a hospital's own."""

    code = models.CharField(max_length=12, unique=True)
    box = models.BinaryField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Disclosure:
        personal = ("box",)
        internal = ("id", "code", "stopped_at")


class Follower(models.Model):
    """An address that wants news of a code: asked by mail first, and gone when it is stopped.
    `known`: its keyed hash, by which it is found again."""

    code = models.CharField(max_length=12)
    known = models.CharField(max_length=64)
    box = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "known"], name="notices_follower_once")
        ]

    class Disclosure:
        personal = ("box",)
        internal = ("id", "code", "known", "asked_at", "confirmed_at")


class Notice(models.Model):
    """One mail: `code` says whose address it goes to, `about` what it is about.

    Its text is kept encrypted until it is sent, and no longer; the address stays with the reader,
    or with the follower where it goes to one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")
        UNSENT = "unsent", _("Nobody to send it to")

    code = models.CharField(_("for"), max_length=12)
    about = models.CharField(_("about"), max_length=12)
    key = models.CharField(max_length=120, unique=True)
    asks = models.BooleanField(_("asks for an answer"), default=False)
    follower = models.ForeignKey(
        Follower, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    box = models.BinaryField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    trouble = models.CharField(_("trouble"), max_length=60, blank=True)
    queued_at = models.DateTimeField(_("queued"))
    next_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "sent", "failed", "unsent")),
                name="notices_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(box=None), name="notices_sent_text_is_gone"
            ),
        ]
        indexes = [models.Index(fields=["state", "next_at"], name="notices_due")]

    class Disclosure:
        personal = ("box",)
        internal = (
            *("id", "code", "about", "key", "asks", "follower", "state", "attempts", "trouble"),
            *("queued_at", "next_at", "sent_at"),
        )

    def __str__(self) -> str:
        return f"{self.about} · {self.get_state_display()}"
