"""Goods that a spending bought: they come in under its code, from the place `purchase`, and when
they are in stock the spending is accounted for."""

from datetime import datetime

from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.accounts.roles import COORDINATOR
from portal.funds import buying as funds
from portal.funds.models import Spend
from portal.funds.queries import to_announce
from portal.funds.spend_stages import Accounted
from portal.needs.models import NeedLine
from portal.pledges.models import Pledge
from portal.pledges.stages import GivenLine, Registered
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.warehouse.models import Arrival, Lot


def is_bought(code: str) -> bool:
    """Whether goods under this code were bought; the code is the spending's."""
    return code.startswith("P")


def opened(code: str, *, at: datetime) -> Pledge:
    """The lines of what a spending bought, for the hospital it was approved for; opened on the
    charity's behalf: who announced it, the arrival's own entry says."""
    spend = Spend.objects.select_related("org", "recipient").filter(code=code).first()
    if spend is None or spend not in to_announce(spend.org.code):
        raise MoveRefused(
            _("Nothing that was bought by %(code)s waits to be sent. Please look at the spending.")
            % {"code": code}
        )
    lines = tuple(GivenLine(variant=key, quantity=pieces) for key, pieces, _fen in spend.bought)
    facts = Registered(lines=lines, designation=f"hospital:{spend.recipient.code}")
    actor = Actor(role=COORDINATOR, org=spend.org.code)
    return engine.follow_begin(Pledge, "register", actor=actor, facts=facts, at=at, code=code)


def announce(arrival: Arrival, step: Step) -> None:
    """The spending knows which consignment brings its goods. Refused to another organisation."""
    code = arrival.pledge.code
    if not is_bought(code):
        return
    spend = engine.locked(Spend, code)
    if spend.org.code != step.actor.org:
        raise MoveRefused(_("This belongs to another organisation."))
    step.concern(spend.fund.code, spend.recipient.code)
    if not spend.arrival:
        funds.on_its_way(spend, arrival.code)


def account(arrival: Arrival, step: Step) -> None:
    """The goods are in: with the invoice the spending is accounted for."""
    code = arrival.pledge.code
    if not is_bought(code):
        return

    def follow() -> None:
        spend = engine.locked(Spend, code)
        if spend.stage == "paid" and spend.invoice:
            facts = Accounted(invoice=spend.invoice, arrival=arrival.code)
            engine.follow(spend, "account_goods", actor=step.actor, facts=facts, at=step.at)

    step.then(follow)


def refuse_bought(lot: Lot, line: NeedLine) -> None:
    """What a fund paid for goes where its conditions and the approval say."""
    if is_bought(lot.pledge.code):
        funds.refuse_against(
            lot.pledge.code,
            item_class=lot.variant.item.item_class,
            recipient=line.need.hospital,
        )
