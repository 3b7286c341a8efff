"""What happened to the log itself, for those who look on: who cosigned what, checks, drills."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from ledger.models import Anchor, Cosignature, Head, Journal, StoredCheckpoint

CHECK, DRILL, ROTATION, ANCHOR = "fsck", "drill", "rotation", "anchor"
BACKUP = "backup"


@dataclass(frozen=True)
class Signed:
    """A signed tree head and its witnesses: (name, when it first cosigned). `stamped`: when a
    foreign authority says that it was there."""

    checkpoint: StoredCheckpoint
    by: list[tuple[str, datetime]] = field(default_factory=list)
    stamped: datetime | None = None

    @property
    def stamp(self) -> str:
        """The path of the time stamp's file."""
        return f"anchor/{self.checkpoint.size}.tsr"


def signed(limit: int, *, below: int | None = None) -> list[Signed]:
    """Signed tree heads, largest first, with their first cosignature of each witness; 3 queries."""
    rows = StoredCheckpoint.objects.order_by("-size")
    if below is not None:
        rows = rows.filter(size__lt=below)
    heads = list(rows[:limit])
    stamps = Anchor.objects.filter(size__in=[row.size for row in heads]).values_list("size", "at")
    times = dict(stamps)
    found = {row.size: Signed(row, stamped=times.get(row.size)) for row in heads}
    known = set[tuple[int, str]]()
    lines = Cosignature.objects.filter(size__in=list(found)).order_by("at", "witness")
    for size, witness, at in lines.values_list("size", "witness", "at"):
        if (size, witness) not in known:
            known.add((size, witness))
            found[size].by.append((witness, datetime.fromtimestamp(at, UTC)))
    return list(found.values())


def newest(*kinds: str) -> dict[str, Journal]:
    """{kind: its newest line} of the journal."""
    found: dict[str, Journal] = {}
    for kind in kinds:
        if line := Journal.objects.filter(kind=kind).order_by("-id").first():
            found[kind] = line
    return found


def write(kind: str, *, at: datetime, good: bool, text: str = "") -> None:
    """One line of the journal, at the size that the log has now."""
    head = Head.objects.values_list("size", flat=True).first()
    Journal.objects.create(kind=kind, at=at, size=head or 0, good=good, text=text)
