"""Another use of a gift: asked for by the charity, answered by its donor and by nobody else.

No answer is no consent: the clock reminds, and the gift keeps its use until the donor agrees.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.notices import commands as notices
from portal.notices.commands import Words
from portal.pledges import designation
from portal.pledges.diversion import Consented, DiversionAsked, Refused, Reminded, TakenBack
from portal.pledges.models import Diversion, Pledge
from portal.pledges.stages import UNDER_WAY
from portal.stages import engine
from portal.stages.clock import move_on
from portal.stages.engine import MoveRefused, Step

REMIND_AFTER = timedelta(days=3)  # and as often again until the donor answers
MOST_REMINDERS = 5


def ask(subject: Diversion, facts: DiversionAsked, step: Step) -> None:
    """Refused: a gift that nobody is named for, the use it has already, one that is over."""
    pledge = engine.locked(Pledge, subject.pledge.code)
    if pledge.stage not in UNDER_WAY:
        raise MoveRefused(
            _("The gift is “%(stage)s”: its use cannot be changed.") % {"stage": pledge.stage_label}
        )
    if pledge.designation == designation.FREE:
        raise MoveRefused(_("This gift may go wherever it is needed: nobody has to be asked."))
    if facts.new_use == pledge.designation or not designation.known(facts.new_use):
        raise MoveRefused(_("Please choose a use from the list that the gift does not have yet."))
    subject.old_use, subject.old_region = pledge.designation, pledge.region
    subject.new_use, subject.new_region = facts.new_use, designation.place_of(facts.new_use)
    subject.reason, subject.note = facts.reason, facts.note
    subject.asked_at, subject.reminded_at, subject.reminders = step.at, None, 0
    subject.save(update_fields=ASKED)
    _tell(subject, step)
    _say(subject, step)


def remind(subject: Diversion, facts: Reminded, step: Step) -> None:
    subject.reminded_at, subject.reminders = step.at, subject.reminders + 1
    subject.save(update_fields=["reminded_at", "reminders"])
    _tell(subject, step)
    _say(subject, step)


def consent(subject: Diversion, facts: Consented, step: Step) -> None:
    """From now on the gift is for the new use and for no other."""
    pledge = engine.locked(Pledge, subject.pledge.code)
    if pledge.designation != subject.old_use or pledge.stage not in UNDER_WAY:
        raise MoveRefused(
            _("The gift is “%(stage)s”: its use cannot be changed.") % {"stage": pledge.stage_label}
        )
    pledge.designation, pledge.region = subject.new_use, subject.new_region
    pledge.save(update_fields=["designation", "region"])
    _say(subject, step)


def leave(subject: Diversion, facts: Refused | TakenBack, step: Step) -> None:
    """The gift keeps its use."""
    _say(subject, step)


def remind_donors(*, at: datetime) -> int:
    """Donors who have not answered for three days are asked once more; how many."""
    waiting = Diversion.objects.filter(stage="asked", reminders__lt=MOST_REMINDERS)
    since = at - REMIND_AFTER
    due = waiting.filter(Q(reminded_at=None, asked_at__lte=since) | Q(reminded_at__lte=since))
    return move_on(due, "remind", at=at)


def _say(subject: Diversion, step: Step) -> None:
    """Every entry says both uses; it stands on the gift's page and on the hospitals'."""
    uses = (subject.old_use, subject.new_use)
    step.concern(subject.pledge.code, *(designation.hospital_of(use) for use in uses))
    step.open(old_use=subject.old_use, asked_use=subject.new_use)
    if subject.old_region or subject.new_region:
        step.open(old_region=subject.old_region, new_region=subject.new_region)


def _tell(subject: Diversion, step: Step) -> None:
    """By mail, where the donor left an address; his private page says it in any case."""

    def words() -> Words:
        told = {
            "code": subject.code,
            "old": designation.described(subject.old_use, subject.old_region),
            "new": designation.described(subject.new_use, subject.new_region),
            "page": notices.page("tracking:gift", subject.code),
        }
        return Words(
            subject=_("A question about your gift %(code)s") % told,
            text=_(
                "You gave the gift %(code)s for: %(old)s. The charity asks whether it may use it "
                "for: %(new)s. Nothing changes unless you agree. Please open your secret link and "
                "answer there. The public page is %(page)s"
            )
            % told,
        )

    key = f"{subject.code}:diversion:{step.at.isoformat()}"
    notices.send(code=subject.code, key=key, words=words, at=step.at, asks=True)


ASKED = [
    *("old_use", "old_region", "new_use", "new_region", "reason", "note"),
    *("asked_at", "reminded_at", "reminders"),
]
