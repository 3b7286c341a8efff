"""Messy need lists read row by row: each row is placed, changed (said how) or refused (said why).

Nothing is lost: every filled row below the header becomes one ReadRow with its line number.

The placeholder rule. Where notices gave no number, people typed 1. A cell that holds a bare 1 is
such a placeholder if at least four fifths of the filled quantities of the whole file (ten or more),
or of that hospital (three or more), are bare 1s. Supplies then become *quantity unknown*. Devices
of which a hospital may truly need one (`single` in the catalogue) become an *estimate* of 1:
unknown would lose what may be exact, exact would claim what nobody said. A 1 with its unit ("1台")
is no placeholder.
"""

from collections import Counter
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from portal.catalogue.data import Variant, catalogue
from portal.catalogue.matching import find
from portal.input.tables import MOST_ROWS, Unreadable, read_table
from portal.input.uscc import WrongCreditCode, check_uscc
from portal.needs.cells import Draft, Outcome, drafted, matched, outcome_of, unmatched
from portal.needs.columns import NEEDS
from portal.needs.notes import Note
from portal.needs.quantities import Quantity, plain, read_quantity
from portal.needs.stages import QuantityKind

__all__ = ["Outcome", "ReadRow", "Reading", "Unreadable", "read"]

# What a cell may hold, in characters: what the tables of the portal hold.
LONGEST = {
    "province": 20,
    "city": 40,
    "district": 40,
    "hospital": 120,
    "credit_code": 40,
    "item": 100,
    "specification": 250,
    "quantity": 100,
    "unit": 20,
    "source": 1000,
}
_PLACE = ("province", "city", "district")


@dataclass(frozen=True)
class ReadRow:
    """One row of the file as understood. `item` and `variant` are keys of the catalogue."""

    line: int
    outcome: Outcome = Outcome.PLACED
    province: str = ""
    city: str = ""
    district: str = ""
    hospital: str = ""
    credit_code: str = ""
    item: str = ""
    variant: str = ""
    quantity_kind: QuantityKind = QuantityKind.UNKNOWN
    quantity: int | None = None
    unit: str = ""
    item_as_written: str = ""
    specification_as_written: str = ""
    quantity_as_written: str = ""
    source: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A whole file: its rows, the lines above the header, columns and sheets left out."""

    rows: tuple[ReadRow, ...]
    above: tuple[int, ...] = ()
    columns_left_out: int = 0
    sheets_left_out: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows were placed, changed and refused; their sum is all rows."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome.value: found[outcome] for outcome in Outcome}


def read(data: bytes, *, hospital: str = "") -> Reading:
    """Read a CSV or XLSX file of needs; `hospital` fills the column if the file has none.

    Raises Unreadable if the file as a whole cannot be read.
    """
    lines, sheets = read_table(data, NEEDS.score)
    header = next((n for n, line in enumerate(lines[:20]) if NEEDS.is_header(line.cells)), None)
    if header is None:
        raise Unreadable(
            _(
                "No header row was found. The first rows must name the columns, "
                "at least “item” and one more, such as “hospital” or “quantity”."
            )
        )
    columns, unit = NEEDS.columns_of(lines[header].cells, named=bool(hospital))
    body = lines[header + 1 :]
    if len(body) > MOST_ROWS:
        raise Unreadable(_("The file has more than 5,000 rows. Please split it."))
    drafts = [
        drafted(line, columns, width=len(lines[header].cells), longest=LONGEST) for line in body
    ]
    _fill_from_above(drafts, hospital=hospital)
    placeholders = _placeholders(drafts)
    rows = [_row(draft, unit, bare_one=n in placeholders) for n, draft in enumerate(drafts)]
    return Reading(
        rows=tuple(_compared(rows, drafts)),
        above=tuple(line.number for line in lines[:header]),
        columns_left_out=len(lines[header].cells) - len(columns),
        sheets_left_out=tuple(sheets),
    )


def _fill_from_above(drafts: list[Draft], *, hospital: str) -> None:
    """In lists where a hospital stands only on the first of its rows, the others take it over."""
    above: Draft | None = None
    for draft in drafts:
        cells = draft.cells
        if hospital and not cells.get("hospital"):
            cells["hospital"] = hospital
        if cells.get("hospital"):
            above = draft
        elif above and not any(cells.get(name) for name in _PLACE) and not _lost_hospital(draft):
            for name in ("hospital", "credit_code", *_PLACE):
                cells[name] = above.cells.get(name, "")
            line = str(above.line.number)
            draft.notes.append(Note("from_above", {"column": "hospital", "line": line}))


def _lost_hospital(draft: Draft) -> bool:
    """Whether the hospital's cell was left out for a mobile number in it."""
    return Note("mobile", {"column": "hospital"}) in draft.notes


