"""How a difference ends, as facts and moves: each books what became of the pieces, line by line."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, DISPATCHER, HOSPITAL, QUALITY, WAREHOUSE
from portal.disclosure.classes import NAMED
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Move

STANDING = ("discrepancy", "objected", "resolved")  # a difference was found, explained or not
ALL = ("confirmed", *STANDING)


class GoesTo(Choice):
    QUARANTINE = "quarantine", _("Back to the warehouse, to be inspected again")
    COMMUNITY = "community", _("Community use")
    DONOR = "returned", _("Back to the donor")


class Department(Choice):
    ISOLATION = "isolation", _("Isolation ward or ICU")
    FEVER = "fever_clinic", _("Fever clinic")
    EMERGENCY = "emergency", _("Emergency department")
    WARDS = "wards", _("General wards")
    OPERATING = "operating", _("Operating theatre")
    LABORATORY = "laboratory", _("Laboratory")
    STAFF = "staff", _("Staff of the whole hospital")


class SomeOf(Facts):
    """So many of one line; none where nothing happened to it."""

    line: int = fact(_("Line"), kind="hidden")
    quantity: int = fact(_("Quantity in base units"), kind="count", default=0)


class CameLater(Facts, line=_("The hospital confirmed what came later")):
    later: tuple[SomeOf, ...] = fact(_("What came later"))


class FoundAgain(Facts, line=_("Found: it had never left the warehouse")):
    again: tuple[SomeOf, ...] = fact(_("What was found"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")


class HandedOn(Facts, line=_("Rejected goods: {goes_to}")):
    goes_to: GoesTo = fact(_("Where they go"))
    handed: tuple[SomeOf, ...] = fact(_("Which of the rejected goods"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")


class Destroyed(Facts, line=_("Rejected goods destroyed")):
    destroyed: tuple[SomeOf, ...] = fact(_("Which of the rejected goods"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")


class Looked(Facts):
    line: int = fact(_("Line"), kind="hidden")
    good: int = fact(_("Good: back to stock"), kind="count", default=0)
    bad: int = fact(_("Not good: written off"), kind="count", default=0)


class InspectedAgain(Facts, line=_("What came back was inspected again")):
    inspected: tuple[Looked, ...] = fact(_("What came back"))
    note: str = fact(_("In words"), disclosure=NAMED, default="", kind="note")


class Replaced(Facts, line=_("Replaced by shipment {shipment}")):
    shipment: str = fact(_("Shipment that replaces it"), choices="replacement_choices")


class Objected(Facts, line=_("The hospital does not agree with the explanation")):
    note: str = fact(_("What is not right, in words"), disclosure=NAMED, kind="note")


class UseReported(Facts, line=_("Issued inside the hospital: {department}")):
    issued: tuple[SomeOf, ...] = fact(_("What was issued"))
    department: Department = fact(_("Issued to"))
    thanks: str = fact(
        _("A word to the donors"),
        disclosure=NAMED,
        default="",
        kind="note",
        help=_("Optional and public. Please name no patients and no persons."),
    )


MOVES = (
    Move(
        "come_later",
        source=STANDING,
        target=STANDING,
        by=(HOSPITAL,),
        facts=CameLater,
        effect="come_later",
        initial="missing_initial",
        corrects=("confirm",),
        label=_("Missing pieces came later"),
        done=_("Came later"),
    ),
    Move(
        "find",
        source=STANDING,
        target=STANDING,
        by=(WAREHOUSE, DISPATCHER),
        facts=FoundAgain,
        effect="find_again",
        initial="missing_initial",
        corrects=("confirm",),
        label=_("Missing pieces were found in the warehouse"),
        done=_("Found in the warehouse"),
    ),
    Move(
        "hand_on",
        source=STANDING,
        target=STANDING,
        by=(DISPATCHER, WAREHOUSE, COORDINATOR),
        facts=HandedOn,
        effect="hand_on",
        initial="rejected_initial",
        corrects=("confirm",),
        label=_("Say where rejected goods went"),
        done=_("Rejected goods handed on"),
    ),
    Move(
        "destroy",
        source=STANDING,
        target=STANDING,
        by=(QUALITY, COORDINATOR),
        facts=Destroyed,
        effect="destroy",
        initial="rejected_initial",
        corrects=("confirm",),
        label=_("Destroy rejected goods, as the second person"),
        done=_("Rejected goods destroyed"),
    ),
    Move(
        "inspect_again",
        source=STANDING,
        target=STANDING,
        by=(QUALITY,),
        facts=InspectedAgain,
        effect="inspect_again",
        initial="back_initial",
        label=_("Inspect what came back"),
        done=_("Inspected again"),
    ),
    Move(
        "replace",
        source=STANDING,
        target=STANDING,
        by=(DISPATCHER, COORDINATOR),
        facts=Replaced,
        effect="replace",
        label=_("Name the shipment that replaces it"),
        done=_("Replaced"),
    ),
    Move(
        "object",
        source=("resolved",),
        target="objected",
        by=(HOSPITAL,),
        facts=Objected,
        effect="object_to",
        label=_("Object to the explanation"),
        done=_("The hospital objects"),
    ),
    Move(
        "report_use",
        source=ALL,
        target=ALL,
        by=(HOSPITAL,),
        facts=UseReported,
        effect="report_use",
        initial="use_initial",
        label=_("Report what was issued to wards"),
        done=_("Use reported"),
    ),
)
