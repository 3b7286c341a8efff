"""The ledger's tables. Only head, case counts, intents and disclosures ever change.

The tables of `APPEND_ONLY` are just that: triggers
(triggers.py) refuse UPDATE and DELETE on both databases. Sealed bytes are kept and never built
again from columns.
"""

from typing import Any

from django.db import models

OK, BEHIND, FROZEN, READONLY = MODES = ("ok", "behind", "frozen", "readonly")
NAMED, PRIVATE = CLASSES = ("named", "private")


class Head(models.Model):
    """The one row: lock, compare-and-swap and state of the log."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=200)
    vkey = models.CharField(max_length=400)  # of the log's key; who publishes has not the key
    retired = models.TextField(blank=True, default="")  # vkeys before it, newest first, a line each
    receipt_vkey = models.CharField(max_length=400, blank=True, default="")  # of the receipts
    size = models.BigIntegerField()
    root = models.BinaryField()
    frontier = models.BinaryField()
    last = models.BinaryField()  # leaf hash of the newest entry
    at = models.CharField(max_length=27)  # its time
    mode = models.CharField(max_length=8)

    class Meta:
        db_table = "ledger_head"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_one_row"),
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="ledger_head_mode"),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="ledger_head_size"),
        ]


class Intent(models.Model):
    """An event written with its change, not sealed yet; canonical text, ready to be joined."""

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=32, unique=True)
    type = models.CharField(max_length=100)
    case = models.CharField(max_length=12, blank=True)
    codes = models.TextField()
    data = models.TextField()
    sd = models.TextField()
    corrects = models.CharField(max_length=32, blank=True)
    by = models.CharField(max_length=200, blank=True)
    sig = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_intent"


class SealedEntry(models.Model):
    """A sealed event: its index, the leaf hash and the very bytes."""

    idx = models.BigIntegerField(primary_key=True)
    uid = models.CharField(max_length=32, unique=True)
    leaf = models.BinaryField()
    entry = models.BinaryField()

    class Meta:
        db_table = "ledger_entry"


class CaseNumber(models.Model):
    """Entry `idx` is number `n` of a code; derived from the leaf."""

    pk = models.CompositePrimaryKey("code", "n")
    code = models.CharField(max_length=12)
    n = models.BigIntegerField()
    idx = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "ledger_case"


class CaseCount(models.Model):
    """The next number of a code; updated under the head lock only."""

    code = models.CharField(max_length=12, primary_key=True)
    n = models.BigIntegerField()

    class Meta:
        db_table = "ledger_case_count"


class TileHash(models.Model):
    """Tile level 1, 2, 3 ...: the root of 256^level entries."""

    pk = models.CompositePrimaryKey("level", "n")
    level = models.SmallIntegerField()
    n = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_hash"


class StoredCheckpoint(models.Model):
    """A signed tree head. `stamp` is the log key's own word for `signed_at` (signer)."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at = models.DateTimeField()
    stamp = models.BinaryField()

    class Meta:
        db_table = "ledger_checkpoint"


class Disclosure(models.Model):
    """The salt and value behind a digest: the only rows that may be erased.

    Written with the intent, so by uid: there is no index yet. Encrypted at rest (vault.py).
    """

    pk = models.CompositePrimaryKey("uid", "digest")
    uid = models.CharField(max_length=32)
    digest = models.CharField(max_length=43)
    sort = models.CharField(max_length=7, db_column="class")
    name = models.CharField(max_length=100)
    disclosure_enc = models.BinaryField()

    class Meta:
        db_table = "ledger_disclosure"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sort__in=CLASSES), name="ledger_disclosure_class"
            ),
        ]


class Erased(models.Model):
    """That a named value was there and was erased. No value, no salt: so that pages can say it."""

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_erased"
        constraints = [models.UniqueConstraint(fields=["uid", "name"], name="ledger_erased_once")]


class Cosignature(models.Model):
    """A witness's word for a checkpoint: its verified line, and the time in it (POSIX seconds).

    The hourly refresh of a size adds rows.
    """

    pk = models.CompositePrimaryKey("size", "witness", "at")
    size = models.BigIntegerField()
    witness = models.CharField(max_length=200)  # its name in the policy
    line = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "ledger_cosignature"


class Anchor(models.Model):
    """A foreign proof of when a checkpoint was there; `kind` rfc3161, `token` as received (DER).

    `note`: the stamped bytes, the checkpoint as the log signed it.
    """

    pk = models.CompositePrimaryKey("size", "kind")
    size = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    note = models.TextField()
    token = models.BinaryField()
    at = models.DateTimeField()  # the time in the token

    class Meta:
        db_table = "ledger_anchor"


class Journal(models.Model):
    """What happened to the log itself: modes, checks, drills, recoveries. Not sealed, never edited.

    The newest line of a kind is what the pages tell; nothing is derived from it.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)  # mode reopened fsck drill backup rebuild witness …
    at = models.DateTimeField()
    size = models.BigIntegerField()
    good = models.BooleanField()
    text = models.TextField(blank=True)

    class Meta:
        db_table = "ledger_journal"
        indexes = [models.Index(fields=["kind", "-id"], name="ledger_journal_newest")]


APPEND_ONLY = (SealedEntry, CaseNumber, TileHash, StoredCheckpoint, Cosignature, Anchor)
SEALED = (
    *(Head, SealedEntry, CaseNumber, CaseCount, TileHash, StoredCheckpoint, Disclosure),
    *(Cosignature, Anchor),
)


def sealed_tables() -> dict[str, Any]:
    """{table: {append_only, columns}} of all tables whose every column fsck re-derives."""
    return {
        model._meta.db_table: {
            "append_only": model in APPEND_ONLY,
            "columns": [field.column for field in model._meta.concrete_fields],
        }
        for model in SEALED
    }
