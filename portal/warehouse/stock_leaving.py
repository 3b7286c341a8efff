"""Goods that leave stock for good: written off, given back, given to the community, sold. One
person asks, another does it and writes the same figures."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.disclosure.classes import OPEN
from portal.funds import stages as funds
from portal.funds.models import Fund, Spend
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import Facts
from portal.stages.signing import signer
from portal.warehouse.goods_in import fulfil
from portal.warehouse.lots import posting, refuse_expired
from portal.warehouse.models import Lot
from portal.warehouse.stock_facts import (
    IssueAsked,
    Proceeds,
    ReturnAsked,
    SaleAsked,
    Sold,
    WriteOff,
    WriteOffAsked,
)
from portal.warehouse.stock_keeping import (
    house_of,
    locked_gift,
    name_lot,
    refuse_more,
)

Leaving = WriteOffAsked | ReturnAsked | IssueAsked | SaleAsked
ENDS = {WriteOff.EXPIRED: "expired", WriteOff.LOST: "lost"}


def ask_out(subject: Lot, facts: Leaving, step: Step) -> None:
    """What is asked is public at once; nothing moves until a second person agrees."""
    subject.asked_by = signer(step.actor)
    _refuse(subject, facts, step)
    refuse_more(subject, facts.quantity)
    subject.asked, subject.before = asked_of(facts), subject.stage
    subject.save(update_fields=["asked", "asked_by", "before"])
    name_lot(subject, step)


def take_out(subject: Lot, facts: Leaving, step: Step) -> None:
    """The second person's word. Refused: whoever asked; other figures than were asked."""
    signer(step.actor, subject.asked_by)
    _refuse(subject, facts, step, stage=subject.before)
    if asked_of(facts) != subject.asked:
        raise MoveRefused(
            _(
                "This is not what was asked for. Please agree to exactly that, or choose "
                "“Do not do it” and have it asked for again."
            )
        )
    refuse_more(subject, facts.quantity)
    pledge, code = locked_gift(subject), house_of(subject).code
    target = place(end_of(facts), code)
    step.post(posting(facts.quantity, subject, place("stock", code), target))
    name_lot(subject, step)
    _close(subject, step)
    step.then(partial(fulfil, pledge, step))
    if isinstance(facts, Sold) and (fund := _fund_of(subject, facts)):
        step.facts = replace(facts, fund=fund, proceeds=Proceeds.IN_FUND)
        step.concern(fund)
        step.then(partial(_fill_fund, subject, step))


def decline_out(subject: Lot, facts: Facts, step: Step) -> None:
    """Nothing leaves; the lot is what it was before somebody asked."""
    name_lot(subject, step)
    _close(subject, step)


def asked_of(facts: Leaving) -> dict[str, Any]:
    """What both persons say: the open facts of the question."""
    said = facts.sealed(OPEN)
    said.pop("proceeds", None)
    if not said.get("fund"):
        said.pop("fund", None)  # a sale asked for before funds could be named said nothing of it
    return said


def end_of(facts: Leaving) -> str:
    """The end of the books to which the goods go."""
    if isinstance(facts, WriteOffAsked):
        return ENDS.get(facts.reason, "damaged")
    if isinstance(facts, ReturnAsked):
        return "returned"
    return "community" if isinstance(facts, IssueAsked) else "sold"


def _close(lot: Lot, step: Step) -> None:
    step.target = lot.before
    lot.asked, lot.asked_by, lot.before = {}, None, ""
    lot.save(update_fields=["asked", "asked_by", "before"])


def _refuse(lot: Lot, facts: Leaving, step: Step, *, stage: str = "") -> None:
    if not isinstance(facts, IssueAsked) and not facts.note.strip():
        raise MoveRefused(_("Please give your reason in words: it is published."))
    if isinstance(facts, WriteOffAsked):
        _refuse_wrong_end(lot, facts, stage or lot.stage)
    elif not isinstance(facts, ReturnAsked):
        refuse_expired(lot, at=step.at)
    if isinstance(facts, SaleAsked):
        _refuse_wrong_fund(lot, facts)


def _refuse_wrong_fund(lot: Lot, facts: SaleAsked) -> None:
    """The money goes to a fund of the very charity that sells, one that is not closed (R12)."""
    takes = Fund.lifecycle.move("receive_proceeds").source
    fund = _fund_of(lot, facts)
    known = Fund.objects.filter(org=house_of(lot).org_id, stage__in=takes, code=fund)
    if fund and not known.exists():
        raise MoveRefused(_("Please choose an open fund of your own organisation."))
    if facts.fund not in ("", fund):
        raise MoveRefused(
            _("Lot %(lot)s was bought by fund %(fund)s: what it is sold for goes back there.")
            % {"lot": lot.code, "fund": fund}
        )
    if not fund and isinstance(facts, Sold) and facts.proceeds is Proceeds.IN_FUND:
        raise MoveRefused(_("Please name the fund that takes the money."))


def _fund_of(lot: Lot, facts: SaleAsked) -> str:
    """The fund that paid for the goods; of given goods the one that is named, or none."""
    bought = Spend.objects.filter(code=lot.pledge.code).select_related("fund").first()
    return bought.fund.code if bought else facts.fund


def _fill_fund(lot: Lot, step: Step) -> None:
    """What the sale brought is the fund's at once, under the gift whose goods were sold."""
    sold: Sold = step.facts
    money = funds.Proceeds(gift=lot.pledge.code, lot=lot.code, amount=sold.price)
    fund = engine.locked(Fund, sold.fund)
    engine.follow(fund, "receive_proceeds", actor=step.actor, facts=money, at=step.at)


def _refuse_wrong_end(lot: Lot, facts: WriteOffAsked, stage: str) -> None:
    """What ran out is written off as that and as nothing else; what did not, is not."""
    if (facts.reason is WriteOff.EXPIRED) != (stage == "expired"):
        raise MoveRefused(
            _("Lot %(lot)s is past its date: please choose “%(expired)s”.")
            % {"lot": lot.code, "expired": WriteOff.EXPIRED.label}
            if stage == "expired"
            else _("Lot %(lot)s is not past its date. Please choose another reason.")
            % {"lot": lot.code}
        )
    if facts.reason is WriteOff.RECALLED and stage != "recalled":
        raise MoveRefused(_("Lot %(lot)s is not recalled.") % {"lot": lot.code})
