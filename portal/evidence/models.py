"""Photos and papers: what was sent about which thing, who looked at it, what of it is public."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Person
from portal.evidence.limits import BYTES_OF_ONE, FILES_OF_ONE


class Stage(models.TextChoices):
    WAITING = "waiting", _("Waiting for a second person's look")
    PUBLISHED = "published", _("Published")
    KEPT = "kept", _("Kept, not published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ERASED = "erased", _("Erased")


class Shows(models.TextChoices):
    """What is on it: a closed list, so that no free text needs to be looked at."""

    GOODS = "goods", _("Goods")
    LABEL = "label", _("Box label or lot number")
    CERTIFICATE = "certificate", _("Certificate or test report")
    NOTE = "note", _("Delivery note or list")
    HANDOVER = "handover", _("Handover")
    DAMAGE = "damage", _("Damage or difference")
    USE = "use", _("Goods in use")
    RECEIPT = "receipt", _("Official receipt (kept, never shown)")


class State(models.TextChoices):
    """What the last check of the stored bytes found."""

    GOOD = "good", _("Good")
    DAMAGED = "damaged", _("Damaged")
    LOST = "lost", _("Lost")
    WRONG = "wrong", _("Not what was sealed")


class Shelf(models.Model):
    """How many files and bytes are kept about one thing; the row that two uploads contend for."""

    code = models.CharField(max_length=12, unique=True)
    files = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(files__lte=FILES_OF_ONE, size__lte=BYTES_OF_ONE),
                name="evidence_shelf_not_over",
            )
        ]

    class Disclosure:
        internal = ("id", "code", "files", "size")


class File(models.Model):
    """One photo or paper about the thing with this code.

    `closed`: names of the encrypted original, public copy and thumbnail, empty once deleted;
    `copy_sha256`, `thumb_sha256`: what is or was published.
    """

    code = models.CharField(_("about"), max_length=12)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    shows = models.CharField(_("shows"), max_length=12, choices=Shows.choices)
    media = models.CharField(_("kind"), max_length=20)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64, blank=True)
    alike = models.CharField(max_length=16, blank=True)
    taken = models.CharField(_("taken (claimed)"), max_length=19, blank=True)
    repeats = models.CharField(_("seen before"), max_length=5)
    codes = models.JSONField(default=list)
    closed = models.JSONField(default=dict)
    copy_sha256 = models.CharField(max_length=64, blank=True)
    thumb_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        _("last check"), max_length=10, choices=State.choices, default=State.GOOD
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    who = models.CharField(max_length=40)
    role = models.CharField(_("by"), max_length=20)
    org = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(_("sent"))
    uid = models.CharField(max_length=32)
    reviewer = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="files_looked_at"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    published = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("photo or paper")
        verbose_name_plural = _("photos and papers")
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="evidence_stage"),
            models.UniqueConstraint(
                fields=["code", "sha256"], condition=~Q(sha256=""), name="evidence_file_once"
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(reviewer=None) | ~Q(person=F("reviewer")),
                name="evidence_two_persons",
            ),
        ]
        indexes = [
            models.Index(fields=["code"], name="evidence_file_code"),
            models.Index(fields=["copy_sha256"], name="evidence_file_copy"),
            models.Index(fields=["sha256"], name="evidence_file_sha256"),
            models.Index(fields=["stage", "at"], name="evidence_file_stage"),
        ]

    class Disclosure:
        open = ("media", "shows", "repeats")
        named = ("copy_sha256",)
        private = ("sha256",)
        personal = ("alike", "taken", "thumb_sha256")
        internal = (
            *("id", "code", "stage", "size", "codes", "closed", "state", "person", "who", "role"),
            *("org", "at", "uid", "reviewer", "reviewed_at", "published"),
        )

    def __str__(self) -> str:
        return f"{self.code} · {self.get_shows_display()}"

    @property
    def is_picture(self) -> bool:
        return self.media.startswith("image/")
