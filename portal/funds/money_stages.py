"""The table of gifts of money: promised, on the account, in a fund, given back."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import FINANCE
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class Shown(Choice):
    """What the public page says of the donor; the amount is public in any case."""

    FULL = "full", _("Full name")
    MASKED = "masked", _("Surname only, the rest masked")
    ALIAS = "alias", _("Another name")
    ANONYMOUS = "anonymous", _("Anonymous")


class Way(Choice):
    BANK = "bank", _("Bank transfer")
    PLATFORM = "platform", _("Designated platform")


class Currency(Choice):
    CNY = "CNY", _("Yuan")
    USD = "USD", _("US dollar")
    EUR = "EUR", _("Euro")
    HKD = "HKD", _("Hong Kong dollar")
    JPY = "JPY", _("Yen")


class RateSource(Choice):
    NONE = "", _("None: it came in yuan")
    BANK = "bank", _("The bank's rate on its slip")
    CENTRAL = "central", _("Central parity rate of that day")


class RefundReason(Choice):
    DONOR = "donor", _("The donor asked for it in time")
    MISDIRECTED = "misdirected", _("It was sent by mistake")
    OUTSIDE = "outside", _("It came outside the campaign's days")
    UNUSABLE = "unusable", _("It cannot be used for its purpose")
    REVERSED = "reversed", _("The bank took the transfer back")


class Basis(Choice):
    CONSENT = "consent", _("The donor's recorded consent")
    FILING = "filing", _("A new filing with the authority")


class Donor(Facts):
    shown: Shown = fact(_("Donor shown as"), default=Shown.ANONYMOUS)
    donor_name: str = fact(_("Donor's name (never public)"), disclosure=PRIVATE, default="")
    shown_name: str = fact(
        _("Name shown"), disclosure=NAMED, default="", help=_("Only where it is another name.")
    )
    contact: str = fact(_("How to reach the donor (never public)"), disclosure=PRIVATE, default="")


class Credited(Facts):
    """What the bank said of the money that came."""

    received_on: date | None = fact(
        _("Came on"), default=None, help=_("Leave it empty where it is only promised.")
    )
    bank_serial: str = fact(_("Bank's serial number"), disclosure=PRIVATE, default="")
    currency: Currency = fact(_("Currency"), default=Currency.CNY)
    original: int | None = fact(
        _("In that currency"),
        kind="count",
        default=None,
        help=_("In its smallest unit: 10000 is a hundred dollars."),
    )
    rate: str = fact(_("Rate"), default="")
    rate_on: date | None = fact(_("Day of the rate"), default=None)
    rate_source: RateSource = fact(_("Where the rate is from"), default=RateSource.NONE)


FOREIGN = (
    _("It came in another currency"),
    ("currency", "original", "rate", "rate_on", "rate_source"),
)


class Entered(
    Donor,
    Credited,
    line=_("Gift of money: {amount}"),
    asks_first=("amount", "fund", "way", "received_on", "bank_serial", "shown", "donor_name"),
    folds=FOREIGN,
):
    amount: int = fact(_("Amount in yuan"), kind="amount")
    fund: str = fact(_("Fund"), choices="fund_choices", default="")
    way: Way = fact(_("How it came"), default=Way.BANK)


class Arrived(Credited, line=_("On the account: {amount}"), asks_first=("amount",), folds=FOREIGN):
    amount: int = fact(_("Amount in yuan"), kind="amount")


class Identified(Donor, line=_("Found out whose it is and what for"), asks_first=("fund",)):
    fund: str = fact(_("Fund"), choices="fund_choices")


class RefundProposed(Facts, line=_("Giving back {amount} proposed: {reason}")):
    amount: int = fact(_("Amount in yuan"), kind="amount")
    reason: RefundReason = fact(_("Reason"))


class Refunded(Facts, line=_("Given back")):
    bank_reference: str = fact(_("Bank's reference"), disclosure=PRIVATE)


class Reversed(Facts, line=_("The bank took {amount} back")):
    amount: int = fact(_("Amount in yuan"), kind="amount")
    bank_serial: str = fact(_("Bank's serial number"), disclosure=PRIVATE)


class Redirected(Facts, line=_("Its unspent share changes its purpose: {basis}")):
    fund: str = fact(_("To the fund"), choices="fund_choices")
    basis: Basis = fact(_("On which basis"))
    reference: str = fact(
        _("Letter of consent or filing number"),
        disclosure=NAMED,
        default="",
        help=_("Without the donor's consent or a filing no purpose is changed (慈善法 Art. 56)."),
    )


class Listed(Facts, line=_("The platform's list names {count} gifts in it")):
    count: int = fact(_("Gifts in the list"), kind="count")
    digest: str = fact(_("SHA-256 of the list"))


class ReceiptNoted(Facts, line=_("The official donation receipt was issued")):
    """What the finance bureau's system gave out. It is stored, with its file as evidence about the
    gift, and nothing here looks like one. Whoever knows its number and codes can look up the
    donor, so all three are private."""

    number: str = fact(_("Number of the receipt"), disclosure=PRIVATE)
    receipt_code: str = fact(_("Code of the receipt"), disclosure=PRIVATE)
    check_code: str = fact(_("Check code"), disclosure=PRIVATE)


MONEY = Lifecycle(
    "money",
    "G",
    _("Gift of money"),
    stages=(
        Stage("pledged", _("Promised"), _("Promised, not on the account yet.")),
        Stage(
            "unidentified",
            _("Not identified"),
            _("On the account; whose it is or what for is not known yet."),
            detour=True,
        ),
        Stage("received", _("Received"), _("In its fund, or spent from it."), public="match"),
        Stage("refunded", _("Given back"), _("All of it went back."), detour=True, ends=True),
        Stage(
            "listed",
            _("Named one by one"),
            _("A platform's sum: its list names the gifts, each has its own code."),
            public="match",
            detour=True,
            ends=True,
        ),
    ),
    moves=(
        Move(
            "enter",
            target=("pledged", "unidentified", "received"),
            by=(FINANCE,),
            facts=Entered,
            effect="enter",
            label=_("Enter a gift of money"),
            done=_("Entered"),
        ),
        Move(
            "arrive",
            source=("pledged",),
            target="received",
            by=(FINANCE,),
            facts=Arrived,
            effect="arrive",
            initial="as_promised",
            label=_("It is on the account"),
            done=_("On the account"),
        ),
        Move(
            "identify",
            source=("unidentified",),
            target="received",
            by=(FINANCE,),
            facts=Identified,
            effect="identify",
            initial="as_proposed",
            label=_("Say whose it is and what for"),
            done=_("Identified"),
        ),
        Move(
            "list_gifts",
            source=("unidentified",),
            target="listed",
            facts=Listed,
            effect="list_gifts",
            within=True,
            label=_("Take the platform's list"),
            done=_("Named one by one"),
        ),
        Move(
            "propose_refund",
            source=("unidentified", "received"),
            target=("unidentified", "received"),
            by=(FINANCE,),
            facts=RefundProposed,
            effect="propose_refund",
            label=_("Propose to give it back"),
            done=_("Giving back proposed"),
        ),
        Move(
            "refund",
            source=("unidentified", "received"),
            target=("unidentified", "received", "refunded"),
            by=(FINANCE,),
            facts=Refunded,
            effect="refund",
            corrects=("enter", "arrive", "identify"),
            label=_("Give it back"),
            done=_("Given back"),
        ),
        Move(
            "reverse",
            source=("unidentified", "received"),
            target=("unidentified", "received", "refunded"),
            facts=Reversed,
            effect="reverse",
            within=True,
            corrects=("enter", "arrive", "identify"),
            label=_("Book the bank's reversal"),
            done=_("Taken back by the bank"),
        ),
        Move(
            "redirect",
            source=("received",),
            target="received",
            by=(FINANCE,),
            facts=Redirected,
            effect="redirect",
            corrects=("enter", "arrive", "identify", "redirect"),
            label=_("Change the purpose of its unspent share"),
            done=_("Purpose changed"),
        ),
        Move(
            "note_receipt",
            source=("received",),
            target="received",
            by=(FINANCE,),
            facts=ReceiptNoted,
            effect="note_receipt",
            evidence=True,
            label=_("Note the official receipt"),
            done=_("Official receipt noted"),
        ),
    ),
    public_from=("pledged", "unidentified", "received"),
)
