"""The table of carriers' capacity: who can drive where, when, how much, and with which permits."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CARRIER, CLOCK, COORDINATOR, DISPATCHER
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage
from portal.warehouse.arriving import Carrier


class WhyNot(Choice):
    NONE = "", _("no reason given")
    VEHICLE = "vehicle", _("vehicle or crew not available")
    ROUTE = "route", _("the route is closed")
    PERMIT = "permit", _("a permit is missing")
    OTHER_GOODS = "other_goods", _("it carries other goods")
    MISTAKE = "mistake", _("entered by mistake")


class CapacityOffered(Facts, line=_("{carrier} offers transport from {origin} to {to}")):
    carrier: Carrier = fact(_("Carrier"))
    firm: str = fact(
        _("Name of the firm or team"),
        disclosure=NAMED,
        default="",
        help=_("Public. No name of a person."),
    )
    contact: str = fact(_("Whom to call (never public)"), disclosure=PRIVATE, default="")
    origin: str = fact(_("From"), kind="place", choices="origin_choices")
    to: str = fact(_("To"), kind="place", choices="destination_choices")
    first: date = fact(_("First day"))
    last: date = fact(_("Last day"))
    kg: int = fact(_("Weight it can take, in kg"))
    litres: int = fact(
        _("Volume it can take, in litres"), default=0, kind="count", help=_("1 m³ is 1,000 litres.")
    )
    dangerous: bool = fact(_("Permit for dangerous goods"), default=False)
    cold: bool = fact(_("Cold chain"), default=False)


class CapacityTaken(Facts, line=_("Taken by a shipment")):
    pass


class CapacityChanged(CapacityOffered, line=_("Offer changed: {carrier} from {origin} to {to}")):
    pass


class CapacityWithdrawn(Facts, line=_("Offer of transport withdrawn: {reason}")):
    reason: WhyNot = fact(_("Reason"), default=WhyNot.NONE, asked=True)


class CapacityOver(Facts, line=_("The days of this offer are over")):
    pass


CAPACITY = Lifecycle(
    "capacity",
    "D",
    _("Offer of transport"),
    stages=(
        Stage("open", _("Open"), _("Goods can travel with it."), public="deliver"),
        Stage("taken", _("Taken"), _("A shipment travels with it."), public="deliver", ends=True),
        Stage(
            "withdrawn",
            _("Withdrawn"),
            _("The carrier cannot do it after all."),
            public="deliver",
            detour=True,
            ends=True,
        ),
        Stage("over", _("Over"), _("Its days are over."), public="deliver", detour=True, ends=True),
    ),
    moves=(
        Move(
            "offer",
            target="open",
            by=(COORDINATOR, DISPATCHER, CARRIER),
            facts=CapacityOffered,
            effect="offer_capacity",
            label=_("Enter a carrier's offer of transport"),
            done=_("Transport offered"),
        ),
        Move(
            "take",
            source=("open",),
            target="taken",
            facts=CapacityTaken,
            effect="take_capacity",
            within=True,
            done=_("Taken by a shipment"),
        ),
        Move(
            "change",
            source=("open",),
            target="open",
            by=(COORDINATOR, DISPATCHER, CARRIER),
            facts=CapacityChanged,
            effect="offer_capacity",
            initial="change_capacity_initial",
            corrects=("offer", "change"),
            label=_("Change the offer"),
            done=_("Offer changed"),
        ),
        Move(
            "withdraw",
            source=("open",),
            target="withdrawn",
            by=(COORDINATOR, DISPATCHER, CARRIER),
            facts=CapacityWithdrawn,
            effect="withdraw_capacity",
            label=_("Withdraw the offer"),
            done=_("Offer withdrawn"),
        ),
        Move(
            "lapse",
            source=("open",),
            target="over",
            by=(CLOCK,),
            facts=CapacityOver,
            done=_("Over"),
        ),
    ),
    public_from=("open",),
    told=False,
)
