"""Lists that people send, as rows of text: CSV in the encodings people use, XLSX within limits."""

import codecs
import csv
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_BYTES = 10 * 2**20
MOST_ROWS = 5_000
MOST_COLUMNS = 60
MOST_UNPACKED = 32 * 2**20
MOST_PARTS = 500
MOST_LONG = 2_000  # characters of a cell that are kept for the reader to refuse

# What openpyxl lets through from a broken file; it wraps none of them.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    ParseError,
    zlib.error,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    EOFError,
    OSError,
)


class Unreadable(ValueError):
    """The file as a whole cannot be read; the text says why and what to do."""


def bytes_of(path: Path) -> bytes:
    """The file, read no further than shows that it is too large. Unreadable."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        sentence = _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        raise Unreadable(sentence) from error


@dataclass(frozen=True)
class Line:
    """A row of cells and the lines of the file (or the row of the sheet) on which it stands."""

    number: int
    end: int
    cells: tuple[str, ...]


def read_table(
    data: bytes, score: Callable[[Iterable[str]], int], *, most: int = MOST_ROWS
) -> tuple[list[Line], list[str]]:
    """The rows that are not blank, and the names of sheets that were not read. Raises Unreadable.

    `score` says how many cells look like column headings: it decides the separator and the sheet.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 10 MiB. Please split it."))
    if data.startswith(b"PK\x03\x04"):
        return _sheets(data, score, most)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old Excel file. Please save it as .xlsx or CSV."))
    text = _decoded(data)
    lines = max(
        (_separated(text, mark, most) for mark in (",", "\t", ";")),
        key=lambda lines: max((score(line.cells) for line in lines[:20]), default=0),
    )
    return _limited(lines, most), []


def _limited(lines: list[Line], most: int) -> list[Line]:
    if len(lines) > most + 20:
        told = _("The file has more than %(most)s rows. Please split it.")
        raise Unreadable(told % {"most": f"{most:,}"})
    if any(len(line.cells) > MOST_COLUMNS for line in lines):
        raise Unreadable(_("The file has more than 60 columns. Is it the right file?"))
    return lines


def _decoded(data: bytes) -> str:
    sample = data[:4096]
    names = ["utf-8-sig", "gb18030"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        names = ["utf-16"]
    elif sample.count(0) * 50 > len(sample):  # separators and digits of UTF-16 have a zero byte
        little = sample[1::2].count(0) > sample[::2].count(0)
        names = ["utf-16-le" if little else "utf-16-be", *names]
    for name in names:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The text is neither UTF-8, UTF-16 nor GB18030. Please save it as UTF-8."))


def _separated(text: str, mark: str, most: int) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    lines: list[Line] = []
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(Line(begin, reader.line_num, _cut(cells)))
            begin = reader.line_num + 1
            if len(lines) > most + 20:
                return lines
    except csv.Error as wrong:
        message = _("Line %(line)s cannot be read. Is a quotation mark not closed?")
        raise Unreadable(message % {"line": begin}) from wrong
    return lines


def _cut(cells: Iterable[str]) -> tuple[str, ...]:
    """Cells without the empty ones at the end of the row."""
    kept = [cell[:MOST_LONG] for cell in cells]
    while kept and not kept[-1].strip():
        kept.pop()
    return tuple(kept)


def _sheets(
    data: bytes, score: Callable[[Iterable[str]], int], most: int
) -> tuple[list[Line], list[str]]:
    """The sheet whose first rows look most like headings; the other sheets by name."""
    openpyxl = import_module("openpyxl")  # it brings numpy: no command should start with it in vain
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions it leaves out
        try:
            _check_archive(data)
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheets = {sheet.title: list(_sheet(sheet, most)) for sheet in book.worksheets}
            book.close()
        except Unreadable:
            raise
        except (*_BROKEN, openpyxl.utils.exceptions.InvalidFileException) as wrong:
            raise _not_xlsx() from wrong
    filled = {name: lines for name, lines in sheets.items() if lines}
    if not filled:
        raise Unreadable(_("The file is empty."))
    best = max(filled, key=lambda name: max(score(line.cells) for line in filled[name][:20]))
    return _limited(filled[best], most), [name for name in filled if name != best]


def _not_xlsx() -> Unreadable:
    return Unreadable(_("This file cannot be read as .xlsx. Please save it anew."))


def _check_archive(data: bytes) -> None:
    """Refuse archives that unpack to too much or declare entities, before anything parses them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unreadable(_("The file unpacks to more than 32 MiB. Please split it."))
        for part in parts:
            if b"<!DOCTYPE" in archive.read(part).replace(b"\0", b""):
                raise _not_xlsx()


def _sheet(sheet: "Worksheet", most: int) -> Iterator[Line]:
    """The filled rows of a sheet, read a little further than allowed to see what is too big."""
    if hasattr(sheet, "reset_dimensions"):  # what the file says of its size may be wrong
        sheet.reset_dimensions()
    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    found = 0
    for number, values in enumerate(rows, start=1):
        cells = _cut(_text(value) for value in values)
        if cells:
            found += 1
            yield Line(number, number, cells)
        if found > most + 20:
            return


def _text(value: object) -> str:
    """A cell as text: whole numbers without a point, formulas as they are written."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)
