"""Goods in: counted, inspected and taken into custody by three people; what is addressed to a
hospital is kept for it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.catalogue.models import Variant
from portal.organisations.models import Organisation
from portal.organisations.queries import hospitals
from portal.pledges import commands as pledges
from portal.pledges.models import Pledge
from portal.pledges.queries import is_accounted_for
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer
from portal.warehouse.lots import posting
from portal.warehouse.models import Arrival, ArrivalLine, Warehouse
from portal.warehouse.stages import (
    Announced,
    AnnouncedLine,
    Arrived,
    Carrier,
    Counted,
    CountedLine,
    CountReason,
    Fetched,
    GivenOn,
    Inspected,
    InspectedLine,
    Papers,
    TakenIn,
    Verdict,
)


def arrive(subject: Arrival, facts: Arrived, step: Step) -> None:
    """At the door; the label says to whom it is addressed."""
    subject.consignee = consignee(facts.consignee) or subject.consignee
    subject.save(update_fields=["consignee"])
    name_gift(subject, step)


def consignee(code: str) -> Organisation | None:
    """The hospital a parcel is addressed to; None: the charity, to be allocated."""
    if not code:
        return None
    found = hospitals().filter(code=code).first()
    if found is None:
        raise MoveRefused(_("There is no such hospital. Please choose one from the list."))
    return found


def name_gift(subject: Arrival, step: Step) -> None:
    """The event stands on the pages of the gift and of the hospital that it is addressed to."""
    assert subject.warehouse is not None, "announced arrivals have a warehouse"
    owner = subject.consignee.code if subject.consignee else ""
    step.concern(subject.pledge.code, subject.warehouse.code, owner)
    if owner:
        step.open(held_for=owner)


def count(subject: Arrival, facts: Counted, step: Step) -> None:
    """The goods-in note: every line once; what differs from what was announced has a reason.

    Missing and surplus are derived, not typed: announced + surplus = good + rejected + missing.
    What is still to come leaves this consignment and is announced as one of its own.
    """
    subject.counted_by = signer(step.actor, subject.inspected_by, subject.taken_by)
    subject.save(update_fields=["counted_by"])
    pledge = engine.locked(Pledge, subject.pledge.code)
    lines = _lines(subject)
    noted = _each_once(facts.lines, [line.no for line in lines])
    rest = [row for line in lines if (row := _later(line, noted[line.no], subject, step))]
    if len(rest) == len(lines) and not any(line.announced for line in lines):
        raise MoveRefused(_("Nothing of it is here yet, so there is nothing to count."))
    for line in lines:
        _count_line(line, noted[line.no], _house(subject), step)
    step.open(result=[_result(line) for line in lines])
    step.target = "counted" if any(line.accepted for line in lines) else "stocked"
    name_gift(subject, step)

    def follow() -> None:
        engine.follow(pledge, "receive", actor=step.actor, at=step.at)
        _fulfil(pledge, step)
        if rest:
            _announce_rest(subject, rest, step)

    step.then(follow)


def inspect(subject: Arrival, facts: Inspected, step: Step) -> None:
    """A verdict for every lot with its checklist; which variant it is, the label decides.

    Refused: a pass with something amiss on the checklist; whoever counted it.
    """
    subject.inspected_by = signer(step.actor, subject.counted_by, subject.taken_by)
    subject.save(update_fields=["inspected_by"])
    pledge = engine.locked(Pledge, subject.pledge.code)
    lines = {line.no: line for line in _lines(subject) if line.accepted}
    if sorted(row.line for row in facts.lines) != sorted(lines):
        raise MoveRefused(_("Every lot must be inspected exactly once. Please open it again."))
    step.open(result=[_inspect_line(lines[row.line], row, subject, step) for row in facts.lines])
    name_gift(subject, step)
    step.then(partial(_fulfil, pledge, step))


def take(subject: Arrival, facts: TakenIn, step: Step) -> None:
    """Custody: what passed is in stock from now on, or held for the hospital it is addressed to."""
    subject.taken_by = signer(step.actor, subject.counted_by, subject.inspected_by)
    subject.save(update_fields=["taken_by"])
    house = _house(subject)
    owner = subject.consignee
    target = place("held", owner.code) if owner else place("stock", house.code)
    passed = _passed(subject)
    for line in passed:
        step.post(posting(line.accepted, line.lot, place("quarantine", house.code), target))
    step.target = "held" if owner and passed else "stocked"
    name_gift(subject, step)


def fetch(subject: Arrival, facts: Fetched, step: Step) -> None:
    """The hospital has its parcel: its own word, as with every receipt."""
    pledge = engine.locked(Pledge, subject.pledge.code)
    _move_held(subject, "received", step)
    step.then(partial(_fulfil, pledge, step))


def give_on(subject: Arrival, facts: GivenOn, step: Step) -> None:
    """The hospital gives its parcel to the charity: stock to be allocated like any other."""
    _move_held(subject, "stock", step)


def _move_held(subject: Arrival, name: str, step: Step) -> None:
    assert subject.consignee is not None, "held arrivals have a consignee"
    owner = subject.consignee.code
    target = place(name, owner if name == "received" else _house(subject).code)
    for line in _passed(subject):
        step.post(posting(line.accepted, line.lot, place("held", owner), target))
    name_gift(subject, step)


def _house(subject: Arrival) -> Warehouse:
    assert subject.warehouse is not None, "announced arrivals have a warehouse"
    return subject.warehouse


def _lines(subject: Arrival) -> list[ArrivalLine]:
    wanted = ("lot__variant__item", "lot__pledge", "pledge_line")
    return list(subject.lines.select_related(*wanted).order_by("no"))


def _passed(subject: Arrival) -> list[ArrivalLine]:
    return [line for line in _lines(subject) if line.accepted and line.verdict != Verdict.FAIL]


def _fulfil(pledge: Pledge, step: Step) -> None:
    if pledge.stage in Pledge.lifecycle.move("fulfil").source and is_accounted_for(pledge):
        engine.follow(pledge, "fulfil", actor=step.actor, at=step.at)


# counting


def _each_once(counted: Sequence[CountedLine], wanted: list[int]) -> dict[int, CountedLine]:
    noted = {line.line: line for line in counted}
    if sorted(line.line for line in counted) != wanted:
        raise MoveRefused(
            _("Every line of the consignment must be counted exactly once. Please open it again.")
        )
    return noted


def _later(
    line: ArrivalLine, noted: CountedLine, subject: Arrival, step: Step
) -> AnnouncedLine | None:
    """What follows later goes back to the donor's side of the books, to be announced anew."""
    if not noted.later:
        return None
    if noted.later + noted.accepted + noted.rejected > line.announced:
        raise MoveRefused(
            _(
                "Line %(no)d: %(announced)d were announced, so with what is here "
                "at most %(left)d can still come."
            )
            % {
                "no": line.no,
                "announced": line.announced,
                "left": max(line.announced - noted.accepted - noted.rejected, 0),
            }
        )
    line.announced -= noted.later
    source = place("inbound", _house(subject).code)
    step.post(posting(noted.later, line.lot, source, place("donor", subject.pledge.code)))
    pledges.unsend_line(line.pledge_line_id, noted.later)
    return AnnouncedLine(line=line.pledge_line.no, quantity=noted.later)


