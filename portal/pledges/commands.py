"""What the moves of a gift do: they keep its lines, and tell the needs it was given for."""

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from portal.catalogue.models import Variant
from portal.catalogue.queries import variants_by_key
from portal.needs import commands as needs
from portal.needs.models import Need, NeedLine
from portal.notices import commands as notices
from portal.pledges.models import Pledge, PledgeLine
from portal.pledges.stages import (
    Accepted,
    Declined,
    GivenLine,
    Received,
    Registered,
    Sent,
    Visibility,
    Withdrawn,
)
from portal.stages.engine import MoveRefused, Step


def register(subject: Pledge, facts: Registered, step: Step) -> None:
    """The lines of the gift, each reserved on the need line it is for.

    Nothing typed freely is open: item and need must be known here. An anonymous gift takes no name.
    """
    _keep_donor(subject, facts)
    notices.follow(subject.code, to=facts.contact, at=step.at)
    known = variants_by_key(line.variant for line in facts.lines)
    asked = _asked(facts.lines)
    lines = [
        PledgeLine(
            pledge=subject,
            no=no,
            variant=_variant(no, given, known, asked),
            quantity=given.quantity,
            need_line=asked.get((given.need, given.need_line)),
        )
        for no, given in enumerate(facts.lines, start=1)
    ]
    for need_line_id, quantity in _meant(lines):
        needs.reserve_line(need_line_id, quantity)
    _pin(lines, facts, step)
    PledgeLine.objects.bulk_create(lines)
    _concern_needs(subject, step)


def name_needs(subject: Pledge, facts: Accepted, step: Step) -> None:
    """The event stands on the pages of the needs the gift is for."""
    _concern_needs(subject, step)


def free_need_lines(subject: Pledge, facts: Declined | Withdrawn, step: Step) -> None:
    """What was promised is asked for again: the needs' lines are open by that much."""
    for need_line_id, quantity in _meant(subject.lines.order_by("no")):
        needs.free_line(need_line_id, quantity)
    _concern_needs(subject, step)


def send_on(subject: Pledge, facts: Sent, step: Step) -> None:
    """On its way; a gift of which something was counted in already stays partly received."""
    on_its_way = subject.stage in ("accepted", "dispatched")
    step.target = "dispatched" if on_its_way else "part_received"
    _concern_needs(subject, step)


def count_received(subject: Pledge, facts: Received, step: Step) -> None:
    """Received when all that was sent has been counted, whatever the count said; else partly."""
    waiting = subject.lines.filter(arrived__lt=F("sent")).exists()
    step.target = "part_received" if waiting else "received"
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


def _asked(given: Iterable[GivenLine]) -> dict[tuple[str, int], NeedLine]:
    """The need lines that are named, by the need's code and the line's number."""
    codes = {line.need for line in given if line.need}
    found = NeedLine.objects.filter(need__code__in=codes, need__public_since__isnull=False)
    rows = found.select_related("need__hospital", "variant__item")
    return {(line.need.code, line.no): line for line in rows}


def _variant(
    no: int,
    given: GivenLine,
    known: dict[str, Variant],
    asked: dict[tuple[str, int], NeedLine],
) -> Variant:
    """The catalogue's variant of a line given; for a need it must be of the item asked for."""
    variant = known.get(given.variant)
    if variant is None:
        raise MoveRefused(
            _("Line %(no)d: this item is not in the catalogue. Please choose one.") % {"no": no}
        )
    if not given.need and not given.need_line:
        return variant
    line = asked.get((given.need, given.need_line))
    if line is None:
        raise MoveRefused(
            _("Line %(no)d: there is no such line of a need. Please open the need again.")
            % {"no": no}
        )
    if line.variant.item_id != variant.item_id:
        raise MoveRefused(
            _("Line %(no)d: the need asks for another item. Please choose the item it asks for.")
            % {"no": no}
        )
    return variant


def _meant(lines: Iterable[PledgeLine]) -> list[tuple[int, int]]:
    """Need lines and what is given for them, in order; their needs are locked before."""
    meant = sorted((line.need_line_id, line.quantity) for line in lines if line.need_line_id)
    wanted = NeedLine.objects.filter(pk__in=[need_line_id for need_line_id, _quantity in meant])
    locked = Need.objects.select_for_update(of=("self",)).filter(pk__in=wanted.values("need"))
    list(locked.order_by("pk"))
    return meant


def _concern_needs(subject: Pledge, step: Step) -> None:
    found = Need.objects.filter(lines__pledgeline__pledge=subject).select_related("hospital")
    for need in found.distinct():
        step.concern(need.code, need.hospital.code)
