"""Public rows of whatever can be found and listed: one a code, and the names that are shown with
one as long as they may be."""

from typing import Any

from django.db import models
from django.db.models import Lookup

from portal.tracking.rows import Projected


class TokensField(models.TextField[str, str]):
    """Tokens with single spaces between them; `…__having=[…]` finds the rows that have them all.

    PostgreSQL reads them from a GIN index, SQLite from a table that triggers keep (migration
    `finding`).
    """


LEADING = '"{1}"."id" IN (SELECT t.row FROM "{0}_token" t WHERE t.token = %s{2})'
ALSO = ' AND EXISTS (SELECT 1 FROM "{0}_token" o WHERE o.token = %s AND o.row = t.row)'


@TokensField.register_lookup
class Having(Lookup[Any]):
    lookup_name = "having"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"tracking_tokens({lhs}) @> %s::text[]", [*params, list(self.rhs)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The longest token leads: it is the rarest as a rule."""
        table = self.lhs.target.model._meta.db_table  # inside a subquery it has another alias
        first, *others = sorted(self.rhs, key=lambda token: (":" in token, -len(token), token))
        return LEADING.format(table, self.lhs.alias, ALSO.format(table) * len(others)), [
            first,
            *others,
        ]


class Findable(Projected):
    """One thing in the lists. `seq` and `at`: when it came; `rank`: its place in the list, `due`:
    the day it was promised for; `said`: its name in both languages; `text` and `tokens`: what it is
    found by.

    Lists of keys stand between bars (`|mask|gloves|`), so that one can be looked for.
    """

    KEY = ("code",)

    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=20)
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    rank = models.BigIntegerField(default=0)
    due = models.DateField(null=True, blank=True)
    stage = models.CharField(max_length=30, blank=True)
    owner = models.CharField(max_length=12, blank=True)
    classes = models.CharField(max_length=300, blank=True)
    places = models.JSONField(default=dict)
    regions = models.CharField(max_length=400, blank=True)
    aim = models.CharField(max_length=40, blank=True)
    marks = models.CharField(max_length=120, blank=True)
    said = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    tokens = TokensField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "-at", "-seq"], name="tracking_findable_newest"),
            models.Index(fields=["kind", "-rank"], name="tracking_findable_rank"),
            models.Index(fields=["kind", "due", "seq"], name="tracking_findable_due"),
        ]

    class Disclosure:
        open = (
            *("code", "kind", "seq", "at", "rank", "due", "stage", "owner", "classes", "places"),
            *("regions", "aim", "marks", "said", "text", "tokens"),
        )


class ShownName(Projected):
    """A name as it is published beside a gift, and the keyed hash of a waybill: both only while
    the disclosure exists. An erasure empties the row, and pages ask for the disclosure again."""

    KEY = ("code", "name")

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=30)
    uid = models.CharField(max_length=32, blank=True)
    seq = models.BigIntegerField(default=0)
    text = models.TextField(blank=True)
    tokens = TokensField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "name"], name="tracking_shown_name_once")
        ]

    class Disclosure:
        open = ("code", "name", "uid", "seq")
        named = ("text", "tokens")
