"""Rows of the public pages. Filled by `projecting` from sealed entries and from nothing else.

`KEY` names the fields by which a row is found and compared; `version` is raised (to one more than
the index of the entry) by whatever concerns the row, and is part of its page's ETag.
"""

from django.db import models

from portal.tracking.certificates.certificate import Certificate
from portal.tracking.finding.findable import Findable, ShownName
from portal.tracking.money.bought import FundMonth, Purchase, Share
from portal.tracking.registers import Organisation, Variant
from portal.tracking.rows import Projected
from portal.tracking.tallies import Part, Tally
from portal.tracking.wanted import Need, NeedLine

__all__ = [
    "Certificate",
    "FundMonth",
    "Need",
    "NeedLine",
    "Organisation",
    "Part",
    "Projected",
    "Purchase",
    "Share",
    "Tally",
    "Variant",
]  # and below


URGENT = "urgent.issue_urgent"  # what left a warehouse without a release order


class Cursor(models.Model):
    """How far the ledger has been read: the index of the next entry."""

    next = models.BigIntegerField(default=0)

    class Disclosure:
        internal = ("id", "next")


class Line(Projected):
    """One entry as the pages tell it, with the names that were valid when it was sealed."""

    KEY = ("seq",)

    seq = models.BigIntegerField(unique=True)
    uid = models.CharField(max_length=32)
    type = models.CharField(max_length=80)
    code = models.CharField(max_length=12, blank=True)
    stage = models.CharField(max_length=30, blank=True)
    public = models.CharField(max_length=10, blank=True)
    role = models.CharField(max_length=30, blank=True)
    org = models.CharField(max_length=12, blank=True)
    recorded_at = models.DateTimeField()
    at = models.DateTimeField()
    leaf = models.CharField(max_length=64)
    corrects = models.CharField(max_length=32, blank=True)
    codes = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    names = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["-seq"], condition=~models.Q(corrects=""), name="tracking_line_corrects"
            ),
            models.Index(
                fields=["type"], condition=~models.Q(corrects=""), name="tracking_line_corrected"
            ),
            models.Index(fields=["uid"], name="tracking_line_uid"),
            models.Index(
                fields=["-seq"], condition=models.Q(type=URGENT), name="tracking_line_urgent"
            ),
        ]

    class Disclosure:
        open = (
            "seq",
            "uid",
            "type",
            "code",
            "stage",
            "public",
            "role",
            "org",
            "recorded_at",
            "at",
            "leaf",
            "corrects",
            "codes",
            "data",
            "names",
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class Link(Projected):
    """The entry is the n-th that concerns this code; whether it `corrects` another."""

    KEY = ("code", "line_id")

    code = models.CharField(max_length=12)
    n = models.BigIntegerField()
    line = models.ForeignKey(Line, to_field="seq", db_column="seq", on_delete=models.PROTECT)
    corrects = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "line"], name="tracking_link_once")]
        indexes = [
            models.Index(
                fields=["code", "-line"],
                condition=models.Q(corrects=True),
                name="tracking_link_corrects",
            )
        ]

    class Disclosure:
        open = ("code", "n", "line", "corrects")


class Subject(Projected):
    """What is publicly known of any subject: its stage and its open facts, the latest of each.
    `org`: whose it is, where it is an organisation's; `about`: the record that it speaks of;
    `reached`: when it first came to each stage; `waits`: whether somebody owes the next step."""

    KEY = ("kind", "code")

    kind = models.CharField(max_length=30)
    code = models.CharField(max_length=12)
    stage = models.CharField(max_length=30, blank=True)
    since = models.DateTimeField()
    opened_at = models.DateTimeField()
    hospital = models.CharField(max_length=12, blank=True)
    warehouse = models.CharField(max_length=12, blank=True)
    org = models.CharField(max_length=12, blank=True)
    about = models.CharField(max_length=12, blank=True)
    facts = models.JSONField(default=dict)
    around = models.JSONField(default=list)
    names = models.JSONField(default=dict)
    reached = models.JSONField(default=dict)
    waits = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="tracking_subject_once")
        ]
        indexes = [
            models.Index(fields=["code"], name="tracking_subject_code"),
            models.Index(fields=["kind", "stage", "since", "code"], name="tracking_subject_waits"),
            models.Index(fields=["about"], name="tracking_subject_about"),
            models.Index(
                fields=["since", "kind", "code"],
                condition=models.Q(waits=True),
                name="tracking_subject_owed",
            ),
            models.Index(
                fields=["-opened_at", "-code"],
                condition=models.Q(kind="question"),
                name="tracking_subject_asked",
            ),
        ]

    class Disclosure:
        open = (
            "kind",
            "code",
            "stage",
            "since",
            "opened_at",
            "hospital",
            "warehouse",
            *("org", "about"),
            "facts",
            "around",
            *("names", "reached", "waits"),
        )


class Gift(Projected):
    """One gift: what was promised (`lines`), and by item where the pieces are (`places`) and have
    gone (`flows`); sums of postings. `subjects` are the shipments, arrivals … that carry it;
    `said`: what was laid down about it (`wishes`), `due`: the day announced in public."""

    KEY = ("code",)

    code = models.CharField(max_length=12, unique=True)
    opened_seq = models.BigIntegerField(default=0)
    stage = models.CharField(max_length=30, blank=True)
    since = models.DateTimeField()
    opened_at = models.DateTimeField()
    uid = models.CharField(max_length=32, blank=True)
    visibility = models.CharField(max_length=20, blank=True)
    lines = models.JSONField(default=list)
    places = models.JSONField(default=dict)
    flows = models.JSONField(default=dict)
    subjects = models.JSONField(default=dict)
    names = models.JSONField(default=dict)
    confirmed = models.BooleanField(default=False)
    said = models.JSONField(default=dict)
    due = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-opened_seq"], name="tracking_gift_newest"),
            models.Index(fields=["stage", "due"], name="tracking_gift_due"),
        ]

    class Disclosure:
        open = (
            "code",
            "opened_seq",
            "stage",
            "since",
            "opened_at",
            "uid",
            "visibility",
            "lines",
            "places",
            "flows",
            "subjects",
            "names",
            "confirmed",
            *("said", "due"),
        )


class Holding(Projected):
    """What one place holds of one item, gift and lot.

    `meant`: for which need lines, in the order in which it was set aside: [["N-…/3", 600], …].
    `at`: the place without its owner; `part`: the item's class and base unit, as it is counted.
    """

    KEY = ("gift", "lot", "item", "place")

    gift = models.CharField(max_length=12)
    lot = models.CharField(max_length=12, blank=True)
    item = models.CharField(max_length=100)
    place = models.CharField(max_length=40)
    amount = models.BigIntegerField(default=0)
    meant = models.JSONField(default=list)
    at = models.CharField(max_length=20, blank=True)
    part = models.CharField(max_length=70, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gift", "lot", "item", "place"], name="tracking_holding_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["place", "id"],
                name="tracking_holding_place",
                condition=models.Q(amount__gt=0),
            ),
            models.Index(
                fields=["at", "part", "gift", "lot", "item", "place"],
                name="tracking_holding_at",
                condition=models.Q(amount__gt=0),
            ),
        ]

    class Disclosure:
        open = ("gift", "lot", "item", "place", "amount", "meant", "at", "part")


TABLES: tuple[type[Projected], ...] = (
    Line,
    Link,
    Subject,
    Gift,
    Holding,
    Need,
    NeedLine,
    Organisation,
    Variant,
    FundMonth,
    Part,
    Tally,
    Purchase,
    Share,
    Certificate,
    Findable,
    ShownName,
)  # in the order in which rows may be written
