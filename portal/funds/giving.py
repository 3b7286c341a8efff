"""What the moves of a gift of money do. Money is recorded here; nobody can pay here."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from ledger.core.postings import MONEY, place
from portal.balance.models import Holding
from portal.campaigns.queries import within
from portal.campaigns.taking import paused_said
from portal.funds.drawing import held, one
from portal.funds.models import Fund, MoneyGift
from portal.funds.money_stages import (
    Arrived,
    Credited,
    Currency,
    Donor,
    Entered,
    Identified,
    Listed,
    ReceiptNoted,
    Redirected,
    Refunded,
    RefundProposed,
    Reversed,
    Shown,
)
from portal.input.amounts import yuan
from portal.stages.engine import MoveRefused, Step, locked
from portal.stages.signing import signer

MINOR = {"JPY": 0}  # decimals of a currency; two where none is named


def enter(subject: MoneyGift, facts: Entered, step: Step) -> None:
    """Promised, or on the account: in its fund, or held as not identified, in public."""
    if facts.received_on is None and not facts.fund:
        raise MoveRefused(_("Please choose the fund that it is promised to."))
    check_currency(facts, facts.amount)
    _keep_donor(subject, facts, step)
    subject.amount, subject.way = facts.amount, facts.way
    subject.currency, subject.original = facts.currency, facts.original
    subject.received_on = facts.received_on
    fund = _fund(facts.fund, subject) if facts.fund else None
    subject.fund = fund
    subject.save()
    step.concern(subject.org.code)
    step.target = "pledged"
    if facts.received_on is not None:
        _refuse_tomorrow(facts.received_on, step)
        target = place("unidentified", subject.org.code)
        if fund is not None:
            _refuse_outside(fund, facts.received_on)
            target = place("fund", fund.code)
        step.post(one(subject.code, _donor(subject), target, facts.amount))
        step.target = "received" if fund is not None else "unidentified"
    if fund is not None:
        step.concern(fund.code, fund.campaign.code)


def arrive(subject: MoneyGift, facts: Arrived, step: Step) -> None:
    """What was promised is on the account; the amount is the bank's."""
    if facts.received_on is None:
        raise MoveRefused(_("Please give the day on which it came to the account."))
    assert subject.fund, "what is promised is promised to a fund"
    check_currency(facts, facts.amount)
    _refuse_tomorrow(facts.received_on, step)
    fund = _fund(subject.fund.code, subject)
    _refuse_outside(fund, facts.received_on)
    subject.amount, subject.received_on = facts.amount, facts.received_on
    subject.currency, subject.original = facts.currency, facts.original
    subject.save(update_fields=["amount", "received_on", "currency", "original"])
    step.post(one(subject.code, _donor(subject), place("fund", fund.code), facts.amount))
    step.concern(fund.code, fund.campaign.code)


def identify(subject: MoneyGift, facts: Identified, step: Step) -> None:
    """From what is not identified into its fund, all that is there of it."""
    fund = _fund(facts.fund, subject)
    assert subject.received_on, "what is not identified is on the account"
    _refuse_outside(fund, subject.received_on)
    _keep_donor(subject, facts, step)
    subject.fund, subject.refund_amount = fund, None
    subject.save(update_fields=["fund", "refund_amount", "shown", *NAMES])
    source = place("unidentified", subject.org.code)
    left = held(source, gift=subject.code)
    step.post(one(subject.code, source, place("fund", fund.code), left))
    step.concern(fund.code, fund.campaign.code)


def list_gifts(subject: MoneyGift, facts: Listed, step: Step) -> None:
    """A platform's sum turns into the gifts of its list: it goes back to where it came from in the
    books, and each gift comes from there under its own code, in the same transaction."""
    source = place("unidentified", subject.org.code)
    step.post(one(subject.code, source, _donor(subject), held(source, gift=subject.code)))


def propose_refund(subject: MoneyGift, facts: RefundProposed, step: Step) -> None:
    _refuse_more_than_left(subject, facts.amount)
    subject.refund_amount, subject.refund_by = facts.amount, signer(step.actor)
    subject.save(update_fields=["refund_amount", "refund_by"])
    step.target = subject.stage


def refund(subject: MoneyGift, facts: Refunded, step: Step) -> None:
    """By another person than the one who proposed it."""
    if not subject.refund_amount:
        raise MoveRefused(_("Nobody has proposed to give it back. Please propose it first."))
    signer(step.actor, subject.refund_by)
    _give_back(subject, subject.refund_amount, step)
    subject.refund_amount = None
    subject.save(update_fields=["refund_amount"])


def reverse(subject: MoneyGift, facts: Reversed, step: Step) -> None:
    """The bank took it back: no decision of ours, only the booking."""
    _give_back(subject, facts.amount, step)


def redirect(subject: MoneyGift, facts: Redirected, step: Step) -> None:
    """The unspent share of this gift goes to another fund: by consent or filing, share by share."""
    if not facts.reference:
        raise MoveRefused(
            _(
                "Rule “consent”: ¥%(left)s of %(code)s were given for another purpose. Please "
                "name the donor's letter of consent or the filing (慈善法 Art. 56)."
            )
            % {"left": yuan(_left(subject)), "code": subject.code}
        )
    fund, left = _fund(facts.fund, subject), _left(subject)
    source = _place(subject)
    if not left or source == place("fund", fund.code):
        raise MoveRefused(_("Nothing of this gift is left that could go to another fund."))
    old, subject.fund = subject.fund, fund
    subject.save(update_fields=["fund"])
    step.post(one(subject.code, source, place("fund", fund.code), left))
    step.concern(fund.code, old.code if old else "")


