"""What the moves of a gift do: they keep its lines, and tell the needs it was given for."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.campaigns.taking import refuse_goods
from portal.catalogue.queries import variants_by_key
from portal.needs import commands as needs
from portal.needs.models import Need, NeedLine
from portal.notices import commands as notices
from portal.organisations.queries import hospitals
from portal.pledges import promises
from portal.pledges.designation import hospital_of, place_of
from portal.pledges.designation import known as known_designation
from portal.pledges.diverting import ask as ask_diversion
from portal.pledges.diverting import consent, remind_donors
from portal.pledges.diverting import leave as refuse_diversion
from portal.pledges.diverting import leave as take_diversion_back
from portal.pledges.diverting import remind as remind_donor
from portal.pledges.given import line_of, meant, need_lines, refuse_short_life, refuse_unwanted
from portal.pledges.models import Pledge, PledgeLine
from portal.pledges.promises import refuse_withdrawing
from portal.pledges.queries import lines_of
from portal.pledges.stages import (
    Accepted,
    Declined,
    PromiseKept,
    Received,
    Registered,
    Released,
    ReleaseProposed,
    Sent,
    Visibility,
    Withdrawn,
)
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import Facts

__all__ = [
    "ask_diversion",
    "consent",
    "refuse_diversion",
    "remind_donor",
    "take_diversion_back",
]  # with the effects below: what the tables name
WISHES = ["designation", "region", "related_to", "own_product", "announced_by", "campaign"]


def tick(*, at: datetime) -> int:
    """What time brings about: promises made in public become overdue, donors are reminded of what
    they were asked."""
    return promises.mark_overdue(at=at) + remind_donors(at=at)


def register(subject: Pledge, facts: Registered, step: Step) -> None:
    """The lines of the gift, each reserved on the need line it is for.

    Nothing typed freely is open: item, need and whom it is for must be known here. An anonymous
    gift takes no name. What the hospital does not want, or is too close to its date, is refused.
    What a spending bought has no donor: it is followed under the spending's code.
    """
    if subject.code.startswith("P"):
        _keep_bought(subject, facts, step)
        return
    refuse_goods(facts.campaign, day=timezone.localdate(step.at))
    _keep_donor(subject, facts)
    notices.follow(subject.code, to=facts.contact, at=step.at)
    known = variants_by_key(line.variant for line in facts.lines)
    asked = need_lines(facts.lines)
    lines = [line_of(no, given, known, asked) for no, given in enumerate(facts.lines, start=1)]
    _keep_wishes(subject, facts, step)
    refuse_short_life(lines, timezone.localdate(step.at))
    refuse_unwanted(lines, hospital=hospital_of(facts.designation))
    for need_line_id, quantity in meant(lines):
        needs.reserve_line(need_line_id, quantity)
    _pin(lines, facts, step)
    for line in lines:
        line.pledge = subject
    PledgeLine.objects.bulk_create(lines)
    _concern_needs(subject, step)


def _keep_bought(subject: Pledge, facts: Registered, step: Step) -> None:
    """Lines of what was bought, for the hospital that the spending was approved for; nothing of it
    is sealed: the spending's own entries say it."""
    known = variants_by_key(line.variant for line in facts.lines)
    lines = [line_of(no, given, known, {}) for no, given in enumerate(facts.lines, start=1)]
    subject.visibility, subject.designation = facts.visibility, facts.designation
    subject.save(update_fields=["visibility", "designation"])
    for line in lines:
        line.pledge = subject
    PledgeLine.objects.bulk_create(lines)
    step.target = "bought"


def accept(subject: Pledge, facts: Accepted, step: Step) -> None:
    """The charity will take it: not what has come too close to its date meanwhile."""
    refuse_short_life(lines_of(subject), timezone.localdate(step.at))
    _concern_needs(subject, step)


def name_needs(subject: Pledge, facts: Facts, step: Step) -> None:
    """The event stands on the pages of the needs the gift is for."""
    _concern_needs(subject, step)


def decline(subject: Pledge, facts: Declined, step: Step) -> None:
    """Before anything is sent, with a reason; what the charity writes is for the donor alone."""
    subject.decline_reason, subject.decline_note = facts.reason, facts.note
    subject.save(update_fields=["decline_reason", "decline_note"])
    _free_need_lines(subject, step)


def withdraw(subject: Pledge, facts: Withdrawn, step: Step) -> None:
    """The donor takes the promise back; one that was announced in public needs a release."""
    refuse_withdrawing(subject, facts)
    _free_need_lines(subject, step)


def propose_release(subject: Pledge, facts: ReleaseProposed, step: Step) -> None:
    promises.propose_release(subject, facts, step)
    _concern_needs(subject, step)


def release(subject: Pledge, facts: Released, step: Step) -> None:
    promises.release(subject, facts, step)
    _concern_needs(subject, step)


def keep_promise(subject: Pledge, facts: PromiseKept, step: Step) -> None:
    promises.keep_promise(subject, facts, step)
    _concern_needs(subject, step)


def _free_need_lines(subject: Pledge, step: Step) -> None:
    """What was promised is asked for again: the needs' lines are open by that much."""
    for need_line_id, quantity in meant(subject.lines.order_by("no")):
        needs.free_line(need_line_id, quantity)
    _concern_needs(subject, step)