def _announce_rest(subject: Arrival, rest: list[AnnouncedLine], step: Step) -> None:
    engine.follow_begin(
        Arrival,
        "announce",
        actor=step.actor,
        facts=Announced(
            warehouse=_house(subject).code,
            carrier=Carrier(subject.carrier),
            waybill=subject.waybill,
            lines=tuple(rest),
            consignee=subject.consignee.code if subject.consignee else "",
        ),
        at=step.at,
        pledge=subject.pledge,
    )


def _count_line(line: ArrivalLine, noted: CountedLine, house: Warehouse, step: Step) -> None:
    announced, accepted, rejected = line.announced, noted.accepted, noted.rejected
    line.accepted, line.rejected = accepted, rejected
    line.missing = max(announced - accepted - rejected, 0)
    line.surplus = max(accepted + rejected - announced, 0)
    if (line.rejected or line.missing or line.surplus) and noted.reason == CountReason.NONE:
        raise MoveRefused(_reason_wanted(line))
    line.save(update_fields=["announced", "accepted", "rejected", "missing", "surplus"])
    lot = line.lot
    lot.warehouse, lot.batch, lot.expiry = house, noted.batch, noted.expiry
    lot.save(update_fields=["warehouse", "batch", "expiry"])
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


# inspecting


def _inspect_line(
    line: ArrivalLine, said: InspectedLine, subject: Arrival, step: Step
) -> dict[str, Any]:
    lot, house, was = line.lot, _house(subject), line.lot.variant.key
    _refuse_unfounded(line, said, step)
    if said.variant and said.variant != was:
        _relabel(line, said.variant, subject, step)
    line.verdict = said.verdict
    line.save(update_fields=["verdict"])
    lot.community_only = said.verdict is Verdict.COMMUNITY
    lot.save(update_fields=["community_only", "variant"])
    if said.verdict is Verdict.FAIL:
        source, target = place("quarantine", house.code), place("rejected", house.code)
        step.post(posting(line.accepted, lot, source, target))
    return {
        "line": line.no,
        "lot": lot.code,
        "item": lot.variant.key,
        "announced_as": was,
        "quantity": line.accepted,
        "verdict": said.verdict.value,
    }


def _refuse_unfounded(line: ArrivalLine, said: InspectedLine, step: Step) -> None:
    """A verdict must follow from its checklist; a lot past its date can only fail."""
    expired = line.lot.expiry is not None and line.lot.expiry < timezone.localdate(step.at)
    if said.verdict is Verdict.FAIL:
        return
    amiss = [_("packaging")] if not said.packaging else []
    amiss += [_("expiry date")] if not said.in_date or expired else []
    if said.verdict is Verdict.PASS:
        amiss += [_("label and standard")] if not (said.label or said.variant) else []
        amiss += [_("registration number or test report")] if said.papers is Papers.NONE else []
    if amiss:
        raise MoveRefused(
            _(
                "Line %(no)d cannot be “%(verdict)s”: the checklist says no to %(amiss)s. "
                "Please choose another verdict, or correct the checklist."
            )
            % {
                "no": line.no,
                "verdict": said.verdict.label,
                "amiss": ", ".join(str(part) for part in amiss),
            }
        )


def _relabel(line: ArrivalLine, key: str, subject: Arrival, step: Step) -> None:
    """The same pieces under the name that the label gives them: back to the donor as what was
    announced, and in again as what they are."""
    lot, quarantine = line.lot, place("quarantine", _house(subject).code)
    found = Variant.objects.select_related("item").filter(key=key).first()
    if found is None or found.item.item_class != lot.variant.item.item_class:
        raise MoveRefused(
            _("Line %(no)d: goods of this kind cannot turn out to be that item.") % {"no": line.no}
        )
    donor = place("donor", subject.pledge.code)
    step.post(posting(line.accepted, lot, quarantine, donor))
    lot.variant = found
    step.post(posting(line.accepted, lot, donor, quarantine))
