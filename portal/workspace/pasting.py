"""A list copied from a spreadsheet into the form of a need: read row by row, every change named,
nothing lost."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.catalogue.fitness import Fitness
from portal.input.cleaning import MOBILE
from portal.input.once import fresh_key
from portal.needs.notes import Note
from portal.needs.reading import Outcome, ReadRow, Unreadable, read
from portal.needs.stages import Priority
from portal.stages.forms import MOST_ROWS

LONGEST = 20_000
HEADERS = {
    1: ["物资"],
    2: ["物资", "数量"],
    3: ["物资", "规格", "数量"],
    4: ["物资", "规格", "数量", "单位"],
}
FIELDS = ("variant", "quantity_kind", "quantity", "as_written")
MORE = {  # what a list does not say, and what the form then shows
    "fitness": Fitness.GENERAL_WARD.value,
    "only_exact": "",
    "priority": Priority.NORMAL.value,
    "daily_use": "",
    "stock_days": "",
}
Values = dict[str, str]


@dataclass
class Pasted:
    """The form with the pasted rows put into it, and what is to be said about them."""

    form: QueryDict
    placed: int = 0
    said: list[tuple[int, list[str]]] = field(default_factory=list)  # line pasted, sentences
    refused: str = ""
    text: str = ""


def pasted_rows(data: QueryDict) -> Pasted:
    """Append what stands in `paste` to the lines already typed; unreadable text stays in its box,
    with the reason."""
    form = data.copy()
    out = Pasted(form=form, text=data.get("paste", ""))
    form["once"] = fresh_key()
    rows = [values for values in _typed(data) if any(values[name] for name in FIELDS[::2])]
    try:
        read_rows = _read(out.text)
    except Unreadable as unreadable:
        out.refused = str(unreadable)
        read_rows = ()
    for row in read_rows:
        _take(row, rows, out)
    if len(rows) > MOST_ROWS:
        out.refused = _("A need holds at most %(most)d lines; the rest was left out.") % {
            "most": MOST_ROWS
        }
    _fill(form, rows[:MOST_ROWS])
    return out


def _take(row: ReadRow, rows: list[Values], out: Pasted) -> None:
    said = [str(note) for note in row.notes]
    if said:
        out.said.append((row.line - 1, said))
    if any(note.code == "duplicate" for note in row.notes):
        return
    out.placed += bool(row.variant)
    kind = row.quantity_kind.value
    refused = row.outcome is Outcome.REFUSED
    rows.append(
        {
            "variant": row.variant,
            "quantity_kind": "exact" if refused and _number(row.notes) else kind,
            "quantity": str(row.quantity or ""),
            "as_written": _as_written(row) if said else "",
            **MORE,
        }
    )


def _number(notes: tuple[Note, ...]) -> bool:
    """Whether it is the quantity that was refused: then the form asks for it."""
    return any(note.code.startswith("quantity") for note in notes)


def _as_written(row: ReadRow) -> str:
    parts = (row.item_as_written, row.specification_as_written, row.quantity_as_written)
    text = " ".join(part for part in parts if part)[:200]
    return "" if MOBILE.search(text) else text


def _read(text: str) -> tuple[ReadRow, ...]:
    """The rows of a pasted list with or without a header. Raises Unreadable."""
    lines = [cells for cells in _cells(text) if any(cell.strip() for cell in cells)]
    if not lines:
        raise Unreadable(_("Please paste at least one line: item, standard and quantity."))
    if len(text) > LONGEST:
        raise Unreadable(_("This list is too long to paste. Please paste it in parts."))
    width = min(max(len(cells) for cells in lines), 4)
    try:
        return read(_as_csv(lines), hospital="-").rows
    except Unreadable:
        return read(_as_csv([HEADERS[width], *lines]), hospital="-").rows


def _cells(text: str) -> Iterator[list[str]]:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    marks = "\t" if "\t" in plain else ","
    if marks == "," and "," not in plain:
        plain = plain.replace("，", ",")
    yield from csv.reader(io.StringIO(plain), delimiter=marks)


def _as_csv(lines: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode("utf-8", "replace")


def _typed(data: QueryDict) -> Iterator[Values]:
    total = data.get("lines-TOTAL_FORMS", "")
    known = int(total) if total.isascii() and total.isdigit() and len(total) < 5 else 0
    for n in range(min(known, MOST_ROWS)):
        yield {name: data.get(f"lines-{n}-{name}", "") for name in (*FIELDS, *MORE)}


def _fill(form: QueryDict, rows: list[Values]) -> None:
    for key in [key for key in form if key.startswith("lines-") or key in {"paste", "place"}]:
        del form[key]
    for n, values in enumerate(rows):
        for name, value in values.items():
            form[f"lines-{n}-{name}"] = value
    form["lines-TOTAL_FORMS"] = str(len(rows))
    form["lines-INITIAL_FORMS"] = "0"
