"""Promises made in public (慈善法 41): the clock marks what is overdue, and only two people of the
charity release a donor, with a public reason."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.needs import commands as needs
from portal.pledges.given import lock_needs
from portal.pledges.models import Pledge
from portal.pledges.stages import PromiseKept, Released, ReleaseProposed, Withdrawn
from portal.stages.clock import move_on
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer


def mark_overdue(*, at: datetime) -> int:
    """Gifts past the day announced in public of which something is still to be sent; how many."""
    source = Pledge.lifecycle.move("mark_overdue").source
    past = Pledge.objects.filter(stage__in=source, announced_by__lt=timezone.localdate(at))
    late = past.filter(lines__sent__lt=F("lines__quantity")).distinct()
    return move_on(late, "mark_overdue", at=at)


def refuse_withdrawing(subject: Pledge, facts: Withdrawn) -> None:
    """What was announced in public and accepted is not taken back by its donor alone."""
    if subject.announced_by is not None and subject.stage != "registered":
        raise MoveRefused(
            _(
                "This gift was announced in public, to be given by %(day)s: it cannot simply be "
                "withdrawn. Please ask the charity; it can release you, and publishes the reason."
            )
            % {"day": subject.announced_by.isoformat()}
        )


def propose_release(subject: Pledge, facts: ReleaseProposed, step: Step) -> None:
    """Of what was not sent; refused while something is on its way, or nothing is left to send."""
    lines = subject.lines.all()
    if lines.filter(arrived__lt=F("sent")).exists():
        raise MoveRefused(
            _("Something of this gift is still on its way. Please wait until it has been counted.")
        )
    if not lines.filter(sent__lt=F("quantity")).exists():
        raise MoveRefused(_("All of this gift was sent: there is nothing to release."))
    subject.release_proposed_by = signer(step.actor)
    subject.save(update_fields=["release_proposed_by"])


def release(subject: Pledge, facts: Released, step: Step) -> None:
    """The second person's word; what was promised and not sent is asked for again."""
    subject.released_by = signer(step.actor, subject.release_proposed_by)
    subject.save(update_fields=["released_by"])
    rows = subject.lines.filter(need_line__isnull=False, sent__lt=F("quantity"))
    left = sorted((line.need_line_id or 0, line.quantity - line.sent) for line in rows)
    lock_needs(need_line_id for need_line_id, _quantity in left)
    for need_line_id, quantity in left:
        needs.free_line(need_line_id, quantity)


def keep_promise(subject: Pledge, facts: PromiseKept, step: Step) -> None:
    """No release: the gift goes on where it stood."""
    subject.release_proposed_by = None
    subject.save(update_fields=["release_proposed_by"])
    step.target = "part_received" if subject.lines.filter(sent__gt=0).exists() else "accepted"
