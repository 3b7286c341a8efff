"""The table of spending: asked for, approved by two, paid, accounted for."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, FINANCE
from portal.disclosure.classes import NAMED, PRIVATE
from portal.funds.stages import Paper, Purpose
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class PaperFiled(Facts):
    paper: Paper = fact(_("Document"))
    file: str = fact(_("File"), choices="file_choices", disclosure=PRIVATE)


class Asked(Facts):
    purpose: Purpose = fact(_("Purpose"))
    item_class: str = fact(_("What is bought"), choices="class_choices")
    amount: int = fact(_("Amount in yuan"), kind="amount")
    recipient: str = fact(_("For which hospital"), choices="recipient_choices")
    supplier: str = fact(_("Supplier's legal name"), disclosure=NAMED)
    supplier_code: str = fact(_("Its credit code"), disclosure=NAMED)
    papers: tuple[PaperFiled, ...] = fact(_("Documents"), default=())


class Requested(Asked, line=_("{amount} asked for: {purpose}"), asks_first=("fund", "amount")):
    fund: str = fact(_("Fund"), choices="open_fund_choices")


class Changed(Asked, line=_("The request was changed: {amount}, {purpose}")):
    pass


class Approved(Facts, line=_("Approved: {amount}")):
    amount: int = fact(_("Amount in yuan"), kind="amount")
    revision: int = fact(_("Version of the request"), kind="hidden", default=1)


class SecondApproval(Approved, line=_("Approved by a second person: {amount} set aside")):
    pass


class RejectReason(Choice):
    NOT_NEEDED = "not_needed", _("Not needed")
    PRICE = "price", _("The price is too high")
    PAPERS = "papers", _("The documents do not convince")
    OTHER = "withdrawn", _("Withdrawn by those who asked")


class Rejected(Facts, line=_("Not granted: {reason}")):
    reason: RejectReason = fact(_("Reason"))


class Paid(Facts, line=_("Paid on {paid_on}")):
    paid_on: date = fact(_("Day of payment"))
    bank_reference: str = fact(_("Bank's reference"), disclosure=NAMED)


class BoughtLine(Facts):
    variant: str = fact(_("Item and standard"), choices="bought_choices")
    quantity: int = fact(_("Quantity in base units"))
    paid: int = fact(_("Paid for it, in yuan"), kind="amount")


class Bought(Facts, line=_("What was bought: it comes to the warehouse")):
    lines: tuple[BoughtLine, ...] = fact(_("Goods on the invoice"))
    invoice: str = fact(
        _("Number of the invoice"),
        disclosure=NAMED,
        default="",
        help=_("With it the spending is accounted for as soon as the goods are in."),
    )


class Accounted(Facts, line=_("Accounted for: invoice and goods are here")):
    invoice: str = fact(_("Number of the invoice"), disclosure=NAMED)
    invoice_file: str = fact(
        _("File of the invoice"), choices="file_choices", disclosure=PRIVATE, default=""
    )
    arrival: str = fact(
        _("Code of the goods-in note"),
        default="",
        help=_("It begins with C. Leave it empty where nothing is delivered to the warehouse."),
    )


ASKED = ("requested", "approved_once")
SPEND = Lifecycle(
    "spend",
    "P",
    _("Spending"),
    stages=(
        Stage("requested", _("Asked for"), _("Asked for; nobody has approved it."), public="match"),
        Stage(
            "approved_once",
            _("Approved by one"),
            _("One person has approved it; another must."),
            public="match",
        ),
        Stage(
            "approved", _("Approved"), _("Two approved it: the money is set aside."), public="match"
        ),
        Stage("paid", _("Paid"), _("Paid to the supplier."), public="store"),
        Stage(
            "accounted",
            _("Accounted for"),
            _("Invoice and goods are here."),
            public="store",
            ends=True,
        ),
        Stage(
            "rejected",
            _("Not granted"),
            _("Nothing is spent on it."),
            public="match",
            detour=True,
            ends=True,
        ),
    ),
    moves=(
        Move(
            "request",
            target="requested",
            by=(FINANCE,),
            facts=Requested,
            effect="request",
            label=_("Ask for money"),
            done=_("Asked for"),
        ),
        Move(
            "change",
            source=("requested",),
            target="requested",
            by=(FINANCE,),
            facts=Changed,
            effect="change",
            initial="as_asked",
            corrects=("request", "change"),
            label=_("Change the request"),
            done=_("Changed"),
        ),
        Move(
            "approve",
            source=("requested",),
            target="approved_once",
            by=(FINANCE, COORDINATOR),
            facts=Approved,
            effect="approve",
            initial="as_seen",
            label=_("Approve"),
            done=_("Approved by one"),
        ),
        Move(
            "approve_again",
            source=("approved_once",),
            target="approved",
            by=(FINANCE, COORDINATOR),
            facts=SecondApproval,
            effect="approve_again",
            initial="as_seen",
            label=_("Approve as the second"),
            done=_("Approved by two"),
        ),
        Move(
            "set_more_aside",
            source=("approved",),
            target="approved",
            effect="set_more_aside",
            within=True,
            label=_("Set the rest aside"),
            done=_("The rest is set aside"),
        ),
        Move(
            "reject",
            source=ASKED,
            target="rejected",
            by=(FINANCE, COORDINATOR),
            facts=Rejected,
            label=_("Do not grant it"),
            done=_("Not granted"),
        ),
        Move(
            "cancel",
            source=("approved",),
            target="rejected",
            by=(FINANCE,),
            facts=Rejected,
            effect="cancel",
            label=_("Cancel it; the money stays in the fund"),
            done=_("Cancelled"),
        ),
        Move(
            "release_more",
            source=("rejected",),
            target="rejected",
            effect="release_more",
            within=True,
            label=_("Release the rest"),
            done=_("The rest is back in the fund"),
        ),
        Move(
            "pay",
            source=("approved",),
            target="paid",
            by=(FINANCE,),
            facts=Paid,
            effect="pay",
            label=_("Record the payment"),
            done=_("Paid"),
        ),
        Move(
            "pay_more",
            source=("paid",),
            target="paid",
            effect="pay_more",
            within=True,
            label=_("Record the rest of the payment"),
            done=_("Paid"),
        ),
        Move(
            "buy",
            source=("paid",),
            target="paid",
            by=(FINANCE,),
            facts=Bought,
            effect="buy",
            label=_("Say what was bought"),
            done=_("Goods bought"),
        ),
        Move(
            "account",
            source=("paid",),
            target="accounted",
            by=(FINANCE,),
            facts=Accounted,
            effect="account",
            label=_("Account for it"),
            done=_("Accounted for"),
        ),
        Move(
            "account_goods",
            source=("paid",),
            target="accounted",
            facts=Accounted,
            effect="account",
            within=True,
            label=_("Account for it: the goods are in"),
            done=_("Accounted for"),
        ),
    ),
    public_from=("requested",),
)
