"""What a check found: nothing wrong, or every damaged file or entry by name."""

from dataclasses import dataclass, field, fields
from typing import Any

from ledger.core import notes, policy


@dataclass
class Report:
    """`damage` is a list of {file, entry, reason}, empty when all is well."""

    origin: str = ""
    size: int = 0
    root: str = ""
    damage: list[dict[str, Any]] = field(default_factory=list)

    def wrong(self, file: str, reason: str, entry: int | None = None) -> None:
        self.damage.append({"file": file, "entry": entry, "reason": reason})

    def about(self, signed: notes.Checkpoint) -> None:
        self.origin, self.size, self.root = signed.origin, signed.size, signed.root.hex()

    def as_json(self) -> dict[str, Any]:
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.repr}
        return {"ok": not self.damage, **told}


@dataclass
class LogReport(Report):
    """Of a whole log. `evidence`: the remembered note and the one that contradicts it."""

    ahead: int = 0
    holdings: int | None = None
    evidence: list[str] = field(default_factory=list)
    anchors: int = 0  # time stamps that are of this log
    anchored: dict[str, Any] | None = None  # the newest that is genuine: {size, at}
    note: bytes = field(default=b"", repr=False)
    keys: list[notes.Verifier] = field(default_factory=list, repr=False)
    rules: policy.Policy | None = field(default=None, repr=False)
    leaves: list[bytes] = field(default_factory=list, repr=False)


@dataclass
class ReceiptReport(Report):
    """Of a receipt: kept, other content, not due yet, broken or forged; empty where the log itself
    is damaged. `index`: where it was sealed."""

    uid: str = ""
    verdict: str = ""
    seal_by: str = ""
    index: int | None = None


@dataclass
class BundleReport(Report):
    """Of proofs. `case`: whose running numbers were checked; None where no case is named. `later`:
    entries of the case beyond the proofs, None where no log was read."""

    case: str | None = None
    entries: list[int] = field(default_factory=list)
    not_yet: list[int] = field(default_factory=list)
    values: int = 0
    own_policy: bool = False
    later: int | None = None
