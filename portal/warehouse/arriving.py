"""Goods in: what each move of an arrival records; its table stands in `arrivals`."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact


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
    CAINIAO = "cainiao", _("Cainiao")
    KYE = "kye", _("KYE Express")
    ANE = "ane", _("ANE Logistics")
    ZJS = "zjs", _("ZJS Express")
    AIR = "air", _("Air freight")
    RAIL = "rail", _("Railway")
    MILITARY = "military", _("Military aircraft or convoy")
    CHARTER = "charter", _("Chartered vehicle")
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


SHOWN = (Verdict.COMMUNITY, Verdict.FAIL)  # verdicts that rest on a photo or paper


class Papers(Choice):
    NONE = "none", _("None seen")
    REGISTRATION = "registration", _("Registration number seen")
    REPORT = "report", _("Test report seen")
    NOT_NEEDED = "not_needed", _("None needed for these goods")


class AnnouncedLine(Facts):
    line: int = fact(_("Line of the gift"), kind="hidden")
    quantity: int = fact(_("Quantity sent, in base units"), kind="count")
    pack: int = fact(
        _("In one pack"),
        kind="count",
        default=0,
        help=_("How many base units one box holds, if they are packed in boxes."),
    )


class Announced(Facts, line=_("The goods were sent to the warehouse")):
    warehouse: str = fact(_("Warehouse"), choices="warehouse_choices")
    carrier: Carrier = fact(_("Carrier"))
    waybill: str = fact(_("Waybill number"), disclosure=PRIVATE, default="", limit=60)
    lines: tuple[AnnouncedLine, ...] = fact(_("What was sent"))
    consignee: str = fact(
        _("Addressed to"),
        choices="consignee_choices",
        default="",
        help=_("A parcel addressed to a hospital is kept for that hospital alone."),
    )
    spend: str = fact(_("Bought by the spending"), default="", kind="hidden")


class Window(Choice):
    MORNING = "09-12", _("9 to 12 o'clock")
    NOON = "12-15", _("12 to 15 o'clock")
    AFTERNOON = "15-18", _("15 to 18 o'clock")
    EVENING = "18-21", _("18 to 21 o'clock")


class SlotGiven(Facts, line=_("Expected at the warehouse on {day}, {window}")):
    day: date = fact(_("Day"))
    window: Window = fact(_("Time of day"))


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
    batch: str = fact(_("Batch number"), disclosure=NAMED, default="", limit=60)
    expiry: date | None = fact(_("Expiry date"), default=None)
    later: int = fact(
        _("Still to come"),
        kind="count",
        default=0,
        help=_("What the sender says follows later: it is counted when it comes."),
    )
    pack: int = fact(
        _("In one pack"),
        kind="count",
        default=0,
        help=_(
            "How many base units one box holds; packed otherwise than announced, all is counted "
            "once more."
        ),
    )
    serials: str = fact(
        _("Serial numbers"),
        disclosure=PRIVATE,
        kind="note",
        default="",
        help=_("For devices: each serial number on a line of its own."),
    )


class CountedBatch(Facts):
    """One more batch of a line: it becomes a lot of its own."""

    line: int = fact(_("Line"), choices="counted_line_choices")
    accepted: int = fact(_("Good"), kind="count")
    rejected: int = fact(_("Rejected"), kind="count", default=0)
    reason: CountReason = fact(_("Reason for a difference"), default=CountReason.NONE)
    batch: str = fact(_("Batch number"), disclosure=NAMED, default="", limit=60)
    expiry: date | None = fact(_("Expiry date"), default=None)
    serials: str = fact(
        _("Serial numbers"),
        disclosure=PRIVATE,
        kind="note",
        default="",
        help=_("For devices: each serial number on a line of its own."),
    )


class Counted(Facts, line=_("Counted at the warehouse")):
    lines: tuple[CountedLine, ...] = fact(_("Goods-in note"))
    batches: tuple[CountedBatch, ...] = fact(_("Further batches of a line"), default=())


class Recounted(Counted, line=_("Counted once more: it is packed otherwise than announced")):
    pass


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


class ColdLogged(Facts, line=_("Its temperature on the way was read from a logger")):
    lot: str = fact(_("Lot"), kind="hidden")
    digest: str = fact(_("SHA-256 of the readings"), kind="hidden")
    readings: int = fact(_("Readings"), kind="count")
    skipped: int = fact(_("Readings that could not be read"), kind="count", default=0)
    began: datetime = fact(_("First reading"))
    ended: datetime = fact(_("Last reading"))
    lowest: int = fact(_("Lowest"), kind="tenths")
    highest: int = fact(_("Highest"), kind="tenths")
    floor: int = fact(_("Not below"), kind="tenths")
    ceiling: int = fact(_("Not above"), kind="tenths")
    minutes_outside: int = fact(_("Minutes outside the range"), kind="count")
    longest_gap: int = fact(_("Longest time without a reading, in minutes"), kind="count")


class Misread(Choice):
    LABEL = "label", _("The label was misread")
    REPORT = "report", _("The test report says otherwise")
    MAKER = "maker", _("The maker or the authority says otherwise")
    ENTERED = "entered", _("It was entered wrongly")


class Corrected(Facts, line=_("Corrected: by their label the goods are {variant}")):
    line: int = fact(_("Lot"), choices="inspected_line_choices")
    variant: str = fact(_("What it is"), choices="corrected_choices")
    reason: Misread = fact(_("Why it was wrong"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")


class TakenIn(Facts, line=_("Taken into custody by the warehouse")):
    pass


class Fetched(Facts, line=_("Fetched by the hospital it is addressed to")):
    pass


class GivenOn(Facts, line=_("Given by the hospital it is addressed to, to be allocated")):
    pass
