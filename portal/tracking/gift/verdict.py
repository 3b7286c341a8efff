"""Where a gift is, in plain words: its pieces by place, the one sentence, the bars and the table.

Pure: made from the gift's public row alone (sums of postings and the stages of what carries them).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ledger.core.postings import MONEY
from portal.stages.table import PUBLIC_STAGES, lifecycle
from portal.tracking import words
from portal.tracking.gift import carried
from portal.tracking.models import Gift, Purchase
from portal.tracking.projection.entries import name_of

# The order of the sentence: what is done first, then from hospital back to donor, then ends.
ORDER = (
    *("received", "held", "unconfirmed", "delivered", "transit", "trouble", "turned_back"),
    *("packing", "reserved", "stock", "crossing", "kept"),
    *("quarantine", "waiting", "inbound", "promised", "unanswered"),
)
AMISS = ("held", "unconfirmed", "damaged", "lost", "trouble", "turned_back")
ENDS = ("rejected", "returned", "damaged", "lost", "expired", "community", "sold")
PUBLIC = {"unanswered": "start", "promised": "match", "inbound": "match", "waiting": "store"}
PUBLIC |= {"quarantine": "store", "stock": "store", "reserved": "allocate", "packing": "deliver"}
PUBLIC |= {"kept": "store", "crossing": "store", "trouble": "deliver", "turned_back": "deliver"}
PUBLIC |= {"unconfirmed": "deliver"}
PUBLIC |= {"transit": "deliver", "delivered": "deliver", "held": "confirm", "received": "confirm"}
TONES = {"received": "received", "returned": "returned", "promised": "promised"}
TONES |= {"unanswered": "promised", "stock": "stored", "quarantine": "stored", "waiting": "stored"}
TONES |= {"reserved": "stored", "inbound": "moving", "packing": "moving", "transit": "moving"}
TONES |= {"delivered": "moving", "held": "moving", "kept": "stored"}
TONES |= {"trouble": "moving", "turned_back": "moving", "unconfirmed": "moving"}
TONES |= {"crossing": "moving"}


TRANSIT = {"delivered": "delivered", "unconfirmed": "unconfirmed"}  # by the shipment's stage
TRANSIT |= {"refused": "turned_back", "exception": "trouble"}
MOST = 7  # parts of the sentence


@dataclass(frozen=True)
class Share:
    """Pieces of one item that are in one place, for or with one owner."""

    kind: str
    item: str
    amount: int
    owner: str = ""  # code of the hospital or warehouse
    by: str = ""  # code of the shipment that carries them
    house: str = ""  # code of the warehouse where they lie

    @property
    def open(self) -> bool:
        return self.kind not in ENDS and self.kind != "received"


def shares(gift: Gift) -> list[Share]:
    """Every piece of the gift once, in the order of the sentence."""
    found: dict[tuple[str, ...], int] = {}
    for item in items(gift):
        for place, amount in gift.places.get(item, {}).items():
            if amount > 0 and (at := where(gift, place)):
                key = (at[0], item, *at[1:])
                found[key] = found.get(key, 0) + amount
        if left := promised(gift, item) - sent(gift, item) - relabelled(gift, item):
            kind = "unanswered" if gift.stage == "registered" else "promised"
            if left > 0 and not _over(gift):
                found[kind, item, "", "", ""] = left
    rank = {kind: n for n, kind in enumerate((*ORDER, *ENDS))}
    rows = [Share(k[0], k[1], n, *k[2:]) for k, n in found.items()]
    return sorted(rows, key=lambda s: (rank.get(s.kind, 99), -s.amount, s.item, s.owner, s.by))


def items(gift: Gift) -> list[str]:
    """The gift's items: as registered, then what turned up beyond. What was paid for goods of it
    that were sold is no item."""
    told = [line["variant"] for line in gift.lines]
    return list(dict.fromkeys([*told, *sorted(gift.places.keys() - {MONEY})]))


def promised(gift: Gift, item: str) -> int:
    return sum(int(line["quantity"]) for line in gift.lines if line["variant"] == item)


def sent(gift: Gift, item: str) -> int:
    """What has left the donor."""
    return -int(gift.places.get(item, {}).get(f"donor:{gift.code}", 0))


def relabelled(gift: Gift, item: str) -> int:
    """What was sent as this item and turned out, by its label, to be another."""
    return int(gift.flows.get(item, {}).get("quarantine>donor", 0))


def surplus(gift: Gift, item: str) -> int:
    """What was found beyond what was sent."""
    places = gift.places.get(item, {})
    return -sum(int(n) for place, n in places.items() if name_of(place) == "found")


def counted_in(gift: Gift, item: str) -> int:
    """What warehouses counted in as good; what came back counts once it is counted again."""
    flows: dict[str, int] = gift.flows.get(item, {})
    came = [f"{place}>stock" for place in ("inbound", "donor", "found", "quarantine")]
    came.append("quarantine>held")
    back = [f"stock>{place}" for place in ("inbound", "donor", "found", "quarantine")]
    back.append("transit>quarantine")
    return sum(flows.get(f, 0) for f in came) - sum(flows.get(f, 0) for f in back)


def _over(gift: Gift) -> bool:
    """Nothing more will be sent: fulfilled, declined, withdrawn."""
    table = lifecycle("pledge")
    stage = table.by_key.get(gift.stage) if table else None
    return stage is not None and stage.ends


def where(gift: Gift | Purchase, place: str) -> tuple[str, str, str, str] | None:
    """(kind, owner, shipment, warehouse) of pieces in a place; None outside."""
    name, _colon, owner = place.partition(":")
    if name in ("donor", "found", "purchase", "buyer"):
        return None
    if name == "inbound":
        arrived = any(
            told["stage"] == "arrived" and told["warehouse"] == owner
            for key, told in gift.subjects.items()
            if key.startswith("arrival:")
        )
        return ("waiting" if arrived else "inbound", owner, "", owner)
    if name in ("reserved", "transit") and owner[:1] in "ARS":
        kind = {"A": "allocation", "R": "release", "S": "shipment"}[owner[0]]
        told = gift.subjects.get(f"{kind}:{owner}", {})
        if name == "transit":
            name = TRANSIT.get(told.get("stage", ""), "transit")
        elif owner[0] != "A":
            name = "packing"
        shipment = owner if owner[0] == "S" else ""
        return (name, told.get("hospital", ""), shipment, told.get("warehouse", ""))
    if name == "transit":  # between two warehouses
        name = "crossing"
    if name == "held" and (house := _kept_at(gift, owner)):
        return ("kept", owner, "", house)
    if name == "lost" and owner[:1] == "S":
        return (name, "", owner, "")
    return (name, owner, "", owner if owner[:1] == "W" else "")


def _kept_at(gift: Gift | Purchase, owner: str) -> str:
    """The warehouse that keeps a parcel for the hospital it is addressed to, or nothing."""
    for key, told in gift.subjects.items():
        if key.startswith("arrival:") and (told["stage"], told["hospital"]) == ("held", owner):
            return str(told["warehouse"])
    return ""


def headline(gift: Gift, rows: list[Share]) -> str:
    """One plain sentence: correct for every split."""
    table = lifecycle("pledge")
    if not rows:
        stage = table.by_key.get(gift.stage) if table else None
        return str(stage.text) if stage else gift.stage
    named = len(items(gift)) > 1
    parts = [
        _part(gift, share, named=named, bare=n > 0 and not named and words.english())
        for n, share in enumerate(rows[:MOST])
    ]
    if len(rows) > MOST:
        parts.append(_("the rest as the table below says"))
    if len(rows) == 1 and rows[0].kind == "received" and not named:
        parts = [_("All %(part)s") % {"part": parts[0]}]
    stop = "." if words.english() else "。"
    return words.joined(parts, strong=any("," in p or "，" in p for p in parts)) + stop


def _part(gift: Gift, share: Share, *, named: bool, bare: bool) -> str:
    """`600 pieces confirmed by …`; `bare` leaves out the unit that the first part has named."""
    amount = words.amount(share.amount, {} if bare else gift.names, share.item, named=named)
    owner = words.name(gift.names, share.owner) if share.owner else ""
    return words.phrase(share.kind, amount=amount, owner=owner)


def next_steps(rows: list[Share]) -> str:
    """What comes next for what is still open."""
    steps = {
        "held": _("the sender explains the difference"),
        "delivered": _("the hospital counts and confirms it; the carrier's word is not enough"),
        "unconfirmed": _("the hospital, silent for three days, still has to count and confirm it"),
        "transit": _("the hospital counts and confirms it"),
        "trouble": _("the charity looks into the problem on the way"),
        "turned_back": _("it comes back to the warehouse and is counted again"),
        "packing": _("it is handed to the carrier"),
        "reserved": _("it is released and packed"),
        "stock": _("it is allocated to a hospital's need"),
        "crossing": _("the other warehouse counts it in"),
        "kept": _("the hospital it is addressed to fetches it or gives it on"),
        "quarantine": _("it is inspected"),
        "waiting": _("the warehouse counts it in"),
        "inbound": _("the warehouse counts it in"),
        "promised": _("the donor sends it"),
        "unanswered": _("the charity says whether it can take it"),
    }
    wanted = list(dict.fromkeys(steps[s.kind] for s in rows if s.kind in steps))
    if not wanted:
        return _("Nothing: every piece is accounted for.")
    text = words.joined(wanted[:3], strong=True)
    return text[:1].upper() + text[1:] + ("." if words.english() else "。")


def holders(gift: Gift, rows: list[Share]) -> str:
    """In whose hands the pieces are now."""
    hands: list[str] = []
    for share in rows:
        if share.kind in ("promised", "unanswered"):
            hands.append(_("The donor"))
        elif share.kind in ("transit", "trouble", "turned_back"):
            told = gift.subjects.get(f"shipment:{share.by}", {}).get("holder")
            hands.append(carried.holder(told) if told else _("The carrier"))
        elif share.kind in ("delivered", "unconfirmed", "inbound", "crossing"):
            hands.append(_("The carrier"))
        elif share.kind in ("received", "held"):
            hands.append(words.name(gift.names, share.owner))
        elif share.kind in ("stock", "kept", "quarantine", "waiting", "reserved", "packing"):
            hands.append(words.name(gift.names, share.house) if share.house else _("The sender"))
    separator = ", " if words.english() else "、"
    return separator.join(dict.fromkeys(hands))


def view(gift: Gift) -> dict[str, Any]:
    """What the verdict's component shows."""
    rows = shares(gift)
    recalled = recalled_lots(gift)
    amiss = any(s.kind in AMISS for s in rows) or not rows or bool(recalled)
    at_work = [s for s in rows if s.open]
    pictures = {"store": "warehouse", "allocate": "split", "deliver": "truck", "confirm": "check"}
    picture = pictures.get(PUBLIC[at_work[0].kind], "hand") if at_work else "check"
    return {
        "headline": " ".join(filter(None, (headline(gift, rows), _recall(recalled)))),
        "tone": "warn" if amiss else "",
        "picture": "alert" if amiss else picture,
        "since": gift.since,
        "holder": holders(gift, rows),
        "next": next_steps(rows) if rows else "",
    }


