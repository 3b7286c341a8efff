"""The tables of the warehouse: the house itself, arrivals with their goods-in note, allocations to
need lines."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, DISPATCHER, DONOR, WAREHOUSE
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class Carrier(Choice):
    SF = "sf", _("SF Express")
    EMS = "ems", _("EMS / China Post")
    JD = "jd", _("JD Logistics")
    YTO = "yto", _("YTO Express")
    ZTO = "zto", _("ZTO Express")
    STO = "sto", _("STO Express")
    YUNDA = "yunda", _("Yunda")
    JT = "jt", _("J&T Express")
    DEPPON = "deppon", _("Deppon")
    RAIL = "rail", _("Railway")
    OWN = "own", _("Own vehicle")
    OTHER = "other", _("Another carrier")


class CountReason(Choice):
    NONE = "", _("No difference")
    DAMAGED = "damaged", _("Damaged")
    EXPIRED = "expired", _("Expired")
    WRONG_ITEM = "wrong_item", _("Another item")
    SHORT = "short", _("Fewer than announced")
    SURPLUS = "surplus", _("More than announced")


class AllocationReason(Choice):
    DESIGNATED = "designated", _("The donor gave it for this need")
    LARGEST_GAP = "largest_gap", _("The largest gap")
    URGENT = "urgent", _("The most urgent need")
    NEVER_RECEIVED = "never_received", _("This hospital has received nothing yet")
    NEAR_EXPIRY = "near_expiry", _("It must be used soon")


class CancelReason(Choice):
    MISTAKE = "mistake", _("Entered by mistake")
    NEED_ENDED = "need_ended", _("The need has ended")
    URGENT_ELSEWHERE = "urgent_elsewhere", _("More urgent elsewhere")


class Opened(Facts, line=_("Warehouse opened")):
    pass


WAREHOUSE_TABLE = Lifecycle(
    "warehouse",
    "W",
    _("Warehouse"),
    stages=(
        Stage("open", _("Open"), _("Takes goods in.")),
        Stage("closed", _("Closed"), _("Takes nothing in."), detour=True),
    ),
    moves=(
        Move(
            "open",
            target="open",
            by=(COORDINATOR,),
            facts=Opened,
            seals_subject=True,
            label=_("Open a warehouse"),
            done=_("Warehouse opened"),
        ),
        Move(
            "close",
            source=("open",),
            target="closed",
            by=(COORDINATOR,),
            label=_("Close"),
            done=_("Warehouse closed"),
        ),
        Move(
            "reopen",
            source=("closed",),
            target="open",
            by=(COORDINATOR,),
            label=_("Open again"),
            done=_("Warehouse opened again"),
        ),
    ),
    public_from=("open",),
)


class AnnouncedLine(Facts):
    line: int = fact(_("Line of the gift"), kind="hidden")
    quantity: int = fact(_("Quantity sent, in base units"), kind="count")


class Announced(Facts, line=_("The donor sent the goods to the warehouse")):
    warehouse: str = fact(_("Warehouse"), choices="warehouse_choices")
    carrier: Carrier = fact(_("Carrier"))
    waybill: str = fact(_("Waybill number"), disclosure=PRIVATE, default="")
    lines: tuple[AnnouncedLine, ...] = fact(_("What was sent"))


class Arrived(Facts, line=_("The goods arrived at the warehouse and wait to be counted")):
    pass


class CountedLine(Facts):
    line: int = fact(_("Line"), kind="hidden")
    accepted: int = fact(_("Good"), kind="count")
    rejected: int = fact(_("Rejected"), kind="count", default=0)
    reason: CountReason = fact(_("Reason for a difference"), default=CountReason.NONE)
    batch: str = fact(_("Batch number"), disclosure=NAMED, default="")
    expiry: date | None = fact(_("Expiry date"), default=None)


class Counted(Facts, line=_("Counted at the warehouse and taken into stock")):
    lines: tuple[CountedLine, ...] = fact(_("Goods-in note"))


ARRIVAL = Lifecycle(
    "arrival",
    "C",
    _("Arrival"),
    stages=(
        Stage(
            "announced",
            _("On the way to the warehouse"),
            _("The donor has sent it."),
            public="match",
        ),
        Stage(
            "arrived",
            _("Arrived"),
            _("It is at the warehouse and waits to be counted."),
            public="store",
        ),
        Stage("stocked", _("In stock"), _("Counted and taken into stock."), public="store"),
    ),
    moves=(
        Move(
            "announce",
            target="announced",
            by=(DONOR, COORDINATOR),
            facts=Announced,
            effect="announce",
            initial="announce_initial",
            label=_("I have sent it to a warehouse"),
            done=_("Sent to the warehouse"),
        ),
        Move(
            "arrive",
            source=("announced",),
            target="arrived",
            by=(WAREHOUSE,),
            facts=Arrived,
            effect="name_gift",
            label=_("It has arrived"),
            done=_("Arrived at the warehouse"),
        ),
        Move(
            "count",
            source=("announced", "arrived"),
            target="stocked",
            by=(WAREHOUSE,),
            facts=Counted,
            effect="count",
            initial="count_initial",
            label=_("Count in"),
            done=_("Counted in"),
        ),
    ),
    public_from=("announced",),
)


class AllocatedLot(Facts):
    lot: str = fact(_("Lot in stock"), choices="lot_choices")
    quantity: int = fact(_("Quantity in base units"))


class Allocated(Facts, line=_("Allocated to a need")):
    need_line: str = fact(_("Need line"), choices="need_line_choices")
    lots: tuple[AllocatedLot, ...] = fact(_("From stock"))
    reason: AllocationReason = fact(_("Reason"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, default="", kind="note")


class AllocationCancelled(Facts, line=_("Allocation cancelled")):
    reason: CancelReason = fact(_("Reason"))


class AllocationReleased(Facts, line=_("Released for shipping")):
    pass


class AllocationGivenBack(Facts, line=_("Release order cancelled; the goods are back in stock")):
    pass


ALLOCATION = Lifecycle(
    "allocation",
    "A",
    _("Allocation"),
    stages=(
        Stage(
            "published", _("Allocated"), _("Set aside for a hospital's need."), public="allocate"
        ),
        Stage(
            "released",
            _("Released"),
            _("A release order has been issued for it."),
            public="deliver",
        ),
        Stage(
            "cancelled", _("Cancelled"), _("Back in stock."), public="store", detour=True, ends=True
        ),
    ),
    moves=(
        Move(
            "publish",
            target="published",
            by=(COORDINATOR, WAREHOUSE),
            facts=Allocated,
            effect="allocate",
            label=_("Allocate stock to a need"),
            done=_("Allocated"),
        ),
        Move(
            "release",
            source=("published",),
            target="released",
            facts=AllocationReleased,
            effect="name_allocated",
            within=True,
            done=_("Released"),
        ),
        Move(
            "give_back",
            source=("released",),
            target="cancelled",
            facts=AllocationGivenBack,
            effect="name_allocated",
            within=True,
            done=_("Back in stock"),
        ),
        Move(
            "cancel",
            source=("published",),
            target="cancelled",
            by=(COORDINATOR, DISPATCHER),
            facts=AllocationCancelled,
            effect="cancel_allocation",
            label=_("Cancel the allocation"),
            done=_("Allocation cancelled"),
        ),
    ),
    public_from=("published",),
)
