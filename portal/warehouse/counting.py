"""Goods in: the goods-in note. Every line once, its further batches each a lot of its own; packed
otherwise than announced, nothing is booked until it was counted once more."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.pledges import commands as pledges
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer
from portal.warehouse.goods_in import fulfil, house_of, lines_of, name_gift
from portal.warehouse.lots import new_lot, posting
from portal.warehouse.models import Arrival, ArrivalLine, Warehouse
from portal.warehouse.serials import keep_serials
from portal.warehouse.stages import (
    Announced,
    AnnouncedLine,
    Carrier,
    Counted,
    CountedBatch,
    CountedLine,
    CountReason,
    Recounted,
)

MOST_LOTS = 70  # counted in one step: their postings must fit into one entry


@dataclass(frozen=True)
class Noted:
    """What the note says of one line: the line itself, and its further batches."""

    line: ArrivalLine
    said: CountedLine
    batches: list[CountedBatch]

    @property
    def rows(self) -> list[CountedLine | CountedBatch]:
        return [self.said, *self.batches]

    @property
    def here(self) -> int:
        """How much of it came, good or not."""
        return sum(row.accepted + row.rejected for row in self.rows)

    @property
    def reason(self) -> CountReason:
        """The first that is given: a line's difference is explained once."""
        given = (row.reason for row in self.rows if row.reason)
        return next(given, CountReason.NONE)


def count(subject: Arrival, facts: Counted, step: Step) -> None:
    """The goods-in note: every line once; what differs from what was announced has a reason.

    Missing and surplus are derived, not typed: announced + surplus = good + rejected + missing.
    What is still to come leaves this consignment and is announced as one of its own. Where a pack
    holds another number than announced, nothing is booked: it is counted once more (R21).
    """
    noted = _noted(subject, facts, step)
    if repacked := [_repacked(one) for one in noted if _is_repacked(one)]:
        step.target = "recount"
        step.open(repacked=repacked)
        name_gift(subject, step)
        return
    _book(subject, noted, step)


def recount(subject: Arrival, facts: Recounted, step: Step) -> None:
    """The second count of what was packed otherwise: in base units, whatever a pack holds."""
    _book(subject, _noted(subject, facts, step), step)


def _noted(subject: Arrival, facts: Counted, step: Step) -> list[Noted]:
    subject.counted_by = signer(step.actor, subject.inspected_by, subject.taken_by)
    subject.save(update_fields=["counted_by"])
    lines = lines_of(subject)
    wanted = [line.no for line in lines]
    said = {row.line: row for row in facts.lines}
    if sorted(row.line for row in facts.lines) != wanted:
        raise MoveRefused(
            _("Every line of the consignment must be counted exactly once. Please open it again.")
        )
    batches = [row for row in facts.batches if row.accepted or row.rejected]
    if strange := next((row.line for row in batches if row.line not in said), None):
        raise MoveRefused(_("The consignment has no line %(no)d.") % {"no": strange})
    here = sum(bool(row.accepted or row.rejected) for row in facts.lines)
    if here + len(batches) > MOST_LOTS:
        raise MoveRefused(
            _(
                "At most %(most)d batches are counted in one step. "
                "Please enter the rest as still to come."
            )
            % {"most": MOST_LOTS}
        )
    return [
        Noted(line, said[line.no], [row for row in batches if row.line == line.no])
        for line in lines
    ]


def _is_repacked(one: Noted) -> bool:
    return bool(one.line.pack and one.said.pack and one.line.pack != one.said.pack)


def _repacked(one: Noted) -> dict[str, int]:
    return {"line": one.line.no, "announced_pack": one.line.pack, "pack": one.said.pack}


def _book(subject: Arrival, noted: Sequence[Noted], step: Step) -> None:
    pledge = engine.locked(Pledge, subject.pledge.code)
    rest = [row for one in noted if (row := _later(one, subject, step))]
    if len(rest) == len(noted) and not any(one.line.announced for one in noted):
        raise MoveRefused(_("Nothing of it is here yet, so there is nothing to count."))
    lines = [line for one in noted for line in _count_line(one, subject, step)]
    step.open(result=[_result(line) for line in sorted(lines, key=lambda line: line.no)])
    step.target = "counted" if any(line.accepted for line in lines) else "stocked"
    name_gift(subject, step)

    def follow() -> None:
        engine.follow(pledge, "receive", actor=step.actor, at=step.at)
        fulfil(pledge, step)
        if rest:
            _announce_rest(subject, rest, step)

    step.then(follow)


