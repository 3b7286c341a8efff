"""What was bought with a spending: which goods, for which part of the money, where they may go."""

from django.utils.translation import gettext_lazy as _

from portal.catalogue.queries import variants_by_key
from portal.funds.checks import Wanted, broken_by_goods
from portal.funds.labels import item_class as class_said
from portal.funds.models import Spend
from portal.funds.refusing import Broken, SpendRefused, refuse
from portal.funds.spend_stages import Bought
from portal.input.amounts import yuan
from portal.organisations.models import Organisation
from portal.stages.engine import MoveRefused, Step

OTHER_SUM = _(
    "Rule “every fen”: ¥%(paid)s were paid, the lines add up to ¥%(told)s, ¥%(differs)s apart. "
    "Please enter what was paid for each line."
)
OTHER_CLASS = _(
    "Rule “what may be bought”: “%(approved)s” were approved for %(code)s, line %(line)s is "
    "“%(told)s”."
)
ON_THE_WAY = _(
    "The goods of %(code)s are announced to the warehouse already (%(arrival)s): what comes "
    "otherwise is counted there."
)
OTHER_RECIPIENT = _(
    "Rule “recipient”: the ¥%(amount)s of %(code)s were approved for %(approved)s, so its goods "
    "cannot go to %(asked)s."
)


def buy(subject: Spend, facts: Bought, step: Step) -> None:
    """Items, pieces and fen of each line; together exactly what was paid, of the class approved."""
    if subject.arrival:
        words = {"code": subject.code, "arrival": subject.arrival}
        raise MoveRefused(str(ON_THE_WAY) % words)
    known = variants_by_key(line.variant for line in facts.lines)
    wrong = []
    for no, line in enumerate(facts.lines, start=1):
        told = known[line.variant].item.item_class if line.variant in known else ""
        if told != subject.item_class:
            figures = {"approved": class_said(subject.item_class), "told": class_said(told)}
            figures |= {"code": subject.code, "line": no}
            wrong.append(Broken("item_class", OTHER_CLASS, figures))
    total = sum(line.paid for line in facts.lines)
    if total != subject.amount:
        figures = {"paid": yuan(subject.amount), "told": yuan(total)}
        figures |= {"differs": yuan(abs(total - subject.amount))}
        wrong.append(Broken("sum", OTHER_SUM, figures))
    refuse(wrong)
    subject.bought = [[line.variant, line.quantity, line.paid] for line in facts.lines]
    subject.invoice = facts.invoice
    subject.save(update_fields=["bought", "invoice"])
    step.concern(subject.fund.code, subject.fund.campaign.code, subject.recipient.code)


def on_its_way(spend: Spend, arrival: str) -> None:
    """The consignment that brings the goods of a spending, inside the running transaction."""
    spend.arrival = arrival
    spend.save(update_fields=["arrival"])


def refuse_against(code: str, *, item_class: str, recipient: Organisation) -> None:
    """Goods that a spending bought go only to the hospital it was approved for, and only as the
    fund's conditions say. SpendRefused names each rule that this would break."""
    spend = Spend.objects.select_related("fund", "recipient").get(code=code)
    wrong = []
    if recipient.pk != spend.recipient.pk:
        figures = {"amount": yuan(spend.amount), "code": spend.code}
        figures |= {"approved": spend.recipient.code, "asked": recipient.code}
        wrong.append(Broken("approved_for", OTHER_RECIPIENT, figures))
    wrong += broken_by_goods(
        Wanted(
            fund=spend.fund,
            purpose=str(spend.purpose),
            item_class=item_class,
            amount=spend.amount,
            recipient=recipient,
            papers=(),
            supplier_code="",
            people=(),
            day=spend.paid_on or spend.since.date(),
            besides=spend.code,
        )
    )
    if wrong:
        raise SpendRefused(wrong)