def recalled_lots(gift: Gift) -> list[str]:
    """Its lots that are recalled now."""
    return sorted(
        key.partition(":")[2]
        for key, told in gift.subjects.items()
        if key.startswith("lot:") and told["stage"] == "recalled"
    )


def _recall(lots: list[str]) -> str:
    if not lots:
        return ""
    named = ", ".join(lots)
    return _("Recalled: %(lots)s. Whoever has some of it should not use it.") % {"lots": named}


def stage_bar(gift: Gift, reached: dict[str, Any]) -> list[dict[str, Any]]:
    """The six public stages. `reached`: {public stage: when an entry first told of it}."""
    rows = shares(gift)
    working = {PUBLIC[s.kind] for s in rows if s.open}
    over = not working and (_over(gift) or bool(rows))
    farthest = max((PUBLIC_STAGES.index(p) for p in reached if p in PUBLIC_STAGES), default=0)
    steps = []
    for n, key in enumerate(PUBLIC_STAGES):
        at = reached.get(key)
        came = key != "confirm" or any(PUBLIC.get(s.kind) == key for s in rows)
        if key in working:
            mark = "now"
        elif at is not None and came:
            mark = "done"
        else:
            mark = "skip" if n < farthest or over else "next"
        note = _("to come") if mark == "next" else ""
        if mark == "skip":
            at, note = None, _("not needed") if came and n < farthest else _("did not come to it")
        open_here = [s for s in rows if s.open and PUBLIC[s.kind] == key]
        if key == "confirm" and working:
            open_here = [s for s in rows if PUBLIC.get(s.kind) == key]
        steps.append(
            {
                "label": words.label(words.STAGES, key),
                "mark": mark,
                "at": at if not open_here else None,
                "note": note or _counted(gift, open_here),
            }
        )
    return steps


def _counted(gift: Gift, rows: Iterable[Share]) -> str:
    sums: dict[str, int] = {}
    for share in rows:
        sums[share.item] = sums.get(share.item, 0) + share.amount
    if len(sums) != 1:
        return _("under way") if sums else ""
    ((item, total),) = sums.items()
    return words.amount(total, gift.names, item, named=False)
