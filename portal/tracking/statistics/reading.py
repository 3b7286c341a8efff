"""The sums as pages, counters and files read them: a few rows, whatever the ledger holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.tracking import words
from portal.tracking.models import Tally

Amounts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Counted:
    """One number: of which figure, item class and unit (`part`, empty where it counts things)."""

    figure: str
    part: str
    amount: int
    kind: str
    unit: str


class Sums:
    """The sums of everything, of an organisation, a province or a day: {figure: {part: amount}}."""

    def __init__(self, amounts: Amounts, units: Mapping[str, str]) -> None:
        self.amounts = amounts
        self.units = units

    def of(self, figure: str, part: str = "") -> int:
        return int(self.amounts.get(figure, {}).get(part, 0))

    def parts(self, figure: str) -> list[Counted]:
        """What is counted by class and unit, the largest first; never added up across."""
        found = sorted(self.amounts.get(figure, {}).items(), key=lambda pair: (-pair[1], pair[0]))
        return [self._counted(figure, part, amount) for part, amount in found if amount]

    def _counted(self, figure: str, part: str, amount: int) -> Counted:
        return Counted(figure, part, amount, kind_of(part), unit_of(part, self.units))


def kind_of(part: str) -> str:
    """The item class in words."""
    item_class = part.partition("|")[0]
    return words.label(words.CLASSES, item_class) or _("Goods")


def unit_of(part: str, units: Mapping[str, str]) -> str:
    """The base unit in the language of the page; where English has one word for two units of a
    class (个 and 副 are pieces), the Chinese one stands beside it."""
    item_class, _bar, unit = part.partition("|")
    if not words.english():
        return unit
    english = units.get(part, unit)
    alike = [p for p, u in units.items() if u == english and p.partition("|")[0] == item_class]
    return f"{english} · {unit}" if len(alike) > 1 else english


def everything() -> Sums:
    """The sums over all that is sealed and projected; one query."""
    row = Tally.objects.filter(of="", kind="all", day="").first()
    amounts = row.amounts if row else {}
    return Sums(amounts, amounts.get("units", {}))
