"""The cells of a list as people write them: cleaned, what was changed noted, what must not be kept
left out."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.catalogue.matching import Change
from portal.input.cleaning import MOBILE
from portal.input.tables import Line
from portal.needs.notes import Kind, Note

_NAME_THE_ITEM = {"joined_names", "shared_name", "shared_name_by_standard", "item_by_standard"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


class Outcome(StrEnum):
    """What became of a row."""

    PLACED = "placed"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass
class Draft:
    """A row while it is being read."""

    line: Line
    cells: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def drafted(
    line: Line, columns: Mapping[int, str], *, width: int, longest: Mapping[str, int]
) -> Draft:
    """The cells of a row, cleaned; what holds a mobile number is left out and said."""
    draft = Draft(line)
    for n, cell in enumerate(line.cells):
        column = columns.get(n, "")
        if _has_mobile(cell):
            draft.notes.append(Note("mobile", {"column": column or str(n + 1)}))
        elif column:
            draft.cells[column] = _clean(cell, column, draft, longest[column])
    if len(line.cells) > width:
        draft.notes.append(Note("too_many_cells"))
    return draft


def _has_mobile(cell: str) -> bool:
    """Whether a cell holds a personal mobile number, however its digits are parted."""
    text = unicodedata.normalize("NFKC", cell)
    text = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in text
        if unicodedata.category(c) not in _INVISIBLE or c.isspace()
    )
    text = re.sub(r"(?<=\d)[\s.·_()\-\u2010-\u2015\u2212]+(?=\d)", "-", text)
    return bool(MOBILE.search(re.sub(r"(?<!\d)00(?=86)", "+", text)))


def _clean(cell: str, column: str, draft: Draft, limit: int) -> str:
    """The cell without invisible characters and spare spaces; every change is noted."""
    seen = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    broken = re.sub(r"\s*\n\s*", " / ", seen.strip())
    text = "".join(c for c in broken if unicodedata.category(c) not in _INVISIBLE)
    if text != broken:
        draft.notes.append(Note("invisible", {"column": column}))
    if "\n" in seen.strip():
        draft.notes.append(Note("line_break", {"column": column}))
    text = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())
    if cell[:1].isspace() or cell[-1:].isspace():
        draft.notes.append(Note("spaces", {"column": column}))
    if text.lstrip("'\" ").startswith(("=", "+", "-", "@", "＝")) and column != "quantity":
        draft.notes.append(Note("formula", {"column": column}))
    if len(text) > limit:
        place = {"line": str(draft.line.number), "end": str(draft.line.end)}
        told = {"column": column, "limit": str(limit)}
        if column == "source":
            draft.notes.append(Note("source_too_long", told))
            return ""
        draft.notes.append(Note("cell_too_long", place | told))
    return text[:limit]


def unmatched(written: str, reason: str, candidates: tuple[str, ...]) -> Note:
    if reason == "not_in_catalogue" and not candidates:
        return Note("not_in_catalogue_at_all", {"written": written})
    return Note(reason, {"written": written, "items": " ".join(candidates)})


def matched(change: Change, item: str) -> Note:
    """A change of the matching as a note; `item` was chosen, `other` owns the standard."""
    params = dict(change.params)
    if other := params.pop("item", ""):
        params["other"] = other
    if change.code in _NAME_THE_ITEM:
        params["item"] = item
    return Note(change.code, params)


def outcome_of(notes: list[Note]) -> Outcome:
    kinds = {note.kind for note in notes}
    if Kind.REFUSED in kinds:
        return Outcome.REFUSED
    return Outcome.CHANGED if Kind.CHANGED in kinds else Outcome.PLACED
