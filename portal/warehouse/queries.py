"""What the warehouse's forms and lists ask: where to send, what is in stock, what is needed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.accounts.acting import Actor
from portal.accounts.roles import DONOR
from portal.balance.models import Holding
from portal.catalogue.fitness import Fitness
from portal.catalogue.queries import described, unit_of, variants
from portal.funds.queries import to_announce
from portal.needs.models import NeedLine
from portal.needs.queries import OPEN
from portal.organisations.queries import hospital_choices, name_of, names
from portal.pledges.models import Pledge
from portal.pledges.queries import unsent_lines
from portal.stages.models import Subject
from portal.warehouse.buying import is_bought
from portal.warehouse.models import Arrival, Lot, Warehouse
from portal.warehouse.nearing import RED, YELLOW, near
from portal.warehouse.serials import CARE
from portal.warehouse.stock_queries import (
    ask_out_initial,
    label_of,
    other_warehouse_choices,
    put_away_initial,
    recall_initial,
    receive_initial,
    sale_fund_choices,
    take_out_initial,
)

Pairs = list[tuple[str, Any]]

__all__ = [
    "ask_out_initial",
    "label_of",
    "other_warehouse_choices",
    "put_away_initial",
    "recall_initial",
    "receive_initial",
    "sale_fund_choices",
    "take_out_initial",
]  # with the functions below: what forms and lists ask


def warehouse_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Open warehouses: for a donor all of them, for a charity its own."""
    houses = Warehouse.objects.filter(stage="open").select_related("org")
    if actor.role != DONOR:
        houses = houses.filter(org__code=actor.org)
    return [
        (house.code, ", ".join(filter(None, (label_of(house), house.city))))
        for house in houses.order_by("name_zh", "pk")
    ]


def consignee_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """The charity itself, or a hospital that the parcel is addressed to."""
    return [("", _("the charity, to be allocated")), *hospital_choices()]


def inspected_choices(*, subject: Arrival, actor: Actor) -> Pairs:
    """Every variant of the kinds of goods that came: what a label may turn out to say."""
    lots = Lot.objects.filter(arrivalline__arrival=subject)
    kinds = lots.values_list("variant__item__item_class", flat=True)
    found = variants().filter(item__item_class__in=set(kinds))
    return [("", _("as announced")), *((v.key, described(v)) for v in found)]


def lot_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """What the actor's organisation has in stock and may give out, by warehouse, first what must be
    used first; not what is past its date or stopped."""
    groups: dict[str, list[tuple[str, str]]] = {}
    now = timezone.now()
    for lot, held in free_stock_of(actor.org, today=timezone.localdate(now)):
        assert lot.warehouse is not None, "lots in stock have a warehouse"
        quantity = f"{held:,} {unit_of(lot.variant)}"
        parts = (described(lot.variant), quantity, *_marks(lot, now), lot.code)
        label = " · ".join(filter(None, parts))
        groups.setdefault(label_of(lot.warehouse), []).append((lot.code, label))
    return list(groups.items())


