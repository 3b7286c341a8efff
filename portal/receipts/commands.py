"""What the moves of a hospital receipt do: line by line it must add up, and every piece gets its
place."""

from typing import Any

from django.utils.translation import gettext as _

from ledger.core.postings import Posting, place
from portal.accounts.links import end_links
from portal.needs import commands as needs
from portal.pledges.models import Pledge
from portal.receipts.afterwards import CONFIRMED, EXPLAINED, offer_link
from portal.receipts.models import Receipt, ReceiptLine
from portal.receipts.resolving import (
    come_later,
    destroy,
    find_again,
    hand_on,
    inspect_again,
    object_to,
    replace,
)
from portal.receipts.silence import tick
from portal.receipts.stages import DifferenceReason, Explained, ReceiptConfirmed, ReceivedLine
from portal.receipts.using import report_use
from portal.shipping.asking import CONFIRM
from portal.shipping.commands import fulfil_accounted, lock_gifts
from portal.shipping.direct import count_arrived
from portal.shipping.lines import (
    concern_lines,
    described,
    free_again,
    lines_of,
    lock_needs,
    posting,
)
from portal.shipping.models import Shipment, ShipmentLine
from portal.stages.engine import MoveRefused, Step, follow, locked

__all__ = [  # with the effects below: what the table and the clock call
    "come_later",
    "destroy",
    "find_again",
    "hand_on",
    "inspect_again",
    "object_to",
    "replace",
    "report_use",
    "tick",
]
Pairs = list[tuple[ReceivedLine, ShipmentLine]]


def confirm(subject: Receipt, facts: ReceiptConfirmed, step: Step) -> None:
    """One row for each line of the shipment; what was sent goes to received, rejected, damaged or
    lost.

    What was found beyond it is held until the sender has explained it, and counts only then.
    """
    shipment = locked(Shipment, subject.shipment.code)
    if shipment.stage == "packed":
        raise MoveRefused(_("It has not been sent yet, so nothing can be confirmed."))
    if shipment.stage == "unconfirmed":
        step.open(late=True)
    pledges = lock_gifts(shipment)
    lock_needs(shipment)
    pairs = _pairs(facts.lines, lines_of(shipment))
    for row, line in pairs:
        _check(row, line)
        step.post(*_postings(row, line, shipment))
    ReceiptLine.objects.bulk_create(_kept(subject, row, line) for row, line in pairs)
    differs = any(row.rejected or row.missing or row.surplus for row, _line in pairs)
    step.target = "discrepancy" if differs else "confirmed"
    step.open(result=[_result(row, line) for row, line in pairs])
    concern_lines(shipment, step)
    end_links(purpose=CONFIRM, code=shipment.code)
    count_arrived(shipment)
    _open_needs_again(pairs)
    counted = _for_needs(pairs, {line.pk: _agreed(row) for row, line in pairs})
    step.then(
        lambda: follow(shipment, "confirm", actor=step.actor, at=step.at),
        lambda: _tell(counted, pledges, step),
    )
    if step.actor.person_id is None:
        step.then(lambda: offer_link(subject, why=CONFIRMED, at=step.at))


def explain(subject: Receipt, facts: Explained, step: Step) -> None:
    """The sender has explained the difference: what was held beyond the count is received now.
    Explained again after an objection, it says another reason and books nothing."""
    shipment = locked(Shipment, subject.shipment.code)
    pledges = lock_gifts(shipment)
    lock_needs(shipment)
    owner = _hospital(shipment)
    extra: dict[int, int] = {}
    for row in subject.lines.select_related("receipt").order_by("shipment_line__no"):
        held = row.held
        line = _with_lot(row.shipment_line_id)
        if held:
            extra[line.pk] = held
            source, target = place("held", owner), place("received", owner)
            step.post(posting(line, held, source, target))
    concern_lines(shipment, step)
    counted = _for_needs(lines_of(shipment), extra)
    step.then(
        lambda: _tell(counted, pledges, step),
        lambda: offer_link(subject, why=EXPLAINED, at=step.at),
    )


def _pairs(rows: tuple[ReceivedLine, ...], lines: list[ShipmentLine]) -> Pairs:
    """Each row with its line of the shipment: every line once, no other."""
    given = {row.line: row for row in rows}
    if len(given) < len(rows) or set(given) != {line.no for line in lines}:
        raise MoveRefused(
            _(
                "Every line of the shipment must stand here exactly once. Please open the page "
                "again."
            )
        )
    return [(given[line.no], line) for line in lines]


