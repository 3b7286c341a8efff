"""What must be true, in plain Python: where every piece is, and what the counters say.

Nothing of the portal or the ledger is imported here: the rules are written down a second time.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

MAY_BE_NEGATIVE = {"donor", "found"}
UNDER_WAY = {"inbound", "quarantine", "stock", "held", "reserved", "transit"}


@dataclass
class NeedLine:
    hospital: str
    item: str
    kind: str
    quantity: int | None
    fitness: str
    pledged: int = 0
    allocated: int = 0
    received: int = 0

    @property
    def left(self):
        """What may still be allocated; None without end."""
        return self.quantity - self.allocated if self.kind == "exact" else None

    @property
    def gap(self):
        """What may still be promised; None without end."""
        return self.quantity - self.pledged if self.kind == "exact" else None


@dataclass
class GiftLine:
    item: str
    quantity: int
    need_line: tuple | None = None
    sent: int = 0
    arrived: int = 0


@dataclass
class Lot:
    gift: str
    item: str
    house: str = ""
    community: bool = False
    gift_line: tuple = ()
    expiry: date | None = None


@dataclass
class Model:
    held: Counter = field(default_factory=Counter)  # (gift, lot, item, place) -> pieces
    need_lines: dict = field(default_factory=dict)  # (need, no)
    gift_lines: dict = field(default_factory=dict)  # (gift, no)
    lots: dict = field(default_factory=dict)  # code
    told: dict = field(default_factory=dict)  # code of another subject -> what a rule keeps of it

    def book(self, net):
        """{(gift, lot, item, place): change}, all or none; it must take from one place what it puts
        into another, and leave no place below zero."""
        sums = Counter()
        for (gift, lot, item, _place), change in net.items():
            sums[gift, lot, item] += change
        assert not any(sums.values()), f"not conserved: {sums}"
        for key, change in net.items():
            self.held[key] += change
            name = key[3].partition(":")[0]
            assert self.held[key] >= 0 or name in MAY_BE_NEGATIVE, f"below zero: {key}"

    def at(self, place, lot=""):
        """Pieces in a place, of one lot or of all."""
        return sum(n for (_g, b, _i, p), n in self.held.items() if p == place and lot in ("", b))

    def lots_at(self, place):
        """{lot: pieces} of what a place holds."""
        found = Counter()
        for (_gift, lot, _item, where), amount in self.held.items():
            if where == place and amount:
                found[lot] += amount
        return dict(found)

    def stock(self, house):
        return self.lots_at(f"stock:{house}")

    def unsent(self, gift):
        """{line: pieces} that a donor has still to send."""
        lines = {no: line for (code, no), line in self.gift_lines.items() if code == gift}
        return {no: n for no, line in lines.items() if (n := line.quantity - line.sent)}

    def accounted(self, gift):
        """Whether nothing of a gift is under way any more."""
        here = (n for (g, _b, _i, p), n in self.held.items() if g == gift and _name(p) in UNDER_WAY)
        return not self.unsent(gift) and not any(here)


def moved(gift, lot, item, amount, source, target):
    """The change that a move of so many pieces makes."""
    net = Counter()
    net[gift, lot, item, source] -= amount
    net[gift, lot, item, target] += amount
    return net


def _name(place):
    return place.partition(":")[0]
