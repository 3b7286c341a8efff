"""What the moves of a need do, and what upper parts tell its lines: pledged, received."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.catalogue.queries import variants_by_key
from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean
from portal.needs.models import Need, NeedLine
from portal.needs.queries import OPEN
from portal.needs.stages import (
    AskedLine,
    Met,
    Published,
    QuantityKind,
    Returned,
    Withdrawn,
    Written,
)
from portal.organisations.models import Organisation
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step

COUNTED = (QuantityKind.EXACT, QuantityKind.ESTIMATED)


def write(subject: Need, facts: Written, step: Step) -> None:
    """The notice with its lines; sent for review at once, or kept as a draft."""
    if subject.hospital.kind != Organisation.Kind.HOSPITAL:
        raise MoveRefused(_("Only a hospital can ask for goods here."))
    _fill(subject, facts, step)


def rewrite(subject: Need, facts: Written, step: Step) -> None:
    """The notice written anew before anybody saw it: the lines given replace the old ones."""
    subject.lines.all().delete()
    subject.return_note = ""
    _fill(subject, facts, step)


def keep_return_note(subject: Need, facts: Returned, step: Step) -> None:
    """What to mend, for the hospital to read."""
    subject.return_note = facts.note
    subject.save(update_fields=["return_note"])


def check_publishable(subject: Need, facts: Published, step: Step) -> None:
    """A verified hospital's need after its review; a listed one's with the notice's address; nobody
    else's."""
    hospital = engine.locked(Organisation, subject.hospital.code)
    if hospital.stage not in ("listed", "verified"):
        raise MoveRefused(
            _("%(name)s is “%(stage)s”: needs of such an organisation cannot be published.")
            % {"name": hospital.legal_name, "stage": hospital.stage_label}
        )
    if hospital.stage == "listed" and not facts.source:
        raise MoveRefused(
            _(
                "%(name)s is only listed from a notice. "
                "Please give the notice's address, so that everybody can read it."
            )
            % {"name": hospital.legal_name}
        )
    if hospital.stage == "verified" and subject.stage == "draft":
        raise MoveRefused(
            _("The hospital has not sent this need for review yet. Please ask it to send it.")
        )
    if not subject.lines.exists():
        raise MoveRefused(_("This need has no line yet. Please add what is needed."))
    try:
        subject.source = clean_address(facts.source) if facts.source else ""
    except Unclean as unclean:
        raise MoveRefused(str(unclean)) from unclean
    subject.save(update_fields=["source"])
    step.concern(hospital.code)


def meet(subject: Need, facts: Met, step: Step) -> None:
    """Met when every line is: never while a line has no limit, is unknown, or has received too
    little."""
    lines = list(subject.lines.order_by("no"))
    whole = all(line.quantity is not None and line.received >= line.quantity for line in lines)
    step.target = "met" if whole else "partly_met"
    step.open(received=[{"no": line.no, "received": line.received} for line in lines])
    step.concern(subject.hospital.code)


def withdraw(subject: Need, facts: Withdrawn, step: Step) -> None:
    """Stands on the hospital's page too, whoever withdrew it."""
    step.concern(subject.hospital.code)


def receive(*, quantities: Mapping[int, int], actor: Actor, at: datetime) -> list[Need]:
    """The hospital confirmed these quantities of these lines (by id). Inside the running
    transaction.

    Counts them and takes `meet` of every need still open; a withdrawn one only counts. Returns the
    needs, locked.
    """
    lines = NeedLine.objects.filter(pk__in=quantities)
    needs = list(
        Need.objects.select_for_update(of=("self",))
        .filter(pk__in=lines.values("need"))
        .order_by("pk")
    )
    for line_id in sorted(quantities):
        if quantities[line_id]:
            record_received(line_id, quantities[line_id])
    for need in needs:
        if need.stage in need.lifecycle.move("meet").source:
            engine.follow(need, "meet", actor=actor, facts=Met(), at=at)
    return needs


