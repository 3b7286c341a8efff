"""The tables of shipping: release orders and shipments; a carrier's word is never the
hospital's."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import AUTHORITY, CLOCK, COORDINATOR, DISPATCHER, DONOR, WAREHOUSE
from portal.disclosure.classes import NAMED, PRIVATE
from portal.shipping import carrying
from portal.shipping.carrying import IN_TRANSIT, ROLLING, UNDER_WAY, LossReason
from portal.stages.facts import Facts, fact
from portal.stages.table import Lifecycle, Move, Stage
from portal.warehouse.stages import CancelReason, Carrier

__all__ = ["RELEASE", "SHIPMENT", "Carrier", "LossReason"]  # beside the facts below


class ReleasedAllocation(Facts):
    allocation: str = fact(_("Allocation"), choices="allocation_choices")


class Released(Facts, line=_("Release order issued")):
    allocations: tuple[ReleasedAllocation, ...] = fact(_("What is released (one hospital)"))
    receiving_unit: str = fact(
        _("Receiving unit"),
        disclosure=NAMED,
        default="",
        help=_("The department of the hospital that receives the goods."),
    )
    taker: str = fact(
        _("Who takes it: person and vehicle (never public)"),
        disclosure=PRIVATE,
        default="",
        help=_("Or the carrier's name. The gate lets nobody else have it."),
    )
    slot: datetime | None = fact(_("Time at the gate"), default=None)


class ReleaseCancelled(Facts, line=_("Release order cancelled")):
    reason: CancelReason = fact(_("Reason"))


class ReleaseUsed(Facts, line=_("Goods left the store on this order")):
    pass


RELEASE = Lifecycle(
    "release",
    "R",
    _("Release order"),
    stages=(
        Stage("issued", _("Issued"), _("The goods may be packed."), public="deliver"),
        Stage("used", _("Used"), _("Packed into a shipment."), public="deliver", ends=True),
        Stage(
            "cancelled",
            _("Cancelled"),
            _("Nothing left the warehouse on it; the goods are back in stock."),
            public="store",
            detour=True,
            ends=True,
        ),
    ),
    moves=(
        Move(
            "issue",
            target="issued",
            by=(COORDINATOR, DISPATCHER, WAREHOUSE),
            facts=Released,
            effect="issue",
            label=_("Issue a release order"),
            done=_("Release order issued"),
        ),
        Move(
            "use",
            source=("issued",),
            target="used",
            facts=ReleaseUsed,
            effect="name_released",
            within=True,
            done=_("Goods released"),
        ),
        Move(
            "cancel",
            source=("issued",),
            target="cancelled",
            by=(COORDINATOR, DISPATCHER),
            facts=ReleaseCancelled,
            effect="cancel_release",
            label=_("Cancel the release order"),
            done=_("Release order cancelled"),
        ),
    ),
    public_from=("issued",),
    told=False,  # the donor is told of what leaves on it, not of the paper
)


class Packed(Facts, line=_("Boxes packed: {boxes}")):
    release: str = fact(_("Release order"), choices="release_choices", default="")
    boxes: int = fact(_("Number of boxes"))
    kg: int = fact(
        _("Weight of all boxes, in kg"),
        kind="count",
        default=0,
        help=_("0: not weighed. An offer of transport that carries less is refused."),
    )


class SentLine(Facts):
    line: int = fact(_("Line of the gift"), kind="hidden")
    quantity: int = fact(_("Quantity sent, in base units"), kind="count")
    need: str = fact(_("Need"), kind="hidden", default="")
    need_line: int = fact(_("Line of the need"), kind="hidden", default=0)


class SentDirect(Packed, line=_("Boxes packed: {boxes}")):
    """Packed and handed over by the donor himself; a private sender's waybill is never public."""

    hospital: str = fact(_("Hospital"), choices="hospital_choices")
    carrier: Carrier = fact(_("Carrier"))
    waybill: str = fact(
        _("Waybill number"),
        disclosure=PRIVATE,
        default="",
        help=_("Leave empty for own vehicle or railway. It is never public."),
        limit=60,
    )
    lines: tuple[SentLine, ...] = fact(_("What was sent"))


