"""What became of each row of an imported list, by its line in the file; the numbers add up to the
rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.needs.importing import Imported
from portal.needs.notes import Kind, Note
from portal.needs.reading import Outcome, Reading, ReadRow

LABELS = {
    Outcome.PLACED: gettext_lazy("placed"),
    Outcome.CHANGED: gettext_lazy("changed"),
    Outcome.REFUSED: gettext_lazy("refused"),
}


@dataclass(frozen=True)
class Reported:
    """One row: where it went, or why not; every sentence in the language active now.

    `need` is empty where nothing was placed, and before the import. `again`: it was there before.
    """

    line: int
    outcome: Outcome
    hospital: str
    item: str
    need: str
    need_line: int
    again: bool
    notes: tuple[str, ...]

    @property
    def label(self) -> str:
        return str(LABELS[self.outcome])

    @property
    def where(self) -> str:
        """`N-…/3`; nothing for a row that is refused or not imported yet."""
        return f"{self.need}/{self.need_line}" if self.need else ""


@dataclass(frozen=True)
class Report:
    """A whole file: its rows, and what is to be said of the file itself."""

    rows: tuple[Reported, ...]
    organisations: tuple[str, ...]
    new_needs: tuple[str, ...]
    remarks: tuple[str, ...]
    done: bool  # False: only looked at

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.outcome for row in self.rows)
        return {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def again(self) -> int:
        """How many rows were there before."""
        return sum(row.again for row in self.rows)

    @property
    def summary(self) -> str:
        """One sentence that adds up."""
        return _(
            "%(rows)d rows: %(placed)d placed, %(changed)d placed with a change, "
            "%(refused)d refused. %(again)d of them were there before."
        ) % {"rows": len(self.rows), "again": self.again, **self.counts}

    @property
    def news(self) -> str:
        """What is new by it, or that nothing is."""
        if not self.new_needs:
            return _("Nothing new: every line that could be placed is there already.")
        new = {"drafts": len(self.new_needs), "organisations": len(self.organisations)}
        if self.done:
            return _("New: %(drafts)d drafts and %(organisations)d listed organisations.") % new
        return (
            _("Would be new: %(drafts)d drafts and %(organisations)d listed organisations.") % new
        )

    def to_json(self) -> dict[str, Any]:
        """One JSON object, as the command prints it."""
        return {
            "imported": self.done,
            "rows": len(self.rows),
            **self.counts,
            "again": self.again,
            "organisations": list(self.organisations) if self.done else len(self.organisations),
            "needs": list(self.new_needs) if self.done else len(self.new_needs),
            "remarks": list(self.remarks),
            "lines": [asdict(row) for row in self.rows],
        }


def report(reading: Reading, found: Imported, *, done: bool) -> Report:
    """The report of an import, or of a look before it."""
    return Report(
        rows=tuple(_reported(row, found) for row in reading.rows),
        organisations=tuple(found.organisations),
        new_needs=tuple(found.made),
        remarks=tuple(
            remarks(
                above=reading.above,
                columns=reading.columns_left_out,
                sheets=reading.sheets_left_out,
            )
        ),
        done=done,
    )


def _reported(row: ReadRow, found: Imported) -> Reported:
    said = found.said.get(row.line, [])
    refused = found.refused.get(row.line, "")
    need, no = found.lines.get(row.line, ("", 0))
    if row.outcome is Outcome.REFUSED or refused:
        notes = [str(note) for note in row.notes if note.kind is Kind.REFUSED]
        outcome, notes = Outcome.REFUSED, [*filter(None, [refused]), *notes, *_others(row)]
    else:
        outcome = Outcome.CHANGED if said else row.outcome
        notes = [*map(str, row.notes), *said]
    return Reported(
        line=row.line,
        outcome=outcome,
        hospital=row.hospital,
        item=row.item_as_written,
        need=need,
        need_line=no,
        again=row.line in found.again,
        notes=tuple(notes),
    )


def _others(row: ReadRow) -> list[str]:
    """What else was noticed in a refused row."""
    others: list[Note] = [note for note in row.notes if note.kind is not Kind.REFUSED]
    return [str(note) for note in others]


def remarks(*, above: Sequence[int], columns: int, sheets: Sequence[str]) -> list[str]:
    """What of a file was not read."""
    said = []
    if above:
        lines = ", ".join(map(str, above))
        said.append(_("Above the header, not read: line %(lines)s.") % {"lines": lines})
    if columns:
        said.append(
            ngettext(
                "%(n)d column has no use here and was not read.",
                "%(n)d columns have no use here and were not read.",
                columns,
            )
            % {"n": columns}
        )
    if sheets:
        said.append(_("Sheets that were not read: %(sheets)s.") % {"sheets": ", ".join(sheets)})
    return said
