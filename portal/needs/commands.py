"""What the moves of a need do, and what upper parts tell its lines: pledged, received."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.catalogue.queries import variants_by_key
from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean
from portal.needs.freshness import tick
from portal.needs.models import Need, NeedLine
from portal.needs.queries import OPEN
from portal.needs.stages import (
    AskedLine,
    Changed,
    ChangedLine,
    Expired,
    Met,
    Published,
    QuantityKind,
    Returned,
    StillNeeded,
    WentStale,
    Withdrawn,
    Written,
)
from portal.organisations.models import Organisation
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step

__all__ = ["tick"]  # with the effects below: what the clock calls
COUNTED = (QuantityKind.EXACT, QuantityKind.ESTIMATED, QuantityKind.PER_WEEK)
WRITTEN = ("campus", "department", "hours", "valid_until", "unwanted", "notes", "contact")


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
    subject.confirmed_at = step.at
    subject.save(update_fields=["source", "confirmed_at"])
    step.concern(hospital.code)


def meet(subject: Need, facts: Met, step: Step) -> None:
    """Met when every line is: never while a line has no end, is unknown, or has received too
    little. Goods do not make a stale need fresh: only the hospital's word for it does."""
    lines = list(subject.lines.order_by("no"))
    waiting = subject.stage if subject.stage in ("stale", "expired") else "partly_met"
    step.target = "met" if all(_is_met(line) for line in lines) else waiting
    step.open(received=[{"no": line.no, "received": line.received} for line in lines])
    step.concern(subject.hospital.code)


def revive(subject: Need, facts: StillNeeded, step: Step) -> None:
    """The hospital says it again: fresh for the next 48 hours."""
    subject.confirmed_at = step.at
    subject.save(update_fields=["confirmed_at"])
    step.target = "partly_met" if _has_received(subject) else "published"
    step.concern(subject.hospital.code)


def change(subject: Need, facts: Changed, step: Step) -> None:
    """A new version of the notice: other figures for the same lines. The old one stays sealed, and
    gifts stay pinned to the version they answered."""
    if facts.valid_until is not None:
        _check_day(facts.valid_until, step)
    lines = {line.no: line for line in subject.lines.order_by("no")}
    for told in facts.wanted:
        if told.line not in lines:
            raise MoveRefused(_("Line %(no)d is not in this need.") % {"no": told.line})
        _check_quantity(told, told.line)
        line = lines[told.line]
        line.quantity_kind, line.quantity = told.quantity_kind, told.quantity
        line.priority = told.priority
        line.daily_use, line.stock_days = told.daily_use, told.stock_days
    NeedLine.objects.bulk_update(
        lines.values(), ["quantity_kind", "quantity", "priority", "daily_use", "stock_days"]
    )
    subject.valid_until, subject.confirmed_at = facts.valid_until, step.at
    subject.revision += 1
    subject.save(update_fields=["valid_until", "confirmed_at", "revision"])
    step.target = _answered(subject)
    step.concern(subject.hospital.code)


def concern_hospital(subject: Need, facts: WentStale | Expired | Withdrawn, step: Step) -> None:
    """Stands on the hospital's page too, whoever or whatever brought it about."""
    step.concern(subject.hospital.code)


def _is_met(line: NeedLine) -> bool:
    endless = line.quantity is None or line.quantity_kind == QuantityKind.PER_WEEK
    return not endless and line.received >= (line.quantity or 0)


def _answered(need: Need) -> str:
    """The stage of a need that is asked for now, by what the hospital has confirmed."""
    lines = list(need.lines.order_by("no"))
    if all(_is_met(line) for line in lines):
        return "met"
    return "partly_met" if _has_received(need) else "published"


def _has_received(need: Need) -> bool:
    return need.lines.filter(received__gt=0).exists()


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
    if facts.valid_until is not None:
        _check_day(facts.valid_until, step)
    for name in WRITTEN:
        setattr(need, name, getattr(facts, name))
    need.save(update_fields=[*WRITTEN, "return_note"])
    NeedLine.objects.bulk_create(_lines(need, facts.lines))
    step.target = "submitted" if facts.send else "draft"


def _check_day(until: date, step: Step) -> None:
    if until < timezone.localdate(step.at):
        raise MoveRefused(_("“Needed until” lies in the past. Please give a later day or none."))


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
            fitness=line.fitness,
            only_exact=line.only_exact,
            priority=line.priority,
            daily_use=line.daily_use,
            stock_days=line.stock_days,
        )
        for no, line in enumerate(asked, start=1)
    ]


def _check_quantity(line: AskedLine | ChangedLine, no: int) -> None:
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
