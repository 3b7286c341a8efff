"""The verbs of the story: each is one real command, as a page would call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.demo.cast import World
from portal.needs.models import NeedLine
from portal.organisations.queries import is_designated
from portal.pledges.models import Pledge
from portal.pledges.stages import (
    Accepted,
    Declined,
    DeclineReason,
    GivenLine,
    Registered,
    Visibility,
    Withdrawn,
    WithdrawReason,
)
from portal.receipts.models import Receipt
from portal.receipts.settling import Department, SomeOf, UseReported
from portal.receipts.stages import (
    DifferenceReason,
    Explained,
    Explanation,
    ReceiptConfirmed,
    ReceivedLine,
)
from portal.shipping.direct import send_direct
from portal.shipping.issuing import IssuedLot, IssuedUrgently, UrgentReason
from portal.shipping.models import Release, Shipment, UrgentIssue
from portal.shipping.stages import (
    Delivered,
    Dispatched,
    LossReason,
    Lost,
    Packed,
    Released,
    ReleasedAllocation,
    SentDirect,
    SentLine,
)
from portal.stages import engine
from portal.warehouse.models import Allocation, Arrival, Lot
from portal.warehouse.serials import CARE
from portal.warehouse.stages import (
    Allocated,
    AllocatedLot,
    AllocationReason,
    Announced,
    AnnouncedLine,
    Approved,
    Arrived,
    Carrier,
    Counted,
    CountedLine,
    CountReason,
    ExceptionReason,
    Inspected,
    InspectedLine,
    Papers,
    TakenIn,
    Verdict,
)

GIVER = Actor(role=Role.DONOR)
OFF_REGISTER = "该院不在定点名单内，指挥部已将病人转至该院。"
AGREED = "已核对转诊通知，同意。"


@dataclass(frozen=True)
class Counting:
    """What a count or a confirmation says of one line; what is not said agrees."""

    rejected: int = 0
    missing: int = 0
    surplus: int = 0
    reason: str = ""


FINE = Counting()


def donor_of(gift: str) -> Actor:
    """The donor with his claim link."""
    return Actor(role=Role.DONOR, by_link=gift)


def give(
    lines: Sequence[tuple[str, int, NeedLine | None]],
    *,
    name: str = "",
    contact: str = "",
    meant: bool = False,
    maker: bool = False,
    at: datetime,
) -> str:
    """Register a gift of (variant, quantity, need line); with a name it is shown. `meant`: for
    the hospital of its first line and nobody else; `maker`: the donor makes it."""
    hospital = lines[0][2].need.hospital.code if meant and lines[0][2] else ""
    rows = tuple(
        GivenLine(
            variant=variant,
            quantity=quantity,
            need=line.need.code if line else "",
            need_line=line.no if line else 0,
        )
        for variant, quantity, line in lines
    )
    facts = Registered(
        lines=rows,
        visibility=Visibility.NAMED if name else Visibility.ANONYMOUS,
        donor_name=name,
        contact=contact,
        designation=f"hospital:{hospital}" if hospital else "free",
        own_product=maker,
    )
    return engine.begin(Pledge, "register", actor=GIVER, facts=facts, at=at).code


def accept(world: World, gift: str, *, at: datetime) -> None:
    engine.advance(
        Pledge, gift, "accept", actor=world.actor("coordinator"), facts=Accepted(), at=at
    )


def decline(world: World, gift: str, *, reason: DeclineReason, at: datetime) -> None:
    engine.advance(
        Pledge,
        gift,
        "decline",
        actor=world.actor("coordinator"),
        facts=Declined(reason=reason),
        at=at,
    )


def withdraw(gift: str, *, at: datetime) -> None:
    facts = Withdrawn(reason=WithdrawReason.UNAVAILABLE)
    engine.advance(Pledge, gift, "withdraw", actor=donor_of(gift), facts=facts, at=at)


def send(
    world: World,
    gift: str,
    *,
    to: str,
    carrier: Carrier,
    waybill: str,
    consignee: str = "",
    at: datetime,
) -> str:
    """The donor has sent all of it to a warehouse, perhaps addressed to a hospital; returns the
    arrival's code."""
    pledge = Pledge.objects.get(code=gift)
    rows = tuple(
        AnnouncedLine(line=line.no, quantity=line.quantity) for line in pledge.lines.order_by("no")
    )
    facts = Announced(
        warehouse=world.warehouses[to].code, carrier=carrier, waybill=waybill, lines=rows,
        consignee=consignee,
    )  # fmt: skip
    arrival = engine.begin(
        Arrival, "announce", actor=donor_of(gift), facts=facts, at=at, pledge=pledge
    )
    return arrival.code


