"""What the moves of spending do: asked for, approved by two others, paid, accounted for."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.core import codes
from ledger.core.postings import place
from portal.accounts.acting import accounts_of
from portal.funds.checks import Wanted, broken
from portal.funds.drawing import draw, held
from portal.funds.models import Fund, Spend, found
from portal.funds.refusing import APPROVALS, CHANGED_AFTER, Broken, SpendRefused, refuse
from portal.funds.spend_stages import Accounted, Approved, Asked, Paid, Requested
from portal.input.amounts import yuan
from portal.input.uscc import WrongCreditCode, check_uscc
from portal.organisations.models import Organisation
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step, locked
from portal.stages.signing import signer

SAME_PERSON = gettext_lazy(
    "Rule “two approvals”: asking and both approvals need 3 different people, and you, in this or "
    "another role, have signed already. Please let somebody else approve."
)
OTHER_AMOUNT = gettext_lazy(
    "Rule “approve what you see”: you saw ¥%(seen)s (version %(seen_version)s), it is ¥%(now)s "
    "(version %(now_version)s) now. Please open it again."
)


def request(subject: Spend, facts: Requested, step: Step) -> None:
    """Checked before anything is kept: a refused request leaves nothing but the auditor's row."""
    if subject.fund.org_id != subject.org_id:
        raise MoveRefused(_("This is another organisation's fund."))
    subject.requested_by = signer(step.actor)
    _keep(subject, facts, step)


def change(subject: Spend, facts: Asked, step: Step) -> None:
    """Before the first approval only; it makes a new version of the request."""
    subject.revision += 1
    _keep(subject, facts, step)


def approve(subject: Spend, facts: Approved, step: Step) -> None:
    subject.approved_by = _sign(subject, step, subject.requested_by)
    _agree(subject, facts, step)
    subject.save(update_fields=["approved_by"])


def approve_again(subject: Spend, facts: Approved, step: Step) -> None:
    """The second approval sets the money aside, gift by gift, the oldest first."""
    people = subject.requested_by, subject.approved_by
    subject.approved_again_by = _sign(subject, step, *people)
    _agree(subject, facts, step)
    subject.save(update_fields=["approved_again_by"])
    set_more_aside(subject, facts, step)


def set_more_aside(subject: Spend, facts: object, step: Step) -> None:
    source, target = place("fund", subject.fund.code), place("committed", subject.code)
    _move(subject, source, target, subject.amount - held(target), "set_more_aside", step)


def cancel(subject: Spend, facts: object, step: Step) -> None:
    """What was set aside is in the fund again, under the gifts it came from."""
    locked(Fund, subject.fund.code)
    release_more(subject, facts, step)


def release_more(subject: Spend, facts: object, step: Step) -> None:
    source, target = place("committed", subject.code), place("fund", subject.fund.code)
    _move(subject, source, target, held(source), "release_more", step)


def pay(subject: Spend, facts: Paid, step: Step) -> None:
    """The bank's word that it went out; conditions are asked once more."""
    if facts.paid_on > timezone.localdate(step.at):
        raise MoveRefused(
            _("The day %(day)s has not come yet.") % {"day": facts.paid_on.isoformat()}
        )
    _check(subject, step)
    subject.paid_on = facts.paid_on
    subject.save(update_fields=["paid_on"])
    pay_more(subject, facts, step)


def pay_more(subject: Spend, facts: object, step: Step) -> None:
    source, target = place("committed", subject.code), place("paid", subject.code)
    _move(subject, source, target, held(source), "pay_more", step)


def account(subject: Spend, facts: Accounted, step: Step) -> None:
    """Invoice and goods-in note close it."""
    if facts.arrival and not (codes.check(facts.arrival) and facts.arrival[0] == "C"):
        raise MoveRefused(_("The code of a goods-in note begins with C. Please look at it again."))
    subject.arrival, subject.invoice = facts.arrival or subject.arrival, facts.invoice
    subject.save(update_fields=["arrival", "invoice"])
    _tell(subject, step)
    step.concern(facts.arrival)


def _keep(subject: Spend, facts: Asked, step: Step) -> None:
    recipient = found(Organisation, facts.recipient)
    try:
        subject.supplier_code = check_uscc(facts.supplier_code)
    except WrongCreditCode as wrong:
        raise MoveRefused(str(wrong)) from wrong
    subject.purpose, subject.item_class = facts.purpose, facts.item_class
    subject.amount, subject.recipient, subject.supplier = facts.amount, recipient, facts.supplier
    subject.papers = [[row.paper.value, row.file] for row in facts.papers]
    _check(subject, step)
    subject.save()
    _tell(subject, step)
    step.open(version=subject.revision)


def out_of_turn(subject: Spend, move: str, *, at: datetime) -> SpendRefused | None:
    """What is paid has two approvals: how many are there, and what else speaks against it."""
    given = {"requested": 0, "approved_once": 1}.get(subject.stage)
    if move == "change" and given == 1:
        return SpendRefused([Broken("changed", CHANGED_AFTER, {"code": subject.code})])
    if move != "pay" or given is None:
        return None
    missing = Broken("approvals", APPROVALS, {"given": given})
    return SpendRefused([missing, *_broken(subject, at=at)])


def _check(subject: Spend, step: Step) -> None:
    """Every rule of the fund, all at once: the refusal names each that is broken."""
    refuse(_broken(subject, at=step.at))


def _broken(subject: Spend, *, at: datetime) -> list[Broken]:
    """Every rule it breaks; the fund is locked until the transaction ends."""
    people = subject.requested_by, subject.approved_by, subject.approved_again_by
    reserved = held(place("committed", subject.code))
    rules = broken(
        Wanted(
            fund=locked(Fund, subject.fund.code),
            purpose=str(subject.purpose),
            item_class=subject.item_class,
            amount=subject.amount,
            recipient=subject.recipient,
            papers=tuple((kind, digest) for kind, digest in subject.papers),
            supplier_code=subject.supplier_code,
            people=tuple(person for person in people if person is not None),
            day=timezone.localdate(at),
            besides=subject.code,
        )
    )
    return [one for one in rules if not (reserved and one.rule == "balance")]


def _sign(subject: Spend, step: Step, *earlier: int | None) -> int:
    """The person who approves, in whatever role; one person gives one signature."""
    person = step.actor.person_id
    if person is not None and accounts_of(person) & {one for one in earlier if one is not None}:
        raise SpendRefused([Broken("same_person", SAME_PERSON)])
    return signer(step.actor)


def _agree(subject: Spend, facts: Approved, step: Step) -> None:
    """Approved is what the approver saw, and it still keeps every rule."""
    if (facts.amount, facts.revision) != (subject.amount, subject.revision):
        figures = {"seen": yuan(facts.amount), "seen_version": facts.revision}
        figures |= {"now": yuan(subject.amount), "now_version": subject.revision}
        raise SpendRefused([Broken("seen", OTHER_AMOUNT, figures)])
    _check(subject, step)
    _tell(subject, step)


def _move(subject: Spend, source: str, target: str, amount: int, more: str, step: Step) -> None:
    postings, left = draw(source, target, amount)
    step.post(*postings)
    _tell(subject, step)
    if left and postings:
        step.then(lambda: engine.follow(subject, more, actor=step.actor, at=step.at))


def _tell(subject: Spend, step: Step) -> None:
    fund = subject.fund
    step.concern(fund.code, fund.campaign.code, subject.recipient.code)