def _check(row: ReceivedLine, line: ShipmentLine) -> None:
    """accepted + rejected + missing = shipped + surplus, and a reason for every difference."""
    came = row.accepted + row.rejected + row.missing
    sent = line.quantity + row.surplus
    named = {"line": line.no}
    if came != sent:
        raise MoveRefused(
            _(
                "Line %(line)d does not add up: accepted + rejected + missing is %(came)d, "
                "sent + surplus is %(sent)d, a difference of %(difference)d. Please correct the "
                "line."
            )
            % {**named, "came": came, "sent": sent, "difference": abs(came - sent)}
        )
    if row.missing and row.surplus:
        raise MoveRefused(
            _("Line %(line)d cannot have pieces missing and too many at once. Please correct it.")
            % named
        )
    differs = bool(row.rejected or row.missing or row.surplus)
    if differs and row.reason == DifferenceReason.NONE:
        raise MoveRefused(
            _("Line %(line)d: please choose a reason for what is rejected, missing or surplus.")
            % named
        )
    if not differs and row.reason != DifferenceReason.NONE:
        raise MoveRefused(
            _(
                "Line %(line)d names a reason, but its numbers differ in nothing. "
                "Please correct the numbers or choose “No difference”."
            )
            % named
        )


def _postings(row: ReceivedLine, line: ShipmentLine, shipment: Shipment) -> list[Posting]:
    """What was sent first, then what was found beyond it: accepted surplus is held, other rejected
    at once."""
    owner = _hospital(shipment)
    transit, found = place("transit", shipment.code), place("found", shipment.code)
    bad = place("damaged" if row.reason == DifferenceReason.DAMAGED else "rejected", owner)
    held = min(row.surplus, row.accepted)
    beyond = row.surplus - held
    wanted = [
        (row.accepted - held, transit, place("received", owner)),
        (row.rejected - beyond, transit, bad),
        (row.missing, transit, place("lost", shipment.code)),
        (held, found, place("held", owner)),
        (beyond, found, bad),
    ]
    return [posting(line, amount, from_, to) for amount, from_, to in wanted if amount]


def _agreed(row: ReceivedLine) -> int:
    """What counts as received at once: the accepted pieces that had been sent."""
    return row.accepted - min(row.surplus, row.accepted)


def _kept(subject: Receipt, row: ReceivedLine, line: ShipmentLine) -> ReceiptLine:
    return ReceiptLine(
        receipt=subject,
        shipment_line=line,
        accepted=row.accepted,
        rejected=row.rejected,
        missing=row.missing,
        surplus=row.surplus,
        reason=row.reason.value,
    )


def _result(row: ReceivedLine, line: ShipmentLine) -> dict[str, Any]:
    """One line of the outcome for the public page."""
    return {
        **described(line),
        "accepted": row.accepted,
        "rejected": row.rejected,
        "missing": row.missing,
        "surplus": row.surplus,
        "reason": row.reason.value,
    }


def _open_needs_again(pairs: Pairs) -> None:
    """What did not reach the hospital in good order is no longer set aside for its need."""
    for row, line in sorted(pairs, key=lambda pair: (pair[1].need_line_id or 0, pair[1].pk)):
        gone = line.quantity - _agreed(row)
        if gone and line.need_line_id is not None:
            free_again(line.need_line_id, gone)


def _for_needs(lines: Pairs | list[ShipmentLine], quantities: dict[int, int]) -> dict[int, int]:
    """Quantities by shipment line as quantities by need line."""
    out: dict[int, int] = {}
    for each in lines:
        line = each[1] if isinstance(each, tuple) else each
        if line.need_line_id is not None and quantities.get(line.pk):
            out[line.need_line_id] = out.get(line.need_line_id, 0) + quantities[line.pk]
    return out


def _tell(counted: dict[int, int], pledges: list[Pledge], step: Step) -> None:
    """The needs count what came; gifts of which nothing is under way any more are fulfilled."""
    if counted:
        needs.receive(quantities=counted, actor=step.actor, at=step.at)
    fulfil_accounted(pledges, actor=step.actor, at=step.at)


def _with_lot(line_id: int) -> ShipmentLine:
    return ShipmentLine.objects.select_related("lot__pledge", "lot__variant").get(pk=line_id)


def _hospital(shipment: Shipment) -> str:
    assert shipment.hospital is not None, "a packed shipment has its hospital"
    return shipment.hospital.code
