"""What the moves of the warehouse do: goods announced; what follows stands in `goods_in` and
`allocating`."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.accounts.roles import DONOR
from portal.pledges import commands as pledges
from portal.pledges.models import Pledge, PledgeLine
from portal.pledges.stages import PLEDGE
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.warehouse import buying
from portal.warehouse.allocating import allocate, approve, cancel_allocation, name_allocated
from portal.warehouse.cold_keeping import log_cold
from portal.warehouse.correcting import correct
from portal.warehouse.counting import count, recount
from portal.warehouse.goods_in import arrive, consignee, fetch, give_on, name_gift, take
from portal.warehouse.inspecting import inspect
from portal.warehouse.lots import new_lot, posting
from portal.warehouse.models import Arrival, ArrivalLine, Warehouse
from portal.warehouse.slots import give_slot
from portal.warehouse.stages import Announced, AnnouncedLine
from portal.warehouse.stock_aging import expire_lot, near_expiry
from portal.warehouse.stock_keeping import (
    count_stock,
    free_lot,
    hold_back,
    open_lot,
    put_away,
    recount_stock,
    take_in,
)
from portal.warehouse.stock_leaving import ask_out, decline_out, take_out
from portal.warehouse.stock_recall import answer_recall, lift_recall, recall
from portal.warehouse.stock_stating import state_stock, tick
from portal.warehouse.stock_transfer import receive_over, send_over
from portal.warehouse.waybills import read_number

__all__ = [
    "allocate",
    "announce",
    "answer_recall",
    "approve",
    "arrive",
    "ask_out",
    "cancel_allocation",
    "correct",
    "count",
    "count_stock",
    "decline_out",
    "expire_lot",
    "fetch",
    "free_lot",
    "give_on",
    "give_slot",
    "hold_back",
    "inspect",
    "lift_recall",
    "log_cold",
    "name_allocated",
    "near_expiry",
    "open_lot",
    "put_away",
    "recall",
    "receive_over",
    "recount",
    "recount_stock",
    "send_over",
    "state_stock",
    "take",
    "take_in",
    "take_out",
    "tick",
]

MOST_LINES = 60  # of one consignment: its goods-in note must fit into one entry


def announce(subject: Arrival, facts: Announced, step: Step) -> None:
    """The donor sent part of an accepted gift: a lot for each line, goods on the way in the books.

    Or a supplier did, what a spending has paid for: it comes under the spending's code. Refused: a
    gift that is not accepted, a closed warehouse, more than was promised, nothing.
    """
    pledge = engine.locked(Pledge, subject.pledge.code)
    if pledge.stage not in PLEDGE.move("dispatch").source:
        raise MoveRefused(
            _("The gift %(code)s is “%(stage)s”: it cannot be sent now.")
            % {"code": pledge.code, "stage": pledge.stage_label}
        )
    subject.warehouse = _open_warehouse(facts.warehouse, step)
    subject.carrier = facts.carrier
    _raw, subject.waybill = read_number(facts.waybill, facts.carrier)
    subject.consignee = consignee(facts.consignee)
    subject.save(update_fields=["warehouse", "carrier", "waybill", "consignee"])
    for no, given in enumerate(_sent(facts.lines), start=1):
        line = _send(pledge, given)
        lot = new_lot(line, step)
        ArrivalLine.objects.create(
            arrival=subject, no=no, pledge_line=line, lot=lot, announced=given.quantity,
            pack=given.pack,
        )  # fmt: skip
        step.post(
            posting(
                given.quantity,
                lot,
                pledge.outside,
                place("inbound", subject.warehouse.code),
            )
        )
    name_gift(subject, step)
    buying.announce(subject, step)
    step.then(lambda: engine.follow(pledge, "dispatch", actor=step.actor, at=step.at))


def _open_warehouse(code: str, step: Step) -> Warehouse:
    house = Warehouse.objects.select_related("org").filter(code=code).first()
    own = house is not None and (step.actor.role == DONOR or house.org.code == step.actor.org)
    if house is None or not own:
        raise MoveRefused(_("There is no such warehouse. Please choose one from the list."))
    if house.stage != "open":
        raise MoveRefused(
            _("The warehouse %(name)s takes nothing in at present. Please choose another.")
            % {"name": house.name_zh}
        )
    return house


def _sent(lines: Sequence[AnnouncedLine]) -> list[AnnouncedLine]:
    """What was really sent, in the order of the gift's lines: lines of nothing are left out."""
    sent = sorted((line for line in lines if line.quantity), key=lambda line: line.line)
    if not sent:
        raise MoveRefused(_("Please enter how much was sent, for at least one line."))
    if len(sent) > MOST_LINES:
        raise MoveRefused(
            _("At most %(most)d lines fit into one consignment. Please enter the rest as another.")
            % {"most": MOST_LINES}
        )
    return sent


def _send(pledge: Pledge, given: AnnouncedLine) -> PledgeLine:
    line = pledge.lines.filter(no=given.line).first()
    if line is None:
        raise MoveRefused(_("The gift has no line %(no)d.") % {"no": given.line})
    return pledges.send_line(line.pk, given.quantity)