def _placeholders(drafts: list[Draft]) -> set[int]:
    """Which rows hold a 1 that stands for “not given”; the rule is in the module's first lines."""
    bare = [plain(draft.cells.get("quantity", "")) for draft in drafts]
    by_hospital: dict[str, Counter[bool]] = {}
    whole: Counter[bool] = Counter()
    for draft, quantity in zip(drafts, bare, strict=True):
        if quantity:
            mine = by_hospital.setdefault(draft.cells.get("hospital", ""), Counter())
            mine[quantity == "1"] += 1
            whole[quantity == "1"] += 1
    all_over = _nearly_all(whole, least=10)
    return {
        n
        for n, (draft, quantity) in enumerate(zip(drafts, bare, strict=True))
        if quantity == "1"
        and (all_over or _nearly_all(by_hospital[draft.cells.get("hospital", "")], least=3))
    }


def _nearly_all(ones: Counter[bool], *, least: int) -> bool:
    return ones.total() >= least and ones[True] * 5 >= ones.total() * 4


def _row(draft: Draft, header_unit: str, *, bare_one: bool) -> ReadRow:
    """The row as understood, but for what only a comparison with other rows shows."""
    cells, notes, row = draft.cells, draft.notes, _as_written(draft)
    if not row.hospital:
        notes.append(Note("no_hospital"))
    if not row.item_as_written:
        notes.append(Note("no_item"))
        return row
    match = find(row.item_as_written, row.specification_as_written)
    if match.variant is None:
        notes.append(unmatched(row.item_as_written, match.reason, match.candidates))
        return row
    variant = match.variant
    item = catalogue().item_of(variant.key)
    notes.extend(matched(change, item.key) for change in (*match.changes, *match.remarks))
    unit = cells.get("unit", "") or header_unit
    quantity = (
        _placeholder(variant)
        if bare_one
        else read_quantity(
            row.quantity_as_written,
            item=item,
            unit=unit,
            specification=row.specification_as_written,
        )
    )
    notes.extend(quantity.notes)
    return replace(
        row,
        item=item.key,
        variant=variant.key,
        quantity_kind=quantity.kind,
        quantity=quantity.amount,
        unit=item.unit,
    )


def _as_written(draft: Draft) -> ReadRow:
    cells = draft.cells
    return ReadRow(
        line=draft.line.number,
        province=cells.get("province", ""),
        city=cells.get("city", ""),
        district=cells.get("district", ""),
        hospital=cells.get("hospital", ""),
        credit_code=_credit_code(draft),
        source=cells.get("source", ""),
        item_as_written=cells.get("item", ""),
        specification_as_written=cells.get("specification", ""),
        quantity_as_written=cells.get("quantity", ""),
    )


def _credit_code(draft: Draft) -> str:
    try:
        return check_uscc(draft.cells["credit_code"]) if draft.cells.get("credit_code") else ""
    except WrongCreditCode:
        draft.notes.append(Note("credit_code_wrong"))
        return ""


def _placeholder(variant: Variant) -> Quantity:
    if variant.single or catalogue().item_of(variant.key).single:
        return Quantity(QuantityKind.ESTIMATED, 1, (Note("placeholder_or_one"),))
    return Quantity(QuantityKind.UNKNOWN, None, (Note("placeholder"),))


def _compared(rows: list[ReadRow], drafts: list[Draft]) -> list[ReadRow]:
    """The rows with their outcomes, after comparing them: duplicates, items asked twice, places."""
    cities = {row.city for row in rows if row.city}
    first_cells: dict[tuple[tuple[str, str], ...], int] = {}
    first_item: dict[tuple[str, str, str], int] = {}
    compared = []
    for row, draft in zip(rows, drafts, strict=True):
        notes = draft.notes
        alike = tuple(sorted(draft.cells.items()))
        line = first_cells.setdefault(alike, row.line)
        if alike and line != row.line:
            notes.append(Note("duplicate", {"line": str(line)}))
        elif row.variant:
            again = first_item.setdefault((row.city, row.hospital, row.variant), row.line)
            if again != row.line:
                notes.append(Note("item_again", {"line": str(again)}))
        if row.district in cities and row.district != row.city:
            notes.append(Note("other_city", {"district": row.district}))
        compared.append(replace(row, outcome=outcome_of(notes), notes=tuple(notes)))
    return compared