def _later(one: Noted, subject: Arrival, step: Step) -> AnnouncedLine | None:
    """What follows later goes back to the donor's side of the books, to be announced anew."""
    line, later = one.line, one.said.later
    if not later:
        return None
    if later + one.here > line.announced:
        raise MoveRefused(
            _(
                "Line %(no)d: %(announced)d were announced, so with what is here "
                "at most %(left)d can still come."
            )
            % {
                "no": line.no,
                "announced": line.announced,
                "left": max(line.announced - one.here, 0),
            }
        )
    line.announced -= later
    source = place("inbound", house_of(subject).code)
    step.post(posting(later, line.lot, source, subject.pledge.outside))
    pledges.unsend_line(line.pledge_line_id, later)
    return AnnouncedLine(line=line.pledge_line.no, quantity=later, pack=line.pack)


def _announce_rest(subject: Arrival, rest: list[AnnouncedLine], step: Step) -> None:
    engine.follow_begin(
        Arrival,
        "announce",
        actor=step.actor,
        facts=Announced(
            warehouse=house_of(subject).code,
            carrier=Carrier(subject.carrier),
            waybill=subject.waybill,
            lines=tuple(rest),
            consignee=subject.consignee.code if subject.consignee else "",
        ),
        at=step.at,
        pledge=subject.pledge,
    )


def _count_line(one: Noted, subject: Arrival, step: Step) -> list[ArrivalLine]:
    """Book the line and its further batches; the first one answers for what is missing."""
    left = one.line.announced
    shares = []
    for row in one.rows:
        shares.append(min(row.accepted + row.rejected, left))
        left -= shares[-1]
    found = [one.line, *(_split(one.line, share, subject, step) for share in shares[1:])]
    for line, row in zip(found, one.rows, strict=True):
        _count(line, row, one.reason, house_of(subject), step)
    return found


def _split(line: ArrivalLine, share: int, subject: Arrival, step: Step) -> ArrivalLine:
    """A lot of its own for a further batch: so much of the line's goods under another lot."""
    lot = new_lot(line.pledge_line, step)
    if share:
        inbound = place("inbound", house_of(subject).code)
        donor = subject.pledge.outside
        step.post(posting(share, line.lot, inbound, donor), posting(share, lot, donor, inbound))
    line.announced -= share
    line.save(update_fields=["announced"])
    last = subject.lines.order_by("-no").values_list("no", flat=True)[0]
    return ArrivalLine.objects.create(
        arrival=subject, no=last + 1, pledge_line=line.pledge_line, lot=lot, announced=share,
        pack=line.pack,
    )  # fmt: skip


def _count(
    line: ArrivalLine,
    row: CountedLine | CountedBatch,
    reason: CountReason,
    house: Warehouse,
    step: Step,
) -> None:
    announced, accepted, rejected = line.announced, row.accepted, row.rejected
    line.accepted, line.rejected = accepted, rejected
    line.missing = max(announced - accepted - rejected, 0)
    line.surplus = max(accepted + rejected - announced, 0)
    if (line.rejected or line.missing or line.surplus) and reason == CountReason.NONE:
        raise MoveRefused(_reason_wanted(line))
    line.save(update_fields=["announced", "accepted", "rejected", "missing", "surplus"])
    lot = line.lot
    lot.warehouse, lot.batch, lot.expiry = house, row.batch, row.expiry
    lot.save(update_fields=["warehouse", "batch", "expiry"])
    keep_serials(line, row.serials)
    if announced:
        pledges.arrive_line(line.pledge_line_id, announced)
    inbound, found = place("inbound", house.code), place("found", house.code)
    sent_back = min(rejected, announced)
    sent_good = min(accepted, announced - sent_back)
    ways = [
        (sent_good, inbound, "quarantine"),
        (sent_back, inbound, "rejected"),
        (line.missing, inbound, "lost"),
        (accepted - sent_good, found, "quarantine"),
        (rejected - sent_back, found, "rejected"),
    ]
    for amount, source, target in ways:
        if amount:
            step.post(posting(amount, lot, source, place(target, house.code)))


def _reason_wanted(line: ArrivalLine) -> str:
    return _(
        "Line %(no)d: %(announced)d were announced; %(accepted)d good, %(rejected)d rejected, "
        "%(missing)d missing, %(surplus)d too many. Please give the reason for the difference."
    ) % {
        "no": line.no,
        "announced": line.announced,
        "accepted": line.accepted,
        "rejected": line.rejected,
        "missing": line.missing,
        "surplus": line.surplus,
    }


def _result(line: ArrivalLine) -> dict[str, int | str]:
    return {
        "line": line.no,
        "lot": line.lot.code,
        "announced": line.announced,
        "accepted": line.accepted,
        "rejected": line.rejected,
        "missing": line.missing,
        "surplus": line.surplus,
    }
