"""Goods in: the table of arrivals. Count, inspection and custody are three signatures by three
people."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, DONOR, HOSPITAL, QUALITY, WAREHOUSE
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


class Verdict(Choice):
    PASS = "pass", _("Passed")
    COMMUNITY = "community", _("For community use only")
    FAIL = "fail", _("Failed")


class Papers(Choice):
    NONE = "none", _("None seen")
    REGISTRATION = "registration", _("Registration number seen")
    REPORT = "report", _("Test report seen")
    NOT_NEEDED = "not_needed", _("None needed for these goods")


class AnnouncedLine(Facts):
    line: int = fact(_("Line of the gift"), kind="hidden")
    quantity: int = fact(_("Quantity sent, in base units"), kind="count")


class Announced(Facts, line=_("The donor sent the goods to the warehouse")):
    warehouse: str = fact(_("Warehouse"), choices="warehouse_choices")
    carrier: Carrier = fact(_("Carrier"))
    waybill: str = fact(_("Waybill number"), disclosure=PRIVATE, default="")
    lines: tuple[AnnouncedLine, ...] = fact(_("What was sent"))
    consignee: str = fact(
        _("Addressed to"),
        choices="consignee_choices",
        default="",
        help=_("A parcel addressed to a hospital is kept for that hospital alone."),
    )


class Arrived(Facts, line=_("The goods arrived at the warehouse and wait to be counted")):
    consignee: str = fact(
        _("Addressed to"),
        choices="consignee_choices",
        default="",
        help=_("As the label says. A parcel for a hospital is kept for that hospital alone."),
    )


class CountedLine(Facts):
    line: int = fact(_("Line"), kind="hidden")
    accepted: int = fact(_("Good"), kind="count")
    rejected: int = fact(_("Rejected"), kind="count", default=0)
    reason: CountReason = fact(_("Reason for a difference"), default=CountReason.NONE)
    batch: str = fact(_("Batch number"), disclosure=NAMED, default="")
    expiry: date | None = fact(_("Expiry date"), default=None)
    later: int = fact(
        _("Still to come"),
        kind="count",
        default=0,
        help=_("What the sender says follows later: it is counted when it comes."),
    )


class Counted(Facts, line=_("Counted at the warehouse")):
    lines: tuple[CountedLine, ...] = fact(_("Goods-in note"))


class InspectedLine(Facts):
    line: int = fact(_("Line"), kind="hidden")
    verdict: Verdict = fact(_("Verdict"))
    variant: str = fact(
        _("What the label says it is"),
        choices="inspected_choices",
        default="",
        help=_("Only where it is another item or standard than announced."),
    )
    label: bool = fact(_("Label and standard as stated"), default=False)
    papers: Papers = fact(_("Papers"))
    packaging: bool = fact(_("Packaging sound"), default=False)
    in_date: bool = fact(_("Within its expiry date"), default=False)
    note: str = fact(_("Note"), disclosure=NAMED, default="")


class Inspected(Facts, line=_("Inspected at the warehouse")):
    lines: tuple[InspectedLine, ...] = fact(_("Incoming inspection, lot by lot"))


class TakenIn(Facts, line=_("Taken into custody by the warehouse")):
    pass


class Fetched(Facts, line=_("Fetched by the hospital it is addressed to")):
    pass


class GivenOn(Facts, line=_("Given by the hospital it is addressed to, to be allocated")):
    pass


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
        Stage("counted", _("Counted"), _("Counted; it waits to be inspected."), public="store"),
        Stage(
            "inspected",
            _("Inspected"),
            _("Inspected; somebody else takes it into custody next."),
            public="store",
        ),
        Stage(
            "stocked",
            _("In stock"),
            _("Counted, inspected and taken into custody by three people."),
            public="store",
        ),
        Stage(
            "held",
            _("Held for its owner"),
            _("It is addressed to a hospital: only that hospital can fetch it or give it on."),
            public="store",
            detour=True,
        ),
        Stage(
            "fetched",
            _("Fetched by its owner"),
            _("The hospital it is addressed to has it."),
            public="confirm",
            detour=True,
            ends=True,
        ),
    ),
    moves=(
        Move(
            "announce",
            target="announced",
            by=(DONOR, COORDINATOR, WAREHOUSE),
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
            effect="arrive",
            initial="arrive_initial",
            label=_("It has arrived"),
            done=_("Arrived at the warehouse"),
        ),
        Move(
            "count",
            source=("announced", "arrived"),
            target=("counted", "stocked"),
            by=(WAREHOUSE,),
            facts=Counted,
            effect="count",
            initial="count_initial",
            label=_("Count in"),
            done=_("Counted in"),
        ),
        Move(
            "inspect",
            source=("counted",),
            target="inspected",
            by=(QUALITY,),
            facts=Inspected,
            effect="inspect",
            initial="inspect_initial",
            label=_("Inspect"),
            done=_("Inspected"),
        ),
        Move(
            "take",
            source=("inspected",),
            target=("stocked", "held"),
            by=(WAREHOUSE,),
            facts=TakenIn,
            effect="take",
            label=_("Take into custody"),
            done=_("Taken into custody"),
        ),
        Move(
            "fetch",
            source=("held",),
            target="fetched",
            by=(HOSPITAL,),
            facts=Fetched,
            effect="fetch",
            label=_("We have fetched it"),
            done=_("Fetched by its owner"),
        ),
        Move(
            "give",
            source=("held",),
            target="stocked",
            by=(HOSPITAL,),
            facts=GivenOn,
            effect="give_on",
            label=_("Give it to the charity to allocate"),
            done=_("Given to be allocated"),
        ),
    ),
    public_from=("announced",),
)