def note_receipt(subject: MoneyGift, facts: ReceiptNoted, step: Step) -> None:
    subject.receipt_number, subject.receipt_code = facts.number, facts.receipt_code
    subject.check_code = facts.check_code
    subject.save(update_fields=["receipt_number", "receipt_code", "check_code"])


NAMES = ("donor_name", "shown_name", "contact")


def shown_as(shown: Shown, *, name: str, other: str) -> str:
    """What the public page calls a donor: `王某` of a person whose surname is 王."""
    if shown is Shown.FULL:
        return name
    if shown is Shown.MASKED:
        return f"{name[:2] if name[:2] in DOUBLE else name[:1]}某" if name else ""
    return other if shown is Shown.ALIAS else ""


DOUBLE = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙"}
    | {"慕容", "令狐", "司徒", "夏侯", "端木", "南宫"}
)


def check_currency(facts: Credited, amount: int) -> None:
    """What came in another currency keeps its amount, its rate, the rate's day and source."""
    told = (facts.original, facts.rate, facts.rate_on, facts.rate_source.value)
    if facts.currency is Currency.CNY:
        if any(told):
            raise MoveRefused(_("It came in yuan, so please leave rate and other currency empty."))
        return
    if facts.original is None or not all(told):
        raise MoveRefused(
            _("For another currency please give its amount, the rate, the rate's day and source.")
        )
    try:
        rate = Decimal(facts.rate)
    except InvalidOperation as wrong:
        raise MoveRefused(_("Please type the rate like 6.9918.")) from wrong
    scale = Decimal(10) ** (2 - MINOR.get(facts.currency.value, 2))
    expected = int((facts.original * rate * scale).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(expected - amount) > 1:
        raise MoveRefused(
            _("At the rate of %(rate)s this would be ¥%(expected)s, not ¥%(amount)s.")
            % {"rate": facts.rate, "expected": yuan(expected), "amount": yuan(amount)}
        )


def _keep_donor(subject: MoneyGift, facts: Donor, step: Step) -> None:
    shown = shown_as(facts.shown, name=facts.donor_name, other=facts.shown_name)
    if not shown and facts.shown is not Shown.ANONYMOUS:
        raise MoveRefused(
            _("Please give the name that the chosen way of showing needs, or choose anonymous.")
        )
    step.facts = replace(facts, shown_name=shown)
    subject.shown, subject.donor_name = facts.shown, facts.donor_name
    subject.shown_name, subject.contact = shown, facts.contact


def _fund(code: str, subject: MoneyGift) -> Fund:
    """The fund, locked until the transaction ends; it must take money now."""
    fund = locked(Fund, code)
    if fund.org_id != subject.org_id or fund.stage != "open":
        raise MoveRefused(
            _("The fund %(code)s takes no money now. Please choose another.") % {"code": code}
        )
    if subject.received_on is None and fund.campaign.stage != "active":
        why = paused_said(fund.campaign) if fund.campaign.stage == "paused" else ""
        raise MoveRefused(
            why or _("The campaign %(code)s takes no gifts now.") % {"code": fund.campaign.code}
        )
    return fund


def _refuse_tomorrow(day: date, step: Step) -> None:
    if day > step.at.date() and (day - step.at.date()).days > 1:
        raise MoveRefused(_("The day %(day)s has not come yet.") % {"day": day.isoformat()})


def _refuse_outside(fund: Fund, day: date) -> None:
    """No gift is dated outside its campaign (R15)."""
    campaign = fund.campaign
    if not within(campaign, day):
        raise MoveRefused(
            _(
                "Rule “campaign's days”: %(code)s takes gifts from %(first)s to %(last)s, this "
                "one is dated %(day)s. It stays unidentified until it is given back or filed."
            )
            % {
                "code": campaign.code,
                "first": campaign.starts_on,
                "last": campaign.ends_on,
                "day": day.isoformat(),
            }
        )


def _refuse_more_than_left(subject: MoneyGift, amount: int) -> None:
    left = _left(subject)
    if amount > left:
        raise MoveRefused(
            _(
                "¥%(left)s of %(code)s are left, the rest is spent or set aside; ¥%(asked)s "
                "cannot be given back."
            )
            % {"left": yuan(left), "code": subject.code, "asked": yuan(amount)}
        )


def _give_back(subject: MoneyGift, amount: int, step: Step) -> None:
    _refuse_more_than_left(subject, amount)
    owner = subject.fund.code if subject.stage == "received" and subject.fund else subject.org.code
    back = Holding.objects.filter(gift=subject.code, item=MONEY, place__startswith="refunded:")
    whole = amount + sum(back.values_list("amount", flat=True)) == subject.amount
    step.post(one(subject.code, _place(subject), place("refunded", owner), amount))
    step.concern(owner)
    step.open(given_back=amount)
    step.target = "refunded" if whole else subject.stage


def _place(subject: MoneyGift) -> str:
    if subject.stage == "unidentified" or subject.fund is None:
        return place("unidentified", subject.org.code)
    return place("fund", subject.fund.code)


def _left(subject: MoneyGift) -> int:
    return held(_place(subject), gift=subject.code)


def _donor(subject: MoneyGift) -> str:
    return place("donor", subject.code)