def record_received(need_line_id: int, quantity: int) -> None:
    """Count what the hospital confirmed of one line; the caller holds the need's lock and takes
    `meet`."""
    assert quantity > 0, "received quantities are positive"
    rows = NeedLine.objects.filter(pk=need_line_id)
    assert rows.update(received=F("received") + quantity) == 1, f"no need line {need_line_id}"


def reserve_line(need_line_id: int, quantity: int) -> NeedLine:
    """Count a pledge on an open need's line. Inside the running transaction.

    Raises MoveRefused where the need is not open, or an exact line would be pledged beyond what is
    still missing.
    """
    assert quantity > 0, "pledged quantities are positive"
    need = _locked_need_of(need_line_id)
    if need.stage not in OPEN:
        raise MoveRefused(
            _("The need %(code)s is “%(stage)s” and takes no pledges now.")
            % {"code": need.code, "stage": need.stage_label}
        )
    room = NeedLine.objects.filter(pk=need_line_id).exclude(
        quantity_kind=QuantityKind.EXACT, quantity__lt=F("pledged") + quantity
    )
    taken = room.update(pledged=F("pledged") + quantity)
    line = NeedLine.objects.select_related("need", "variant").get(pk=need_line_id)
    if taken:
        return line
    if not line.gap:
        raise MoveRefused(
            _("Line %(no)d is fully pledged already. Please choose another line; thank you.")
            % {"no": line.no}
        )
    raise MoveRefused(
        _("Only %(gap)s are still missing on line %(no)d. Please pledge at most that many.")
        % {"gap": line.gap, "no": line.no}
    )


def free_line(need_line_id: int, quantity: int) -> None:
    """Take a pledge off its line again: it was withdrawn, declined or released."""
    rows = NeedLine.objects.filter(pk=need_line_id, pledged__gte=quantity)
    freed = rows.update(pledged=F("pledged") - quantity)
    assert freed == 1, f"need line {need_line_id}: less than {quantity} is pledged"


def _locked_need_of(need_line_id: int) -> Need:
    return Need.objects.select_for_update(of=("self",)).get(
        pk__in=NeedLine.objects.filter(pk=need_line_id).values("need")
    )


def _fill(need: Need, facts: Written, step: Step) -> None:
    if facts.valid_until is not None and facts.valid_until < timezone.localdate(step.at):
        raise MoveRefused(_("“Needed until” lies in the past. Please give a later day or none."))
    need.department, need.valid_until = facts.department, facts.valid_until
    need.notes, need.contact = facts.notes, facts.contact
    need.save(update_fields=["department", "valid_until", "notes", "contact", "return_note"])
    NeedLine.objects.bulk_create(_lines(need, facts.lines))
    step.target = "submitted" if facts.send else "draft"


def _lines(need: Need, asked: tuple[AskedLine, ...]) -> list[NeedLine]:
    known = variants_by_key(line.variant for line in asked)
    first: dict[str, int] = {}
    for no, line in enumerate(asked, start=1):
        if line.variant not in known:
            raise MoveRefused(
                _("Line %(no)d: this item is not in the catalogue. Please choose one.") % {"no": no}
            )
        if first.setdefault(line.variant, no) != no:
            raise MoveRefused(
                _(
                    "Lines %(first)d and %(no)d ask for the same item. "
                    "Please put them together in one line."
                )
                % {"first": first[line.variant], "no": no}
            )
        _check_quantity(line, no)
    return [
        NeedLine(
            need=need,
            no=no,
            variant=known[line.variant],
            quantity_kind=line.quantity_kind,
            quantity=line.quantity,
            as_written=line.as_written,
        )
        for no, line in enumerate(asked, start=1)
    ]


def _check_quantity(line: AskedLine, no: int) -> None:
    if line.quantity_kind in COUNTED and not line.quantity:
        raise MoveRefused(
            _(
                "Line %(no)d: please give the quantity, "
                "or choose “As many as possible” or “Quantity unknown”."
            )
            % {"no": no}
        )
    if line.quantity_kind not in COUNTED and line.quantity is not None:
        raise MoveRefused(
            _(
                "Line %(no)d: a quantity does not go with “%(kind)s”. "
                "Please delete the number or choose another kind."
            )
            % {"no": no, "kind": line.quantity_kind.label}
        )
