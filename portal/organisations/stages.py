"""The table of organisations: known from a notice, applied, verified by the authority."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import AUTHORITY, COORDINATOR, SYSTEM
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class KnownFrom(Choice):
    NOTICE = "notice", _("A public notice")
    APPLICATION = "application", _("Its own application")


class SuspensionReason(Choice):
    PAPERS = "papers", _("Papers missing or out of date")
    CONDUCT = "conduct", _("Conduct under examination")
    REQUEST = "request", _("At its own request")
    MERGED = "merged", _("Merged with another organisation")


class Channel(Choice):
    DIRECT = "direct", _("Straight to the hospital")
    BODY = "body", _("Through a named body")


class Entered(Facts, line=_("Entered in the register")):
    known_from: KnownFrom = fact(_("Known from"))
    source: str = fact(_("Address of the notice"), disclosure=NAMED, default="")


class Verified(Facts, line=_("Checked and verified by the authority")):
    papers: str = fact(_("Papers seen"), disclosure=NAMED, default="")


class Suspended(Facts, line=_("Suspended")):
    reason: SuspensionReason = fact(_("Reason"))
    note: str = fact(_("Note"), disclosure=NAMED, default="", kind="note")


class Renamed(Facts, line=_("Renamed")):
    legal_name: str = fact(_("Legal name"), limit=120)
    name_en: str = fact(_("English name"), default="", limit=160)


class Designated(Facts, line=_("Entered in the designated register")):
    notice: str = fact(
        _("Address of the register's notice"),
        disclosure=NAMED,
        default="",
        help=_("Where the list of designated hospitals was published."),
    )


class Undesignated(Facts, line=_("Struck off the designated register")):
    notice: str = fact(_("Address of the register's notice"), disclosure=NAMED, default="")


class ChannelSet(Facts, line=_("How gifts reach it was set")):
    channel: Channel = fact(_("How gifts reach it"))
    body: str = fact(_("Body that accepts gifts for it"), default="", choices="body_choices")


class ContactSet(Facts, line=_("Address for notices set")):
    email: str = fact(
        _("E-mail address for notices (never public)"),
        disclosure=PRIVATE,
        help=_("Confirmation links and reminders go there; best an office, not a person."),
    )


ORGANISATION = Lifecycle(
    "organisation",
    "U",
    _("Organisation"),
    stages=(
        Stage(
            "listed",
            _("Listed"),
            _("Known from a public notice; it has no account here and is not verified."),
        ),
        Stage("applied", _("Applied"), _("Has applied and waits for the authority's check.")),
        Stage("verified", _("Verified"), _("The authority has checked its papers.")),
        Stage(
            "suspended",
            _("Suspended"),
            _("May do nothing new until the authority lifts it."),
            detour=True,
        ),
        Stage("expired", _("Expired"), _("Its verification has run out."), detour=True),
    ),
    moves=(
        Move(
            "enter",
            target=("listed", "applied"),
            by=(COORDINATOR, AUTHORITY, SYSTEM),
            facts=Entered,
            effect="choose_entry",
            label=_("Enter an organisation"),
            done=_("Entered"),
        ),
        Move(
            "verify",
            source=("listed", "applied", "suspended", "expired"),
            target="verified",
            by=(AUTHORITY,),
            facts=Verified,
            seals_subject=True,
            label=_("Verify"),
            done=_("Verified"),
        ),
        Move(
            "suspend",
            source=("verified", "listed"),
            target="suspended",
            by=(AUTHORITY,),
            facts=Suspended,
            label=_("Suspend"),
            done=_("Suspended"),
        ),
        Move(
            "expire",
            source=("verified",),
            target="expired",
            by=(AUTHORITY,),
            label=_("Let the verification run out"),
            done=_("Verification ran out"),
        ),
        Move(
            "rename",
            source=("listed", "verified"),
            target=("listed", "verified"),
            by=(AUTHORITY,),
            facts=Renamed,
            effect="rename",
            corrects=("enter", "verify", "rename"),
            label=_("Rename"),
            done=_("Renamed"),
        ),
        Move(
            "set_channel",
            source=("listed", "verified"),
            target=("listed", "verified"),
            by=(AUTHORITY,),
            facts=ChannelSet,
            effect="set_channel",
            label=_("Set how gifts reach it"),
            done=_("Acceptance channel set"),
        ),
        Move(
            "set_contact",
            source=("listed", "verified"),
            target=("listed", "verified"),
            by=(AUTHORITY, COORDINATOR),
            facts=ContactSet,
            effect="set_contact",
            label=_("Set the address for notices"),
            done=_("Address for notices set"),
        ),
        Move(
            "designate",
            source=("listed", "verified"),
            target=("listed", "verified"),
            by=(AUTHORITY,),
            facts=Designated,
            effect="designate",
            label=_("Enter in the designated register"),
            done=_("In the designated register"),
        ),
        Move(
            "undesignate",
            source=("listed", "verified"),
            target=("listed", "verified"),
            by=(AUTHORITY,),
            facts=Undesignated,
            effect="undesignate",
            label=_("Strike off the designated register"),
            done=_("Off the designated register"),
        ),
    ),
    public_from=("listed", "verified"),
)
