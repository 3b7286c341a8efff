"""What a temperature logger wrote: times and degrees from CSV or XLSX, however the logger writes
them; judged against what the goods can bear."""

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from portal.input.tables import Unreadable, read_table
from portal.needs.columns import Headings

MOST = 10_000  # readings of one log
COLDEST, WARMEST = -2000, 1000  # tenths of a degree: beyond that no logger measures
LOG = Headings(
    {
        "time": "时间 日期时间 记录时间 采集时间 测量时间 监测时间 "
        "time timestamp datetime recordtime recordedat loggedat",
        "date": "日期 记录日期 date",
        "degrees": "温度 温度℃ 温度°c 温度值 实时温度 当前温度 箱温 temperature temp celsius ℃ °c "
        "reading value",
    },
    {},
)
_CLOCK = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*"
    r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?)?分?(?:\.\d+)?"
)
_EXCEL = dt.datetime(1899, 12, 30)  # noqa: DTZ001 -- local time, as Excel counts
Reading = tuple[dt.datetime, int]  # when, tenths of a degree Celsius


@dataclass(frozen=True)
class Log:
    """The readings in order of time, and how many rows of the file held none that can be read."""

    readings: tuple[Reading, ...]
    skipped: int

    @property
    def text(self) -> str:
        """One reading a line, as it is kept and sealed by its digest: time in UTC, tenths."""
        return "".join(
            f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ},{tenths}\n" for at, tenths in self.readings
        )

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def lowest(self) -> int:
        return min(tenths for _at, tenths in self.readings)

    @property
    def highest(self) -> int:
        return max(tenths for _at, tenths in self.readings)

    @property
    def longest_gap(self) -> int:
        """Minutes between two readings, at most."""
        gaps = [_minutes(a[0], b[0]) for a, b in self._pairs]
        return max(gaps, default=0)

    def minutes_outside(self, floor: int, ceiling: int) -> int:
        """How long it was outside: a reading holds until the next one, the last one a minute."""
        outside = [b[0] - a[0] for a, b in self._pairs if not floor <= a[1] <= ceiling]
        last = not floor <= self.readings[-1][1] <= ceiling
        seconds = sum((each.total_seconds() for each in outside), start=60.0 * last)
        return -int(-seconds // 60)

    @property
    def _pairs(self) -> list[tuple[Reading, Reading]]:
        return list(zip(self.readings, self.readings[1:], strict=False))


def read_log(data: bytes) -> Log:
    """Read a logger's file. Raises Unreadable: no columns, no readings, too many rows, or more than
    a tenth of the rows without a reading."""
    lines, _sheets = read_table(data, LOG.score, most=MOST)
    found = (n for n, line in enumerate(lines[:60]) if LOG.is_header(line.cells, "degrees"))
    header = next(found, None)
    if header is None:
        raise Unreadable(
            _("No header row was found. It must name the columns “time” and “temperature”.")
        )
    columns, _unit = LOG.columns_of(lines[header].cells, named=True)
    rows = [
        {columns[n]: cell.strip() for n, cell in enumerate(line.cells) if n in columns}
        for line in lines[header + 1 :]
    ]
    read = [(_when(row), _tenths(row.get("degrees", ""))) for row in rows]
    readings = [(at, tenths) for at, tenths in read if at is not None and tenths is not None]
    skipped = len(rows) - len(readings)
    if not readings:
        raise Unreadable(_("No row has both a time and a temperature that can be read."))
    if skipped * 10 > len(rows):
        raise Unreadable(
            _(
                "%(skipped)d of %(rows)d rows have no time or temperature that can be read. "
                "Please export the log anew."
            )
            % {"skipped": skipped, "rows": len(rows)}
        )
    return Log(tuple(sorted(readings)), skipped)


def _minutes(earlier: dt.datetime, later: dt.datetime) -> int:
    return int((later - earlier).total_seconds() // 60)


def _when(row: dict[str, str]) -> dt.datetime | None:
    """A time of the warehouse's own zone, unless the file says another."""
    text = unicodedata.normalize("NFKC", row.get("time", ""))
    if row.get("date"):
        day = unicodedata.normalize("NFKC", row["date"]).removesuffix(" 00:00:00")
        text = f"{day} {text}"
    try:
        if exact := parse_datetime(text.strip()):
            return exact if timezone.is_aware(exact) else timezone.make_aware(exact)
        if parts := _CLOCK.fullmatch(text.strip()):
            numbers = [int(part or 0) for part in parts.groups()]
            return timezone.make_aware(dt.datetime(*numbers))  # type: ignore[arg-type]  # noqa: DTZ001 -- made aware
    except ValueError:
        return None
    return _excel(text)


def _excel(text: str) -> dt.datetime | None:
    """A day as Excel counts it, with its fraction."""
    try:
        days = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not 36_526 <= days <= 73_050:  # 2000 to 2099
        return None
    seconds = int((days * 86_400).to_integral_value(ROUND_HALF_UP))
    return timezone.make_aware(_EXCEL + dt.timedelta(seconds=seconds))


def _tenths(written: str) -> int | None:
    text = unicodedata.normalize("NFKC", written).replace("\u2212", "-").replace(",", ".")
    text = re.sub(r"[\s°]|度|c$", "", text.casefold())
    try:
        tenths = int((Decimal(text) * 10).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return tenths if COLDEST <= tenths <= WARMEST else None
