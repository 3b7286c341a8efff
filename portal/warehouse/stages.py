"""The tables of the warehouse: the house itself, arrivals with their goods-in note, allocations to
need lines."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, DISPATCHER, WAREHOUSE
from portal.disclosure.classes import NAMED
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage
from portal.warehouse.arrivals import ARRIVAL
from portal.warehouse.arriving import (
    Announced,
    AnnouncedLine,
    Arrived,
    Carrier,
    ColdLogged,
    Corrected,
    Counted,
    CountedBatch,
    CountedLine,
    CountReason,
    Fetched,
    GivenOn,
    Inspected,
    InspectedLine,
    Misread,
    Papers,
    Recounted,
    SlotGiven,
    TakenIn,
    Verdict,
    Window,
)

__all__ = [
    "ALLOCATION",
    "ARRIVAL",
    "WAREHOUSE_TABLE",
    "Allocated",
    "AllocatedLot",
    "AllocationCancelled",
    "AllocationReason",
    "Announced",
    "AnnouncedLine",
    "Approved",
    "Arrived",
    "CancelReason",
    "Carrier",
    "ColdLogged",
    "Corrected",
    "CountReason",
    "Counted",
    "CountedBatch",
    "CountedLine",
    "ExceptionReason",
    "Fetched",
    "GivenOn",
    "Inspected",
    "InspectedLine",
    "Misread",
    "Papers",
    "Recounted",
    "Rule",
    "SlotGiven",
    "TakenIn",
    "Verdict",
    "Window",
]


class AllocationReason(Choice):
    DESIGNATED = "designated", _("The donor gave it for this need")
    LARGEST_GAP = "largest_gap", _("The largest gap")
    URGENT = "urgent", _("The most urgent need")
    NEVER_RECEIVED = "never_received", _("This hospital has received nothing yet")
    NEAR_EXPIRY = "near_expiry", _("It must be used soon")


class Rule(Choice):
    """The published rules of allocation; a changed rule is a new member, old ones stay."""

    FIRST = (
        "2026-1",
        _(
            "Rule 2026-1: only goods fit for the use; first the largest gap, the most urgent and "
            "who has received nothing; hospitals of the designated register, others only with a "
            "second approver and a published reason"
        ),
    )


class ExceptionReason(Choice):
    NONE = "", _("No exception")
    NOT_FIT_ELSEWHERE = "not_fit_elsewhere", _("No hospital of the register needs these goods")
    URGENT = "urgent", _("An emergency at the recipient")
    DONORS_WISH = "donors_wish", _("The donor wishes it")
    REFERRED = "referred", _("The authority referred patients there")


class OutOfTurn(Choice):
    """Why a lot goes before one that expires sooner."""

    NONE = "", _("Soonest to expire first")
    PROMISED = "promised", _("The sooner ones are meant for another need")
    LARGE = "large", _("The sooner ones are too few to send alone")
    LONG_WAY = "long_way", _("The sooner ones would expire on the way or before they are used")
    SAME_BATCH = "same_batch", _("The hospital needs one batch")


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


class AllocatedLot(Facts):
    lot: str = fact(_("Lot in stock"), choices="lot_choices")
    quantity: int = fact(_("Quantity in base units"))


class Allocated(Facts, line=_("Allocated to a need")):
    need_line: str = fact(_("Need line"), choices="need_line_choices")
    lots: tuple[AllocatedLot, ...] = fact(_("From stock"))
    reason: AllocationReason = fact(_("Reason"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, default="", kind="note")
    out_of_turn: OutOfTurn = fact(
        _("Why not the lot that expires first"),
        default=OutOfTurn.NONE,
        help=_("Only where a lot of the same item that expires sooner stays in stock."),
    )
    rule: Rule = fact(_("By which rule"), default=Rule.FIRST, help=Rule.FIRST.label)
    related: bool = fact(
        _("The recipient is a related party of this charity or of the donor"), default=False
    )
    exception: ExceptionReason = fact(
        _("Why nevertheless"),
        default=ExceptionReason.NONE,
        help=_(
            "For a hospital that is not in the designated register, and for a related party: "
            "with a reason in words, and a second coordinator approves."
        ),
    )


class Approved(Facts, line=_("Approved by a second person")):
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")


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
            "proposed",
            _("Proposed"),
            _("An exception: it waits for a second person's approval."),
            public="allocate",
        ),
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
            target=("published", "proposed"),
            by=(COORDINATOR, WAREHOUSE),
            facts=Allocated,
            effect="allocate",
            label=_("Allocate stock to a need"),
            done=_("Allocated"),
        ),
        Move(
            "approve",
            source=("proposed",),
            target="published",
            by=(COORDINATOR,),
            facts=Approved,
            effect="approve",
            label=_("Approve the exception"),
            done=_("Approved by a second person"),
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
            source=("published", "proposed"),
            target="cancelled",
            by=(COORDINATOR, DISPATCHER),
            facts=AllocationCancelled,
            effect="cancel_allocation",
            label=_("Cancel the allocation"),
            done=_("Allocation cancelled"),
        ),
    ),
    public_from=("proposed", "published"),
)
