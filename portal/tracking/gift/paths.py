"""Which way every piece of a gift went: from the donor through a warehouse and a shipment to where
it is now. Folded from the postings of the gift's own entries; it adds up because each piece is
carried from place to place.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.tracking.gift.verdict import ENDS, ORDER, where
from portal.tracking.models import Gift, Line
from portal.tracking.projection.entries import name_of

IN_A_HOUSE = {"inbound", "quarantine", "stock"}
RANK = {kind: n for n, kind in enumerate((*ORDER, *ENDS))}


@dataclass(frozen=True)
class Way:
    """Where pieces came from (donor or found), the warehouse and the shipment they went through
    last (codes, or nothing), and where they are now (kind and owner, as in `verdict.Share`)."""

    source: str
    house: str = ""
    shipment: str = ""
    kind: str = ""
    owner: str = ""


Held = dict[tuple[str, str], list[tuple[Way, int]]]  # (lot, place) -> pieces, first come first


def ways(gift: Gift, lines: Iterable[Line], item: str) -> list[tuple[Way, int]]:
    """(way, pieces) of one item of a gift; together what was sent and what was found beyond it."""
    held: Held = defaultdict(list)
    for line in sorted(lines, key=lambda each: each.seq):
        for told in line.data.get("postings", []):
            if (told["gift"], told["item"]) == (gift.code, item):
                _move(held, told["lot"], told["from"], told["to"], told["amount"])
    found: dict[Way, int] = defaultdict(int)
    for (_lot, place), parts in held.items():
        if (at := where(gift, place)) is not None:
            for way, amount in parts:
                found[replace(way, kind=at[0], owner=at[1])] += amount
    return sorted(found.items(), key=lambda pair: _order(*pair))


def _order(way: Way, amount: int) -> tuple[object, ...]:
    return (way.source, way.house, way.shipment, RANK.get(way.kind, 99), way.owner, -amount)


def _move(held: Held, lot: str, source: str, target: str, amount: int) -> None:
    """The first pieces of the place go on; what goes back to the donor has not been sent."""
    name, _colon, owner = source.partition(":")
    if name in ("donor", "found"):
        moved = [(Way(name, shipment=owner if owner[:1] == "S" else ""), amount)]
    else:
        moved = _take(held, lot, source, amount)
    if name_of(target) != "donor":
        held[lot, target] += [(through(way, target), n) for way, n in moved]


def _take(held: Held, lot: str, place: str, amount: int) -> list[tuple[Way, int]]:
    moved, stays = [], []
    for way, there in held[lot, place]:
        part = min(there, amount)
        amount -= part
        moved += [(way, part)] if part else []
        stays += [(way, there - part)] if there > part else []
    held[lot, place] = stays
    return moved


def through(way: Way, place: str) -> Way:
    """The way with the warehouse or the shipment that the pieces came into."""
    name, _colon, owner = place.partition(":")
    if name in IN_A_HOUSE or (name == "transit" and owner[:1] == "W"):
        return replace(way, house=owner, shipment="")
    return replace(way, shipment=owner) if owner[:1] == "S" and name != "lost" else way
