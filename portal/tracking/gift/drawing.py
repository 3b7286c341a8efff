"""The picture of a split gift: donor, warehouses, shipments, where the pieces are now; bands as
thick as the pieces are many. Drawn here, in whole numbers and attributes only, and the same rows
stand below it as a table.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.tracking import words
from portal.tracking.gift.paths import Way, ways
from portal.tracking.gift.verdict import TONES, items
from portal.tracking.models import Gift, Line

WIDTH, COLUMNS, NODE = 1080, (0, 230, 490, 750), 10
TALL, SLOT, THIN = 280, 30, 2  # of all pieces; of a node's words; of the thinnest band
WORDS = (14, 16, 16, 22)  # Chinese characters that fit beside a node
NAMELESS = ("damaged", "lost", "expired", "sold", "community", "returned")  # ends without a name
Node = tuple[int, str, str]  # column, kind, code of warehouse, shipment or owner
MOST = 40  # ways in one picture: beyond, the table alone says it


def pictures(gift: Gift, lines: list[Line]) -> list[dict[str, Any]]:
    """A picture and a table for each item that went more than one way."""
    found = []
    for item in items(gift):
        rows = ways(gift, lines, item)
        if len(rows) > 1:
            found.append(
                {
                    "title": words.item_title(gift.names, item),
                    "unit": words.unit(gift.names, item),
                    "total": sum(amount for _way, amount in rows),
                    "rows": [_row(gift, way, amount) for way, amount in rows],
                    "drawn": _drawn(gift, rows) if len(rows) <= MOST else None,
                }
            )
    return found


def _row(gift: Gift, way: Way, amount: int) -> dict[str, Any]:
    shipment = reverse("tracking:shipment", args=[way.shipment]) if way.shipment else ""
    return {
        "source": _says(gift, (0, way.source, "")),
        "house": words.name(gift.names, way.house) if way.house else "",
        "shipment": way.shipment,
        "href": shipment,
        "now": _says(gift, (3, way.kind, way.owner)),
        "amount": amount,
    }


def chain(way: Way) -> list[Node]:
    """The nodes that pieces went through, one in a column; a column may be left out."""
    middle = [(1, "house", way.house)] if way.house else []
    middle += [(2, "shipment", way.shipment)] if way.shipment else []
    return [(0, way.source, ""), *middle, (3, way.kind, way.owner)]


def _says(gift: Gift, node: Node) -> str:
    _column, kind, code = node
    if kind in ("donor", "found"):
        return _("sent by the donor") if kind == "donor" else _("found beyond what was sent")
    if kind == "shipment":
        return code
    name = words.name(gift.names, code) if code else ""
    if kind == "house":
        return name
    says = words.phrase(kind, amount="", owner=name).strip(" ;,，；")
    return f"{says} · {name}" if kind in NAMELESS and name else says


def _drawn(gift: Gift, rows: list[tuple[Way, int]]) -> dict[str, Any]:
    return drawn([(chain(way), amount) for way, amount in rows], partial(_says, gift))


def drawn(chains: list[tuple[list[Node], int]], says: Callable[[Node], str]) -> dict[str, Any]:
    """Bands and nodes of a picture whose ways lead through these nodes, from left to right; `says`
    gives the words beside a node."""
    bands: dict[tuple[Node, Node], int] = defaultdict(int)
    size: dict[Node, int] = defaultdict(int)
    for nodes, amount in chains:
        for node in nodes:
            size[node] += amount
        for pair in pairwise(nodes):
            bands[pair] += amount
    whole = sum(amount for _nodes, amount in chains)
    thick = {node: max(round(TALL * n / whole), THIN) for node, n in size.items()}
    top, height = _stacked(thick)
    return {
        "width": WIDTH,
        "height": height,
        "bands": _bands(bands, size, thick, top),
        "nodes": [_node(says(node), node, size[node], thick[node], top[node]) for node in thick],
    }


def _stacked(thick: dict[Node, int]) -> tuple[dict[Node, int], int]:
    """{node: its top} and the height of the picture: each column from above."""
    top, down = {}, dict.fromkeys(range(len(COLUMNS)), 0)
    for node, high in thick.items():  # in the order of the rows
        slot = max(high, SLOT)
        top[node] = down[node[0]] + (slot - high) // 2
        down[node[0]] += slot + 10
    return top, max(down.values())


def _bands(
    bands: dict[tuple[Node, Node], int],
    size: dict[Node, int],
    thick: dict[Node, int],
    top: dict[Node, int],
) -> list[dict[str, Any]]:
    """Bands in the order in which they leave; each starts where the one before it ended."""
    out, into = dict(top), dict(top)
    drawn = []
    for (one, other), amount in sorted(bands.items(), key=lambda pair: _from_above(pair[0], top)):
        left = max(thick[one] * amount // size[one], 1)
        right = max(thick[other] * amount // size[other], 1)
        x, y = COLUMNS[one[0]] + NODE, COLUMNS[other[0]]
        a, b, bend = out[one], into[other], (x + y) // 2
        path = f"M{x} {a}C{bend} {a} {bend} {b} {y} {b}V{b + right}"
        path += f"C{bend} {b + right} {bend} {a + left} {x} {a + left}Z"
        tone = TONES.get(other[1], "gone") if other[0] == len(COLUMNS) - 1 else "stored"
        drawn.append(
            {"path": path, "tone": tone, "amount": amount, "ends": (_key(one), _key(other))}
        )
        out[one] += left
        into[other] += right
    return drawn


def _from_above(pair: tuple[Node, Node], top: dict[Node, int]) -> tuple[int, ...]:
    one, other = pair
    return (one[0], top[one], other[0], top[other])


def _key(node: Node) -> str:
    return f"{node[1]}:{node[2]}"


def _node(says: str, node: Node, amount: int, thick: int, top: int) -> dict[str, Any]:
    column, kind, _code = node
    middle = top + thick // 2
    return {
        "x": COLUMNS[column],
        "y": top,
        "height": thick,
        "says": _short(says, WORDS[column]),
        "whole": says,
        "amount": amount,
        "text": COLUMNS[column] + NODE + 6,
        "first": middle - 3,
        "second": middle + 12,
        "tone": TONES.get(kind, "gone") if column == len(COLUMNS) - 1 else "stored",
        "key": _key(node),
    }


def _short(text: str, fits: int) -> str:
    """As much as fits beside the node; a Latin letter takes half the room of a Chinese one."""
    room = 2 * fits
    for n, letter in enumerate(text):
        room -= 1 if ord(letter) < 0x2E80 else 2
        if room < 0:
            return text[: max(n - 1, 0)] + "…"
    return text
