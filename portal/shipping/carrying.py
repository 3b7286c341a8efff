"""The way of a shipment: from hand to hand, what the carrier says, and back where it was refused.

Handed over is not delivered, and a carrier's 签收 or 代收 is *delivered*, never *confirmed*.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, DISPATCHER, QUALITY, WAREHOUSE
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Move, Stage
from portal.warehouse.arriving import Carrier

ROLLING = ("in_transit", "out_for_delivery", "exception")
UNDER_WAY = (*ROLLING, "delivered", "unconfirmed")  # the hospital may confirm it
IN_TRANSIT = (*UNDER_WAY, "refused")  # the goods are in the shipment's own place


class LossReason(Choice):
    ACCIDENT = "accident", _("Accident")
    THEFT = "theft", _("Theft")
    UNTRACED = "untraced", _("The carrier cannot find it")


class Holder(Choice):
    """Who has the goods in hand, by kind only: a name is said beside it, a person never."""

    CARRIER = "carrier", _("a carrier")
    DRIVER = "driver", _("a driver of the charity")
    VOLUNTEERS = "volunteers", _("a team of volunteers")
    STATION = "station", _("a transfer station")
    FETCHED = "fetched", _("a vehicle of the hospital")
    ESCORT = "escort", _("police or military escort")


class CarrierState(Choice):
    """What a carrier may say; its stage stands in STAGE_OF."""

    COLLECTED = "collected", _("Collected")
    MOVING = "moving", _("On the way")
    FORWARDED = "forwarded", _("Handed to another carrier")
    CUSTOMS = "customs", _("At the customs")
    OUT = "out", _("Out for delivery")
    PROBLEM = "problem", _("A problem")
    SIGNED = "signed", _("Signed for")
    SIGNED_FOR_OTHER = "signed_for_other", _("Signed for by somebody else, or in a locker")
    REFUSED = "refused", _("Refused by the recipient")
    RETURNING = "returning", _("On the way back")


STAGE_OF = {
    CarrierState.COLLECTED: "in_transit",
    CarrierState.MOVING: "in_transit",
    CarrierState.FORWARDED: "in_transit",
    CarrierState.CUSTOMS: "in_transit",
    CarrierState.OUT: "out_for_delivery",
    CarrierState.PROBLEM: "exception",
    CarrierState.SIGNED: "delivered",
    CarrierState.SIGNED_FOR_OTHER: "delivered",
    CarrierState.REFUSED: "refused",
    CarrierState.RETURNING: "refused",
}


class HandedOver(Facts, line=_("Handed over, which is not delivery: {to} {carrier}")):
    to: Holder = fact(_("To whom"))
    carrier: Carrier | None = fact(_("Carrier"), default=None)
    name: str = fact(
        _("Name of the firm, team or station"),
        disclosure=NAMED,
        default="",
        help=_("Public. No name of a person."),
    )
    waybill: str = fact(
        _("Waybill number"),
        disclosure=NAMED,
        default="",
        help=_("Where a carrier gave a new one."),
        limit=60,
    )
    person: str = fact(_("Driver and vehicle (never public)"), disclosure=PRIVATE, default="")


class CarrierSays(Facts, line=_("The carrier says: {state}")):
    state: CarrierState = fact(_("What the carrier says"))
    said_at: datetime | None = fact(_("Time that the carrier names"), default=None)


class LostLine(Facts):
    line: int = fact(_("Line"), kind="hidden")
    lost: int = fact(_("Lost"), kind="count")


class LostPart(Facts, line=_("Part of it was lost on the way: {reason}")):
    reason: LossReason = fact(_("Reason"))
    lines: tuple[LostLine, ...] = fact(_("What is lost, in base units"))


class CameBack(Facts, line=_("It came back; it is counted again")):
    pass


class BackLine(Facts):
    line: int = fact(_("Line"), kind="hidden")
    good: int = fact(_("Good"), kind="count")
    damaged: int = fact(_("Damaged"), kind="count", default=0)
    missing: int = fact(_("Missing"), kind="count", default=0)


class CountedBack(Facts, line=_("Counted again after it came back")):
    lines: tuple[BackLine, ...] = fact(_("What came back, in base units"))


STAGES = (
    Stage("in_transit", _("On the way"), _("Handed to the carrier."), public="deliver"),
    Stage(
        "out_for_delivery",
        _("Out for delivery"),
        _("The carrier brings it to the hospital now."),
        public="deliver",
    ),
    Stage(
        "exception",
        _("Problem on the way"),
        _("The carrier reports a problem; the charity looks into it."),
        public="deliver",
        detour=True,
        owed_by="org",
    ),
)
BACK = (
    Stage(
        "refused",
        _("Refused"),
        _("The recipient did not take it: it is on the way back."),
        public="deliver",
        detour=True,
    ),
    Stage(
        "back",
        _("Back at the warehouse"),
        _("It came back and waits to be counted again."),
        public="store",
        detour=True,
        owed_by="org",
    ),
    Stage(
        "returned",
        _("Returned"),
        _("It came back; every piece was counted again."),
        public="store",
        detour=True,
        ends=True,
    ),
)

MOVES = (
    Move(
        "hand_over",
        source=ROLLING,
        target=ROLLING,
        by=(DISPATCHER, WAREHOUSE),
        facts=HandedOver,
        effect="hand_over",
        label=_("Handed on to somebody else"),
        done=_("Handed over"),
    ),
    Move(
        "note_state",
        source=IN_TRANSIT,
        target=(*ROLLING, "delivered", "refused"),
        by=(DISPATCHER,),
        facts=CarrierSays,
        effect="note_state",
        label=_("Note what the carrier says"),
        done=_("The carrier's word noted"),
    ),
    Move(
        "lose_part",
        source=(*ROLLING, "refused"),
        target=(*ROLLING, "refused"),
        by=(DISPATCHER,),
        facts=LostPart,
        effect="lose_part",
        initial="lose_part_initial",
        label=_("Write off a part as lost"),
        done=_("Part of it lost on the way"),
    ),
    Move(
        "return",
        source=IN_TRANSIT,
        target=("back", "returned"),
        by=(WAREHOUSE, DISPATCHER, COORDINATOR),
        facts=CameBack,
        effect="bring_back",
        label=_("It came back"),
        done=_("Came back"),
    ),
    Move(
        "count_back",
        source=("back",),
        target="returned",
        by=(WAREHOUSE, QUALITY),
        facts=CountedBack,
        effect="count_back",
        initial="count_back_initial",
        label=_("Count what came back"),
        done=_("Counted again"),
    ),
)