def need_line_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Open lines that ask for goods in stock here, or for the community; the most urgent first."""
    kept = [lot.variant.item for lot, _held in stock_of(actor.org)]
    down = Q(
        fitness=Fitness.COMMUNITY, variant__item__item_class__in={item.item_class for item in kept}
    )
    asked = Q(variant__item__in={item.pk for item in kept})
    lines = open_for_allocation().filter(asked | down)
    return [(f"{line.need.code}/{line.no}", _asked(line)) for line in lines]


def _marks(lot: Lot, at: datetime) -> tuple[str, ...]:
    said = {RED: _("use first: it expires soon"), YELLOW: _("use soon")}
    return (
        _("use by %(day)s") % {"day": lot.expiry.isoformat()} if lot.expiry else "",
        said.get(near(lot.expiry, at=at), ""),
        _("community use only") if lot.community_only else "",
    )


def announce_initial(*, subject: Arrival | None, actor: Actor) -> dict[str, Any]:
    """A row for each line of which the donor has something left to send."""
    if is_bought(actor.by_link):
        return _bought_initial(actor)
    pledge = subject.pledge if subject else Pledge.objects.filter(code=actor.by_link).first()
    if pledge is None:
        return {}
    rows = []
    for line in unsent_lines(pledge):
        left = line.quantity - line.sent
        words = {"item": described(line.variant), "left": f"{left:,}"}
        caption = _("%(item)s: %(left)s %(unit)s still to send") % {
            **words,
            "unit": unit_of(line.variant),
        }
        rows.append({"line": line.no, "quantity": left, "caption": caption})
    return {"lines": rows}


def _bought_initial(actor: Actor) -> dict[str, Any]:
    """The same for what a spending bought."""
    spend = to_announce(actor.org).filter(code=actor.by_link).first()
    told = spend.bought if spend else []
    known = {
        variant.key: variant for variant in variants().filter(key__in=[row[0] for row in told])
    }
    rows = []
    for no, (key, pieces, _fen) in enumerate(told, start=1):
        words = {"item": described(known[key]), "left": f"{pieces:,}"}
        caption = _("%(item)s: %(left)s %(unit)s bought") % {**words, "unit": unit_of(known[key])}
        rows.append({"line": no, "quantity": pieces, "caption": caption})
    return {"lines": rows, "spend": actor.by_link}


def count_initial(*, subject: Arrival, actor: Actor) -> dict[str, Any]:
    """A row for each line to count. What is good is not filled in: it is counted, not confirmed."""
    rows = []
    lines = subject.lines.select_related("lot", "pledge_line__variant__item").order_by("no")
    for line in lines:
        variant = line.pledge_line.variant
        caption = _("%(item)s: %(announced)s %(unit)s announced, lot %(lot)s") % {
            "item": described(variant),
            "announced": f"{line.announced:,}",
            "unit": unit_of(variant),
            "lot": line.lot.code,
        }
        rows.append({"line": line.no, "rejected": 0, "caption": caption})
    told_apart = any(CARE in line.pledge_line.variant.item.care for line in lines)
    without = () if told_apart else ("serials",)
    return {"lines": rows, "lines_without": without, "batches_without": without}


def inspected_line_choices(*, subject: Arrival, actor: Actor) -> Pairs:
    """The lots of a consignment that were inspected."""
    lines = subject.lines.exclude(verdict="").select_related("lot__variant").order_by("no")
    return [
        (str(line.no), f"{line.no} · {described(line.lot.variant)} · {line.lot.code}")
        for line in lines
    ]


def corrected_choices(*, subject: Arrival, actor: Actor) -> Pairs:
    """What such goods can turn out to be."""
    return inspected_choices(subject=subject, actor=actor)[1:]


def counted_line_choices(*, subject: Arrival, actor: Actor) -> Pairs:
    """The lines of a consignment by number and item: of which one a further batch is."""
    lines = subject.lines.select_related("lot__variant").order_by("no")
    return [(str(line.no), f"{line.no} · {described(line.lot.variant)}") for line in lines]


def arrive_initial(*, subject: Arrival, actor: Actor) -> dict[str, Any]:
    """To whom the sender said that it is addressed."""
    return {"consignee": subject.consignee.code if subject.consignee else ""}


def inspect_initial(*, subject: Arrival, actor: Actor) -> dict[str, Any]:
    """A row for each lot of which something was counted in; nothing is ticked."""
    rows, donor = [], _said_of_donor(subject.pledge)
    lines = subject.lines.filter(accepted__gt=0).select_related("lot__variant__item")
    for line in lines.order_by("no"):
        words = {
            "item": described(line.lot.variant),
            "quantity": f"{line.accepted:,} {unit_of(line.lot.variant)}",
            "lot": line.lot.code,
        }
        caption = _("%(item)s: %(quantity)s, lot %(lot)s") % words
        rows.append({"line": line.no, "caption": " · ".join([caption, *donor])})
    return {"lines": rows}


def _said_of_donor(gift: Pledge) -> list[str]:
    """What the inspection has to know of who gave it."""
    said = [_("the donor makes these goods and answers for their quality")]
    said = said if gift.own_product else []
    if gift.related_to:
        related = names([gift.related_to])[gift.related_to]
        said.append(_("the donor is related to %(name)s") % {"name": related})
    return said


def held_for(hospitals: Iterable[str]) -> QuerySet[Arrival]:
    """Parcels that are kept for these hospitals, the longest waiting first."""
    rows = Arrival.objects.filter(stage="held", consignee__code__in=list(hospitals))
    return rows.select_related("pledge", "warehouse", "consignee").order_by("since", "pk")


def stock_of(org: str) -> list[tuple[Lot, int]]:
    """What an organisation has in stock: lots with the quantity held, soonest to expire first."""
    houses = {house.code: house for house in Warehouse.objects.filter(org__code=org)}
    places = [place("stock", code) for code in houses]
    rows = Holding.objects.filter(place__in=places, amount__gt=0).values_list("lot", "amount")
    held = dict(rows)
    lots = Lot.objects.filter(code__in=held).select_related("variant__item", "warehouse", "pledge")
    return [
        (lot, held[lot.code])
        for lot in lots.order_by("warehouse__pk", F("expiry").asc(nulls_last=True), "pk")
    ]


def free_stock_of(org: str, *, today: date) -> list[tuple[Lot, int]]:
    """Of that, what may be given out: neither stopped nor past its date."""
    return [
        (lot, held)
        for lot, held in stock_of(org)
        if lot.is_free and (lot.expiry is None or lot.expiry >= today)
    ]


def open_for_allocation() -> QuerySet[NeedLine]:
    """Lines of open needs that are not wholly allocated: soonest wanted first, then oldest."""
    return (
        NeedLine.objects.filter(need__stage__in=OPEN)
        .filter(Q(quantity=None) | Q(allocated__lt=F("quantity")))
        .select_related("need__hospital", "variant__item")
        .order_by(F("need__valid_until").asc(nulls_last=True), "need__public_since", "pk")
    )


def waiting_first() -> QuerySet[Arrival]:
    """Arrivals: those at the door, then those on the way, then those in stock."""
    order = Case(
        When(stage__in=("arrived", "recount", "counted", "inspected"), then=Value(0)),
        When(stage="announced", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Arrival.objects.select_related("pledge", "warehouse__org")
    return found.order_by(order, "since", "pk")


def _asked(line: NeedLine) -> str:
    hospital, item = name_of(line.need.hospital), described(line.variant)
    words: dict[str, Any] = {"hospital": hospital, "item": item, "unit": unit_of(line.variant)}
    if line.quantity is None:
        return _("%(hospital)s · %(item)s · %(need)s") % {**words, "need": line.need.code}
    left = f"{line.quantity - line.allocated:,}"
    return _("%(hospital)s · %(item)s · %(left)s %(unit)s open · %(need)s") % {
        **words,
        "left": left,
        "need": line.need.code,
    }