def send_on(subject: Pledge, facts: Sent, step: Step) -> None:
    """On its way; a gift of which something was counted in already stays partly received, and one
    that is overdue stays so until all of it was sent."""
    lines = subject.lines.all()
    counted = subject.stage in ("part_received", "received")
    if subject.stage == "overdue":
        counted = lines.filter(arrived__gt=0).exists()
    step.target = "part_received" if counted else "dispatched"
    if subject.stage == "bought":
        step.target = "bought"
    if subject.stage == "overdue" and lines.filter(sent__lt=F("quantity")).exists():
        step.target = "overdue"
    _concern_needs(subject, step)


def count_received(subject: Pledge, facts: Received, step: Step) -> None:
    """Received when all that was sent has been counted, whatever the count said; else partly."""
    waiting = subject.lines.filter(arrived__lt=F("sent")).exists()
    step.target = "part_received" if waiting else "received"
    if subject.stage == "bought":
        step.target = "bought"
    if subject.stage == "overdue" and subject.lines.filter(sent__lt=F("quantity")).exists():
        step.target = "overdue"
    _concern_needs(subject, step)


def send_line(pledge_line_id: int, quantity: int) -> PledgeLine:
    """Count as sent, inside the running transaction. MoveRefused beyond what was promised."""
    assert quantity > 0, "sent quantities are positive"
    rows = PledgeLine.objects.filter(pk=pledge_line_id, sent__lte=F("quantity") - quantity)
    sent = rows.update(sent=F("sent") + quantity)
    line = PledgeLine.objects.select_related("variant").get(pk=pledge_line_id)
    if sent:
        return line
    raise MoveRefused(
        _(
            "Line %(no)d: %(quantity)d were promised and %(sent)d are sent already, "
            "so %(asked)d more are too many. Please send at most %(left)d."
        )
        % {
            "no": line.no,
            "quantity": line.quantity,
            "sent": line.sent,
            "asked": quantity,
            "left": line.quantity - line.sent,
        }
    )


def unsend_line(pledge_line_id: int, quantity: int) -> None:
    """So much was not sent yet after all: it comes later."""
    rows = PledgeLine.objects.filter(pk=pledge_line_id, sent__gte=F("arrived") + quantity)
    taken_back = rows.update(sent=F("sent") - quantity)
    assert taken_back == 1, f"gift line {pledge_line_id}: less is on its way"


def arrive_line(pledge_line_id: int, quantity: int) -> None:
    """So much of what was sent has been counted at its destination: good, rejected or missing."""
    rows = PledgeLine.objects.filter(pk=pledge_line_id, arrived__lte=F("sent") - quantity)
    counted = rows.update(arrived=F("arrived") + quantity)
    assert counted == 1, f"gift line {pledge_line_id}: more counted than sent"


def _pin(lines: list[PledgeLine], facts: Registered, step: Step) -> None:
    """Each line answers the version of its need that the donor saw; the needs are locked."""
    meant = [line for line in lines if line.need_line_id]
    wanted = NeedLine.objects.filter(pk__in=[line.need_line_id for line in meant])
    now: dict[int | None, int] = dict(wanted.values_list("pk", "need__revision"))
    for line in meant:
        seen = facts.lines[line.no - 1].need_version
        line.need_version = now[line.need_line_id]
        if seen and seen != line.need_version:
            raise MoveRefused(
                _(
                    "The hospital changed this need while your page was open: it is version "
                    "%(now)d now. Please open the need again and look at its figures."
                )
                % {"now": line.need_version}
            )
    if meant:
        step.open(answered=[{"line": line.no, "version": line.need_version} for line in meant])


def _keep_donor(subject: Pledge, facts: Registered) -> None:
    if facts.visibility == Visibility.ANONYMOUS and facts.donor_name:
        raise MoveRefused(
            _(
                "You chose to stay anonymous, so no name is kept. "
                "Please empty “Name to show”, or choose to show it."
            )
        )
    if facts.visibility == Visibility.NAMED and not facts.donor_name:
        raise MoveRefused(
            _("Please give the name to show on the public page, or choose to stay anonymous.")
        )
    subject.visibility = facts.visibility
    subject.donor_name, subject.contact = facts.donor_name, facts.contact
    subject.save(update_fields=["visibility", "donor_name", "contact"])


def _keep_wishes(subject: Pledge, facts: Registered, step: Step) -> None:
    """Whom it is for, what was announced in public, and to whom the donor is related."""
    today = timezone.localdate(step.at)
    if not known_designation(facts.designation):
        raise MoveRefused(_("Please choose from the list whom the gift is for."))
    if facts.announced_by is not None and facts.announced_by < today:
        raise MoveRefused(
            _("The day announced in public lies in the past. Please give a later day or none.")
        )
    if facts.related_to and not hospitals().filter(code=facts.related_to).exists():
        raise MoveRefused(_("There is no such hospital. Please choose one from the list."))
    subject.designation, subject.region = facts.designation, place_of(facts.designation)
    subject.related_to, subject.own_product = facts.related_to, facts.own_product
    subject.announced_by, subject.campaign = facts.announced_by, facts.campaign
    subject.save(update_fields=WISHES)
    if subject.region:
        step.open(region=subject.region)
    step.concern(hospital_of(facts.designation), facts.related_to, facts.campaign)


def _concern_needs(subject: Pledge, step: Step) -> None:
    found = Need.objects.filter(lines__pledgeline__pledge=subject).select_related("hospital")
    for need in found.distinct():
        step.concern(need.code, need.hospital.code)
