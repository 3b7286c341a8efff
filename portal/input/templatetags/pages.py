"""What every template may use: icons, numbers, money, times, short hashes, bars."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.input.speaking import english

register = template.Library()

ZONE = ZoneInfo("Asia/Shanghai")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NARROWEST = Decimal("0.6")  # per cent: a loss of one carton in a thousand must still be seen


@register.simple_tag
def icon(name: str) -> SafeString:
    """One picture of static/img/icons.svg, for the eye only: the words stand beside it."""
    return format_html(
        '<svg class="i" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.filter
def grouped(number: object) -> str:
    """1234567 as 1,234,567; nothing for nothing."""
    if number is None or number == "":
        return ""
    return f"{int(str(number)):,}"


def _cut(number: Decimal, places: int) -> str:
    """Cut, never rounded up: a total may not look larger than it is."""
    kept = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
    whole, _dot, rest = f"{kept:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


LARGE = {
    True: ((10**9, "billion", 2), (10**6, "million", 2)),
    False: ((10**8, "亿", 4), (10**4, "万", 2)),
}
NARROW = {True: ((10**6, "m"), (10**3, "k")), False: ((10**8, "亿"), (10**4, "万"))}
NARROW_FROM = 10**5  # up to here a number fits as it is


def in_large_units(number: int) -> tuple[str, str]:
    """The figure and its unit, cut and never rounded up: (7.4578, 亿) in Chinese, (745.78, million)
    in English; below 10,000 (in English a million) the number itself, grouped, and no unit."""
    for size, unit, places in LARGE[english()]:
        if abs(number) >= size:
            return _cut(Decimal(number) / size, places), unit
    return grouped(number), ""


def narrow(number: int) -> str:
    """The same where there is room for five signs, on a tile or an axis: 74万, 7.4亿, 745k."""
    for size, unit in NARROW[english()]:
        if abs(number) >= max(size, NARROW_FROM):
            return _cut(Decimal(number) / size, int(abs(number) < 10 * size)) + unit
    return grouped(number)


@register.simple_tag
def exactly(text: str, number: int, exact: str) -> str:
    """A headline with its exact number for programs and the pointer; `exact` is empty where the
    text says it already."""
    if not exact:
        return text
    return format_html('<data value="{}" title="{}">{}</data>', number, exact, text)


@register.filter
def yuan(fen: object) -> str:
    """An amount in fen as ¥169,830.00."""
    if fen is None or fen == "":
        return ""
    whole, rest = divmod(abs(int(str(fen))), 100)
    return f"{'-' if int(str(fen)) < 0 else ''}¥{whole:,}.{rest:02d}"


@register.filter
def short_hash(value: object) -> str:
    """The first eight and the last six signs of a hash or uid."""
    text = value.hex() if isinstance(value, bytes) else str(value or "")
    return text if len(text) <= 15 else f"{text[:8]}…{text[-6:]}"


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(ZONE)
    if isinstance(value, str) and value:
        return datetime.fromisoformat(value).astimezone(ZONE)
    return None


def _day(value: date, *, year: str) -> str:
    if english():
        return f"{value.day} {MONTHS[value.month - 1]}" + (f" {value.year}" if year else "")
    return (f"{value.year} 年 " if year else "") + f"{value.month} 月 {value.day} 日"


def day_words(value: date) -> str:
    """A date inside a sentence: 2026 年 11 月 25 日 or 25 Nov 2026."""
    return _day(value, year="year")


# A date, a number with its unit (2,000 只), a standard with its number (GB 19083-2010), a code.
TOGETHER = re.compile(
    r"\d{4} 年 \d{1,2} 月 \d{1,2} 日|\b\d{1,2} [A-Z][a-z]{2} \d{4}"
    r"|\d[\d,.]*\s[\u4e00-\u9fff]"
    r"|\b(?:GB|YY|WS|EN)(?:/T)?\s\d[\d.]*(?:-\d{4})?"
    r"|\b[A-Z]-[2-9A-HJKMNP-Z]{10}\b"
)


@register.filter
def under(cells: Iterable[object], columns: Iterable[object]) -> list[tuple[object, object]]:
    """Each cell of a row with the name of its column."""
    return list(zip(columns, cells, strict=False))


@register.filter
def unbroken(text: object) -> SafeString:
    """The text, escaped; numbers stay on a line with their unit, standards in one piece."""
    said, parts, end = str(conditional_escape(str(text))), [], 0
    for found in TOGETHER.finditer(said):
        parts.append((SafeString(said[end : found.start()]), SafeString(found[0])))
        end = found.end()
    start = format_html_join("", '{}<span class="num">{}</span>', parts)
    return format_html("{}{}", start, SafeString(said[end:]))


@register.filter
def when(value: object, year: str = "") -> str:
    """A time element: 11 月 19 日 15:42 or 19 Nov 15:42, Shanghai time.

    `|when:"year"` says the year too. Takes an aware datetime or an ISO string.
    The full time is in `datetime` and in the tooltip.
    """
    at = _moment(value)
    if at is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{} (UTC+8)">{} {}</time>',
        at.isoformat(timespec="seconds"),
        f"{at:%Y-%m-%d %H:%M:%S}",
        _day(at, year=year),
        f"{at:%H:%M}",
    )


@register.filter
def day(value: object, year: str = "") -> str:
    """A date without its hour: 11 月 25 日 or 25 Nov; takes a date, a datetime or an ISO string."""
    if isinstance(value, str) and len(value) == 10:
        on: date | None = date.fromisoformat(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        on = value
    else:
        on = _moment(value)
    if on is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', f"{on:%Y-%m-%d}", _day(on, year=year))


class Mistake(NamedTuple):
    """One sentence of the summary on top of a form; `target`: the id of its field, or nothing."""

    target: str
    text: str


class Part(NamedTuple):
    """One piece of a split bar: where it begins and how wide it is, both "12.34%"."""

    x: str
    width: str
    segment: Any


def _amount(segment: Any) -> int:
    return int(segment["amount"] if isinstance(segment, Mapping) else segment.amount)


@register.filter
def laid_out(segments: Iterable[Any]) -> list[Part]:
    """Segments with an `amount` above zero, side by side, none too thin to see."""
    shown = [segment for segment in segments if _amount(segment) > 0]
    total = sum(_amount(segment) for segment in shown)
    widths = [max(Decimal(100) * _amount(segment) / total, NARROWEST) for segment in shown]
    scale = Decimal(100) / (sum(widths, Decimal(0)) or 1)
    x, parts = Decimal(0), []
    for segment, width in zip(shown, widths, strict=True):
        parts.append(Part(f"{x:.2f}%", f"{width * scale:.2f}%", segment))
        x += width * scale
    return parts


def _of_form(form: Any, line: int) -> Iterable[Mistake]:
    for text in form.non_field_errors():
        yield Mistake("", _("Line %(n)s: %(error)s") % {"n": line, "error": text} if line else text)
    for field in form:
        for text in field.errors:
            said = {"n": line, "label": field.label, "error": text}
            sentence = _("Line %(n)s, %(label)s: %(error)s") if line else _("%(label)s: %(error)s")
            yield Mistake("" if field.is_hidden else field.auto_id, sentence % said)


def _of_rows(rows: Any) -> Iterable[Mistake]:
    for text in rows.non_form_errors():
        yield Mistake("", text)
    for number, form in enumerate(rows.forms, start=1):
        yield from _of_form(form, number)


@register.simple_tag
def mistakes(*parts: Any) -> list[Mistake]:
    """What is wrong in forms and formsets, in the order of the page, each once.

    A form that carries formsets (`form.rows`, a dict) is asked for those too, and for nothing at
    all when it says that only more lines were wanted (`form.wants_more`).
    """
    found: list[Mistake] = []
    asked: list[Any] = []
    for part in parts:
        if not part or part in asked or getattr(part, "wants_more", False):
            continue
        asked.append(part)
        if hasattr(part, "management_form"):
            found += _of_rows(part)
            continue
        found += _of_form(part, 0)
        carried = getattr(part, "rows", None)
        for rows in carried.values() if isinstance(carried, Mapping) else ():
            if rows not in asked:
                asked.append(rows)
                found += _of_rows(rows)
    return found