class Dispatched(Facts, line=_("Handed to the carrier: {carrier}"), asks_first=("order",)):
    carrier: Carrier = fact(_("Carrier"))
    waybill: str = fact(
        _("Waybill number"),
        disclosure=NAMED,
        default="",
        help=_("Leave empty for own vehicle or railway."),
        limit=60,
    )
    vehicle: str = fact(_("Vehicle and driver (never public)"), disclosure=PRIVATE, default="")
    order: str = fact(
        _("Code of the release order"),
        default="",
        help=_(
            "Scan the order's QR code or type its code. Another person than the one who packed "
            "hands the goods over."
        ),
    )
    offer: str = fact(
        _("Offer of transport"),
        choices="offer_choices",
        default="",
        help=_("Where a carrier's offer is used: it is taken then."),
    )


class Delivered(Facts, line=_("The carrier says it arrived; the hospital has not confirmed yet")):
    delivered_on: date | None = fact(_("Day the carrier names"), default=None)


class Escalated(
    Facts, line=_("Unconfirmed by the recipient: 72 hours since the carrier said it arrived")
):
    pass


class Confirmed(Facts, line=_("The hospital confirmed the shipment")):
    pass


class Lost(Facts, line=_("Written off as lost on the way")):
    reason: LossReason = fact(_("Reason"))


SHIPMENT = Lifecycle(
    "shipment",
    "S",
    _("Shipment"),
    stages=(
        Stage("packed", _("Packed"), _("Packed and waiting for the carrier."), public="deliver"),
        *carrying.STAGES,
        Stage(
            "delivered",
            _("Delivered"),
            _("The carrier says it arrived; the hospital has not confirmed yet."),
            public="deliver",
            owed_by="hospital",
        ),
        Stage(
            "unconfirmed",
            _("Unconfirmed by the recipient"),
            _("Delivered by the carrier's word; the hospital has not confirmed it for 72 hours."),
            public="deliver",
            detour=True,
            watched_by=(COORDINATOR, AUTHORITY, DISPATCHER),
            owed_by="hospital",
        ),
        Stage(
            "confirmed",
            _("Confirmed"),
            _("The hospital counted it and signed."),
            public="confirm",
            ends=True,
        ),
        Stage(
            "lost",
            _("Lost"),
            _("Written off as lost on the way."),
            public="deliver",
            detour=True,
            ends=True,
        ),
        *carrying.BACK,
    ),
    moves=(
        Move(
            "pack",
            target="packed",
            by=(WAREHOUSE, DISPATCHER, DONOR),
            facts=Packed,
            effect="pack",
            label=_("Pack"),
            done=_("Packed"),
        ),
        Move(
            "dispatch",
            source=("packed",),
            target="in_transit",
            by=(DISPATCHER, WAREHOUSE, DONOR),
            facts=Dispatched,
            effect="dispatch",
            label=_("Hand to the carrier"),
            done=_("Dispatched"),
        ),
        Move(
            "confirm_delivery",
            source=ROLLING,
            target="delivered",
            by=(DISPATCHER,),
            facts=Delivered,
            effect="name_shipped",
            label=_("Confirm delivery (carrier's word)"),
            done=_("Delivered"),
        ),
        *carrying.MOVES,
        Move(
            "escalate",
            source=("delivered",),
            target="unconfirmed",
            by=(CLOCK,),
            facts=Escalated,
            effect="name_shipped",
            done=_("Unconfirmed by the recipient"),
        ),
        Move(
            "confirm",
            source=UNDER_WAY,
            target="confirmed",
            facts=Confirmed,
            effect="name_shipped",
            within=True,
            done=_("Confirmed by the hospital"),
        ),
        Move(
            "lose",
            source=IN_TRANSIT,
            target="lost",
            by=(DISPATCHER,),
            facts=Lost,
            effect="lose",
            label=_("Write off as lost"),
            done=_("Lost on the way"),
        ),
    ),
    public_from=("packed",),
)