def send_straight(gift: str, line: NeedLine, *, quantity: int, at: datetime) -> str:
    """The donor sends all of one line straight to the hospital; returns the shipment's code."""
    facts = SentDirect(
        boxes=max(1, quantity // 500),
        hospital=line.need.hospital.code,
        carrier=Carrier.SF,
        waybill=f"SF{gift[2:]}",
        lines=(SentLine(line=1, quantity=quantity, need=line.need.code, need_line=line.no),),
    )
    return send_direct(gift, facts=facts, actor=donor_of(gift), at=at).code


def arrive(world: World, arrival: str, *, at: datetime) -> None:
    engine.advance(
        Arrival, arrival, "arrive", actor=world.actor("warehouse"), facts=Arrived(), at=at
    )


def count_in(
    world: World,
    arrival: str,
    said: Mapping[int, Counting] | None = None,
    *,
    verdict: Verdict = Verdict.PASS,
    variant: str = "",
    at: datetime,
) -> None:
    """Count every line, `said` by line number where it differs from what was announced; then
    quality inspects it, and somebody else takes it into custody."""
    rows = []
    found = Arrival.objects.get(code=arrival)
    for line in found.lines.select_related("lot__variant__item").order_by("no"):
        c = (said or {}).get(line.no, FINE)
        good = line.announced - c.rejected - c.missing + c.surplus
        rows.append(
            CountedLine(
                line=line.no,
                accepted=good,
                rejected=c.rejected,
                reason=CountReason(c.reason),
                batch=f"{at:%y%m}{line.no:02d}",
                serials=_serials(line.lot, good),
            )
        )
    facts = Counted(lines=tuple(rows))
    counted = engine.advance(
        Arrival, arrival, "count", actor=world.actor("warehouse"), facts=facts, at=at
    )
    if counted.stage == "counted":
        _inspect(world, counted, verdict=verdict, variant=variant, at=at + timedelta(minutes=25))
        custody = at + timedelta(minutes=45)
        engine.advance(
            Arrival, arrival, "take", actor=world.actor("warehouse2"), facts=TakenIn(), at=custody
        )


def _serials(lot: Lot, pieces: int) -> str:
    """Numbers as on the labels of devices; nothing for goods that are not told apart."""
    if CARE not in lot.variant.item.care:
        return ""
    return "\n".join(f"{lot.code[2:]}-{n:03d}" for n in range(1, pieces + 1))


def _inspect(
    world: World, arrival: Arrival, *, verdict: Verdict, variant: str, at: datetime
) -> None:
    """Quality looks at every lot; by its label one may be another variant than announced."""
    rows = tuple(
        InspectedLine(
            line=line.no, verdict=verdict, variant=variant, label=not variant,
            papers=Papers.REPORT, packaging=True, in_date=True,
        )
        for line in arrival.lines.filter(accepted__gt=0).order_by("no")
    )  # fmt: skip
    actor = world.actor("quality")
    facts = Inspected(lines=rows)
    engine.advance(Arrival, arrival.code, "inspect", actor=actor, facts=facts, at=at)


def allocate(
    world: World,
    line: NeedLine,
    lots: Sequence[tuple[str, int]],
    *,
    reason: AllocationReason,
    note: str = "",
    at: datetime,
) -> str:
    """Set so much of these lots aside for one need line; returns the allocation's code."""
    need_line = f"{line.need.code}/{line.no}"
    off = not is_designated(line.need.hospital)
    facts = Allocated(
        need_line=need_line,
        lots=tuple(AllocatedLot(lot=lot, quantity=quantity) for lot, quantity in lots),
        reason=reason,
        note=note or (OFF_REGISTER if off else ""),
        exception=ExceptionReason.REFERRED if off else ExceptionReason.NONE,
    )
    actor = world.actor("coordinator")
    found = engine.begin(Allocation, "publish", actor=actor, facts=facts, at=at, org=actor.org)
    if found.stage == "proposed":
        engine.advance(
            Allocation, found.code, "approve", actor=world.actor("coordinator2"),
            facts=Approved(note=AGREED), at=at + timedelta(minutes=30),
        )  # fmt: skip
    return found.code


def release(world: World, allocations: Sequence[str], *, at: datetime) -> str:
    actor = world.actor("dispatcher")
    facts = Released(
        allocations=tuple(ReleasedAllocation(allocation=a) for a in allocations),
        receiving_unit="医学装备处",
        taker="示范车队一号车",
        slot=at + timedelta(hours=3),
    )
    return engine.begin(Release, "issue", actor=actor, facts=facts, at=at, org=actor.org).code


def pack(world: World, order: str, *, boxes: int, at: datetime) -> str:
    actor = world.actor("warehouse2")
    facts = Packed(release=order, boxes=boxes)
    return engine.begin(Shipment, "pack", actor=actor, facts=facts, at=at, org=actor.org).code


def dispatch(
    world: World, shipment: str, *, carrier: Carrier, waybill: str = "", at: datetime
) -> None:
    found = Shipment.objects.select_related("release").get(code=shipment)
    order = found.release.code if found.release else ""
    facts = Dispatched(carrier=carrier, waybill=waybill, vehicle="", order=order)
    engine.advance(
        Shipment, shipment, "dispatch", actor=world.actor("dispatcher"), facts=facts, at=at
    )


def deliver(world: World, shipment: str, *, at: datetime) -> None:
    facts = Delivered(delivered_on=at.date())
    engine.advance(
        Shipment, shipment, "confirm_delivery", actor=world.actor("dispatcher"), facts=facts, at=at
    )


def lose(world: World, shipment: str, *, at: datetime) -> None:
    facts = Lost(reason=LossReason.UNTRACED)
    engine.advance(Shipment, shipment, "lose", actor=world.actor("dispatcher"), facts=facts, at=at)


def receiver_of(shipment: str) -> Actor:
    """The hospital with its confirmation link."""
    found = Shipment.objects.select_related("hospital").get(code=shipment)
    assert found.hospital is not None
    return Actor(role=Role.HOSPITAL, org=found.hospital.code, by_link=shipment)


def confirm(shipment: str, said: Mapping[int, Counting] | None = None, *, at: datetime) -> str:
    """The hospital confirms by its link; returns the receipt's stage."""
    found = Shipment.objects.get(code=shipment)
    rows = []
    for line in found.lines.order_by("no"):
        c = (said or {}).get(line.no, FINE)
        rows.append(
            ReceivedLine(
                line=line.no,
                accepted=line.quantity - c.rejected - c.missing + c.surplus,
                rejected=c.rejected,
                missing=c.missing,
                surplus=c.surplus,
                reason=DifferenceReason(c.reason),
            )
        )
    actor = receiver_of(shipment)
    facts = ReceiptConfirmed(lines=tuple(rows), signer="")
    receipt = engine.begin(
        Receipt, "confirm", actor=actor, facts=facts, at=at, code=shipment, shipment=found
    )
    return receipt.stage


def explain(
    world: World, shipment: str, *, explanation: Explanation, note: str = "", at: datetime
) -> None:
    facts = Explained(explanation=explanation, note=note)
    engine.advance(
        Receipt, shipment, "explain", actor=world.actor("dispatcher"), facts=facts, at=at
    )


def issue_urgently(world: World, line: NeedLine, lot: str, quantity: int, *, at: datetime) -> None:
    """An emergency: it leaves without a release order, and stands in the public list."""
    actor = world.actor("warehouse2")
    facts = IssuedUrgently(
        need_line=f"{line.need.code}/{line.no}",
        lots=(IssuedLot(lot=lot, quantity=quantity),),
        reason=UrgentReason.PATIENTS,
        note="夜间抢救，值班人员联系不上，次日补报。",
        receiving_unit="急诊科",
        taker="示范车队二号车",
        boxes=1,
    )
    engine.begin(UrgentIssue, "issue_urgent", actor=actor, facts=facts, at=at, org=actor.org)


def lots_of(gift: str) -> list[Lot]:
    return list(Lot.objects.filter(pledge__code=gift).select_related("variant").order_by("pk"))


def report_use(
    shipment: str, quantities: Mapping[int, int], *, department: Department, at: datetime
) -> None:
    """The hospital says what it issued to its wards, by line."""
    rows = tuple(SomeOf(line=line, quantity=n) for line, n in quantities.items())
    facts = UseReported(issued=rows, department=department)
    engine.advance(Receipt, shipment, "report_use", actor=receiver_of(shipment), facts=facts, at=at)
