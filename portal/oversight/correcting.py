"""What the moves of a written correction do. It books nothing: where goods or money were wrong, the
part's own move books the difference."""

from django.utils.translation import gettext as _

import ledger.api as ledger
from portal.oversight.correction_table import (
    CorrectionDropped,
    CorrectionPublished,
    CorrectionRaised,
    CorrectionVerified,
)
from portal.oversight.models import Correction
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import instant
from portal.stages.models import Trail
from portal.stages.signing import signer


def raise_correction(subject: Correction, facts: CorrectionRaised, step: Step) -> None:
    """Refused: an entry that is not there, is about nothing, or does not concern who says so."""
    entry = ledger.entry(facts.entry)
    if entry is None or not entry.body["case"]:
        raise MoveRefused(
            _(
                "There is no entry %(n)d that says something of a thing. Its number stands on the "
                "thing's public page, beside the words “Entry”."
            )
            % {"n": facts.entry}
        )
    if step.actor.org not in {code for code, _n in entry.body["cases"]}:
        raise MoveRefused(_("Entry %(n)d does not concern your organisation.") % {"n": facts.entry})
    subject.record, subject.uid = entry.body["case"], entry.uid
    for name in ("entry", "what", "said", "right", "reason", "note"):
        setattr(subject, name, getattr(facts, name))
    subject.raised_by = signer(step.actor)
    subject.save()


def verify_correction(subject: Correction, facts: CorrectionVerified, step: Step) -> None:
    subject.verified_by = signer(step.actor, subject.raised_by)
    subject.save(update_fields=["verified_by"])


def drop_correction(subject: Correction, facts: CorrectionDropped, step: Step) -> None:
    subject.note = facts.note
    subject.save(update_fields=["note"])


def publish_correction(subject: Correction, facts: CorrectionPublished, step: Step) -> None:
    """By a third person. It stands on every page on which what it corrects stands."""
    subject.published_by = signer(step.actor, subject.raised_by, subject.verified_by)
    subject.save(update_fields=["published_by"])
    wrong = ledger.entry(subject.entry)
    assert wrong is not None, "what was sealed stays"
    step.concern(*(code for code, _n in wrong.body["cases"]))
    took = Trail.objects.filter(lifecycle="correction", code=subject.code).order_by("pk")
    steps = [(t.move, t.role, t.at) for t in took]
    steps.append((step.move.name, step.actor.role, step.at))
    step.open(approved=[{"move": m, "role": str(r), "at": instant(at)} for m, r, at in steps])
    step.corrects = subject.uid
