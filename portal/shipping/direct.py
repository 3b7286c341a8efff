"""The direct lane: a donor sends part of his gift straight to a hospital, under the same code and
confirmation."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.accounts.acting import Actor
from portal.input.cleaning import Unclean, clean_text
from portal.input.once import Once
from portal.needs.models import NeedLine
from portal.needs.queries import OPEN
from portal.organisations.models import Organisation
from portal.organisations.queries import body_of, name_of
from portal.pledges.commands import arrive_line, send_line
from portal.pledges.designation import refuse_hospital
from portal.pledges.models import Pledge, PledgeLine
from portal.shipping.lines import concern_lines, count_allocated, posting, refuse_too_many
from portal.shipping.models import Shipment, ShipmentLine
from portal.shipping.stages import SentDirect, SentLine
from portal.stages.engine import MoveRefused, NotYours, Step, begin, locked
from portal.warehouse.lots import new_lot


def send_direct(
    pledge_code: str, *, facts: SentDirect, actor: Actor, at: datetime, once: Once | None = None
) -> Shipment:
    """Pack, hand over and note on the gift that it was sent: one durable transaction, three
    entries."""
    gift = Pledge.objects.filter(code=pledge_code).first()
    if gift is None:
        raise NotYours(_("There is nothing with this code."))
    return begin(Shipment, "pack", actor=actor, facts=facts, at=at, once=once, gift=gift)


def pack_gift(subject: Shipment, facts: SentDirect, step: Step) -> Pledge:
    """Lots are made, the gift's lines count what was sent, the goods go from the donor into the
    shipment."""
    assert subject.gift is not None, "no donor reaches a shipment that is of no gift"
    pledge = locked(Pledge, subject.gift.code)
    if pledge.stage not in Pledge.lifecycle.move("dispatch").source:
        raise MoveRefused(
            _("The gift is “%(stage)s”: nothing can be sent now.") % {"stage": pledge.stage_label}
        )
    rows = sorted((row for row in facts.lines if row.quantity > 0), key=lambda row: row.line)
    if not rows:
        raise MoveRefused(_("Please give a quantity in at least one line."))
    if len({row.line for row in rows}) < len(rows):
        raise MoveRefused(_("One line stands twice. Please open the page again."))
    refuse_too_many(rows)
    subject.hospital = _hospital(facts.hospital)
    refuse_hospital(pledge, subject.hospital)
    try:
        subject.waybill_raw = subject.waybill = clean_text(facts.waybill, limit=60)
    except Unclean as unclean:
        raise MoveRefused(str(unclean)) from unclean
    subject.save(update_fields=["hospital", "waybill", "waybill_raw"])
    for no, row in enumerate(rows, start=1):
        line = _sent(pledge, row)
        shipped = ShipmentLine.objects.create(
            shipment=subject,
            no=no,
            lot=new_lot(line, step),
            need_line=_need_line(row, line, subject.hospital),
            quantity=row.quantity,
        )
        source, target = place("donor", pledge.code), place("reserved", subject.code)
        step.post(posting(shipped, row.quantity, source, target))
    count_allocated(subject, up=True)
    concern_lines(subject, step, listed=True)
    return pledge


def _hospital(code: str) -> Organisation:
    found = Organisation.objects.filter(
        code=code, kind=Organisation.Kind.HOSPITAL, stage="verified"
    ).first()
    if found is None:
        raise MoveRefused(_("Please choose a verified hospital."))
    if (body := body_of(found)) is not None:
        raise MoveRefused(
            _(
                "%(hospital)s takes gifts only through %(body)s. "
                "Please send yours to a warehouse of that body."
            )
            % {"hospital": name_of(found), "body": name_of(body)}
        )
    return found


def _sent(pledge: Pledge, row: SentLine) -> PledgeLine:
    """The gift's line, with this quantity counted as sent; refused beyond what was promised."""
    line = pledge.lines.filter(no=row.line).first()
    if line is None:
        raise MoveRefused(_("Line %(line)d is not in this gift.") % {"line": row.line})
    return send_line(line.pk, row.quantity)


def _need_line(row: SentLine, line: PledgeLine, hospital: Organisation) -> NeedLine | None:
    """The need it is for: the one named, else the one the gift was for, else the oldest open one
    for this item."""
    fitting = NeedLine.objects.filter(
        need__hospital=hospital, need__stage__in=OPEN, variant__item=line.variant.item_id
    )
    if row.need:
        named = fitting.filter(need__code=row.need, no=row.need_line).first()
        if named is None:
            raise MoveRefused(
                _("Line %(line)d: this hospital does not ask for it there.") % {"line": row.line}
            )
        return named
    meant = fitting.filter(pk=line.need_line_id).first() if line.need_line_id else None
    return meant or fitting.order_by("pk").first()


def count_arrived(shipment: Shipment, ended: Mapping[int, int] | None = None) -> None:
    """The gift's own lines count what reached its end, however it ended; other lanes were counted
    at the warehouse. `ended`: {line's primary key: how many}, else all that is left of it."""
    if shipment.gift is None:
        return
    open_lines = list(shipment.gift.lines.order_by("pk"))
    for shipped in shipment.lines.select_related("lot").order_by("no"):
        left = shipped.quantity if ended is None else ended.get(shipped.pk, 0)
        for line in (row for row in open_lines if row.variant_id == shipped.lot.variant_id):
            part = min(left, line.sent - line.arrived)
            if part:
                arrive_line(line.pk, part)
                line.arrived += part
                left -= part
