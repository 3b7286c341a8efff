"""Goods in: a verdict for every lot with its checklist and, where it is not good, its evidence."""

from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.catalogue.models import Variant
from portal.evidence import queries as evidence
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer
from portal.warehouse.arriving import SHOWN
from portal.warehouse.goods_in import fulfil, house_of, lines_of, name_gift
from portal.warehouse.lots import posting
from portal.warehouse.models import Arrival, ArrivalLine
from portal.warehouse.stages import Inspected, InspectedLine, Papers, Verdict


def inspect(subject: Arrival, facts: Inspected, step: Step) -> None:
    """A verdict for every lot with its checklist; which variant it is, the label decides.

    Refused: a pass with something amiss on the checklist; whoever counted it.
    """
    subject.inspected_by = signer(step.actor, subject.counted_by, subject.taken_by)
    subject.save(update_fields=["inspected_by"])
    pledge = engine.locked(Pledge, subject.pledge.code)
    lines = {line.no: line for line in lines_of(subject) if line.accepted}
    if sorted(row.line for row in facts.lines) != sorted(lines):
        raise MoveRefused(_("Every lot must be inspected exactly once. Please open it again."))
    step.open(result=[_inspect_line(lines[row.line], row, subject, step) for row in facts.lines])
    _refuse_unseen(subject, facts)
    for row in facts.lines:
        _refuse_warm(lines[row.line], row)
    name_gift(subject, step)
    step.then(partial(fulfil, pledge, step))


def _inspect_line(
    line: ArrivalLine, said: InspectedLine, subject: Arrival, step: Step
) -> dict[str, Any]:
    lot, house, was = line.lot, house_of(subject), line.lot.variant.key
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


def _refuse_warm(line: ArrivalLine, said: InspectedLine) -> None:
    """What was outside its temperatures is looked at twice: a pass says why it is one."""
    outside = line.lot.cold_logs.filter(minutes_outside__gt=0).order_by("-minutes_outside").first()
    if outside is None or said.verdict is not Verdict.PASS or said.note:
        return
    raise MoveRefused(
        _(
            "Line %(no)d: by its temperature log lot %(lot)s was outside its range for "
            "%(minutes)d minutes. To pass it, please say in the note why; "
            "or choose another verdict."
        )
        % {"no": line.no, "lot": line.lot.code, "minutes": outside.minutes_outside}
    )


def _refuse_unseen(subject: Arrival, facts: Inspected) -> None:
    """What is not simply good is shown: a photo or paper about this consignment (I17)."""
    shown = next((row for row in facts.lines if row.verdict in SHOWN), None)
    if shown is not None and not evidence.is_shown(subject.code):
        raise MoveRefused(
            _(
                "Line %(no)d is “%(verdict)s”: please add at least one photo or paper "
                "that shows why."
            )
            % {"no": shown.line, "verdict": shown.verdict.label}
        )


def _relabel(line: ArrivalLine, key: str, subject: Arrival, step: Step) -> None:
    """The same pieces under the name that the label gives them: back to the donor as what was
    announced, and in again as what they are."""
    lot, quarantine = line.lot, place("quarantine", house_of(subject).code)
    found = Variant.objects.select_related("item").filter(key=key).first()
    if found is None or found.item.item_class != lot.variant.item.item_class:
        raise MoveRefused(
            _("Line %(no)d: goods of this kind cannot turn out to be that item.") % {"no": line.no}
        )
    donor = subject.pledge.outside
    step.post(posting(line.accepted, lot, quarantine, donor))
    lot.variant = found
    step.post(posting(line.accepted, lot, donor, quarantine))
