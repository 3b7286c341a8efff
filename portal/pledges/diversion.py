"""The table of diversions (慈善法 56): the charity asks for another use of a gift that its donor
meant for somebody; without his consent nothing changes. One for each gift, under the gift's code.
"""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CLOCK, COORDINATOR, DONOR
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class DiversionReason(Choice):
    NEED_ENDED = "need_ended", _("The need it was given for has ended")
    CANNOT_TAKE = "cannot_take", _("The hospital cannot take it")
    NOT_FIT = "not_fit", _("It is not fit for the agreed use")
    URGENT_ELSEWHERE = "urgent_elsewhere", _("It is needed more urgently elsewhere")
    EXPIRY = "expiry", _("It must be used before its expiry date")


class DiversionAsked(Facts, line=_("The charity asks the donor for another use")):
    new_use: str = fact(_("New use"), choices="designation_choices", kind="aim")
    reason: DiversionReason = fact(_("Reason"))
    note: str = fact(_("Reason in words (public)"), disclosure=NAMED, default="", kind="note")


class Reminded(Facts, line=_("The donor was reminded of the question")):
    pass


class Consented(Facts, line=_("The donor agrees to the new use")):
    pass


class Refused(Facts, line=_("The donor does not agree: the gift keeps its use")):
    note: str = fact(
        _("A word to the charity (never public)"), disclosure=PRIVATE, default="", kind="note"
    )


class TakenBack(Facts, line=_("The charity took its question back: the gift keeps its use")):
    pass


DIVERSION = Lifecycle(
    "diversion",
    "G",
    _("Diversion"),
    stages=(
        Stage("asked", _("Donor asked"), _("The donor has not answered yet."), public="match"),
        Stage(
            "consented",
            _("Donor agreed"),
            _("The gift may go to the new use and to no other."),
            public="match",
        ),
        Stage(
            "refused",
            _("Donor did not agree"),
            _("The gift keeps the use that was agreed."),
            public="match",
            detour=True,
        ),
        Stage(
            "taken_back",
            _("Question taken back"),
            _("The gift keeps the use that was agreed."),
            public="match",
            detour=True,
        ),
    ),
    moves=(
        Move(
            "ask",
            target="asked",
            by=(COORDINATOR,),
            facts=DiversionAsked,
            effect="ask_diversion",
            label=_("Ask a donor for another use"),
            done=_("Donor asked"),
        ),
        Move(
            "ask_again",
            source=("consented", "refused", "taken_back"),
            target="asked",
            by=(COORDINATOR,),
            facts=DiversionAsked,
            effect="ask_diversion",
            label=_("Ask the donor for another use again"),
            done=_("Donor asked"),
        ),
        Move(
            "remind",
            source=("asked",),
            target="asked",
            by=(CLOCK,),
            facts=Reminded,
            effect="remind_donor",
            done=_("Donor reminded"),
        ),
        Move(
            "consent",
            source=("asked",),
            target="consented",
            by=(DONOR,),
            facts=Consented,
            effect="consent",
            corrects=("pledge.register", "consent"),
            label=_("I agree to the new use"),
            done=_("Donor agreed"),
        ),
        Move(
            "refuse",
            source=("asked",),
            target="refused",
            by=(DONOR,),
            facts=Refused,
            effect="refuse_diversion",
            label=_("I do not agree"),
            done=_("Donor did not agree"),
        ),
        Move(
            "take_back",
            source=("asked",),
            target="taken_back",
            by=(COORDINATOR,),
            facts=TakenBack,
            effect="take_diversion_back",
            label=_("Take the question back"),
            done=_("Question taken back"),
        ),
    ),
    public_from=("asked",),
)
