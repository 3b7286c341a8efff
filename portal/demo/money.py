"""The story's money: a campaign, a fund, gifts of it, one spending to its end and one refused."""

from datetime import datetime, timedelta

from portal.campaigns.models import Campaign
from portal.campaigns.stages import Filed, Planned
from portal.demo import acts, photos
from portal.demo.acts import Counting
from portal.demo.cast import World
from portal.demo.clock import BEGIN, Journey, hours
from portal.demo.journeys import Leg, leg_journey
from portal.demo.markers import make_marker
from portal.demo.needs import lines_for
from portal.evidence.models import Shows
from portal.funds.models import Fund, MoneyGift, Spend
from portal.funds.money_stages import Entered, Identified, Shown
from portal.funds.spend_stages import (
    Approved,
    Bought,
    BoughtLine,
    Paid,
    Requested,
    SecondApproval,
)
from portal.funds.stages import (
    ClassRow,
    Conditions,
    FeeTaken,
    Purpose,
    PurposeRow,
)
from portal.receipts.settling import Department
from portal.shipping.models import Shipment
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Arrival
from portal.warehouse.stages import AllocationReason, Announced, AnnouncedLine, Carrier

YUAN = 100
SURGICAL, PIECES = "mask.yy0469-2011", 12_000


def money_journey(world: World, *, look: str) -> Journey:
    """Filed and published by two; given, one gift unknown at first; spent by three people."""
    at = yield BEGIN
    fund = _fund(world, at=at)
    at = yield hours(30)
    first = _give(world, fund, 50_000 * YUAN, at=at, shown=Shown.FULL, donor_name="南湖示范校友会")
    world.gifts[look] = first.code
    at = yield hours(20)
    unknown = _give(world, None, 888 * YUAN, at=at)
    at = yield hours(5)
    _give(world, fund, 1_200_50, at=at, shown=Shown.MASKED, donor_name="示例甲")
    at = yield hours(24)
    facts = Identified(fund=fund.code, shown=Shown.ALIAS, shown_name="一位邻居")
    _move(world, "finance", unknown, "identify", facts, at=at)
    at = yield hours(10)
    _move(world, "finance", fund, "take_fee", FeeTaken(amount=1_000 * YUAN), at=at)
    spend = _ask(world, fund, 30_000 * YUAN, Purpose.PROTECTION, at=at)
    at = yield hours(6)
    _refused(world, fund, at=at)
    for name, move, approval in _approvals(spend):
        at = yield hours(5)
        _move(world, name, spend, move, approval, at=at)
    at = yield hours(12)
    paid = Paid(paid_on=at.date(), bank_reference="示例回单 0001")
    _move(world, "finance", spend, "pay", paid, at=at)
    yield from _bought_journey(world, spend, at)


def _bought_journey(world: World, spend: Spend, at: datetime) -> Journey:
    """What the money buys comes in, is counted, and reaches a ward; a part is still on its way."""
    at = yield hours(8)
    row = BoughtLine(variant=SURGICAL, quantity=PIECES, paid=spend.amount)
    bought = Bought(lines=(row,), invoice="示例发票 0001")
    _move(world, "finance", spend, "buy", bought, at=at)
    at = yield hours(4)
    house = world.warehouses["east"].code
    facts = Announced(
        warehouse=house, carrier=Carrier.DEPPON, waybill="DPK202603019999",
        lines=(AnnouncedLine(line=1, quantity=PIECES),), spend=spend.code,
    )  # fmt: skip
    arrival = engine.begin(
        Arrival, "announce", actor=world.actor("coordinator"), facts=facts, at=at
    )
    at = yield hours(28)
    damaged = Counting(rejected=100, reason="damaged")
    acts.count_in(world, arrival.code, {1: damaged}, at=at)
    (lot,) = acts.lots_of(spend.code)
    line, reason = lines_for(world, "surgical-mask")[0], AllocationReason.DESIGNATED
    for leg in (Leg(0, 9_000), Leg(0, 1_900, ends="in_transit")):
        at = yield hours(5)
        given = acts.allocate(world, line, [(lot.code, leg.quantity)], reason=reason, at=at)
        yield from leg_journey(world, [given], leg, at, 1.0)
    at = yield hours(20)
    whole = Shipment.objects.filter(stage="confirmed", lines__lot=lot).get()
    acts.report_use(whole.code, {1: 8_000}, department=Department.ISOLATION, at=at)


def _approvals(spend: Spend) -> list[tuple[str, str, Approved]]:
    seen = {"amount": spend.amount, "revision": 1}
    return [
        ("finance2", "approve", Approved(**seen)),
        ("finance3", "approve_again", SecondApproval(**seen)),
    ]


def _move(world: World, who: str, subject, move: str, facts, *, at: datetime):  # type: ignore[no-untyped-def]  # any subject, its facts
    actor = world.actor(who)
    return engine.advance(type(subject), subject.code, move, actor=actor, facts=facts, at=at)


def _fund(world: World, *, at: datetime) -> Fund:
    org, day = world.orgs["charity"], at.date()
    plan = Planned(
        title_zh="定点医院防护物资募捐", title_en="Protection for designated hospitals",
        purpose="为定点医院采购防护物资。", starts_on=day, ends_on=day + timedelta(days=120),
        area="湖北省", in_charge="示例甲", office="江城示范路 1 号",
        ways="银行转账，请在附言中写明专项编号；或在指定平台捐赠。", account_holder=org.legal_name,
        account_bank="示范银行江城分行", account_number="0000 0000 0000 0001",
        beneficiaries="湖北省定点医院及其医务人员", use="采购口罩、防护服等防护物资",
        cost="不超过募得款的 5%", remainder="用于相同或相近的目的", emergency=True,
    )  # fmt: skip
    campaign = engine.begin(
        Campaign, "plan", actor=world.actor("coordinator"), facts=plan, at=at, org=org
    )
    _move(world, "publisher", campaign, "file", Filed(filing_number="示范募备 2026-001"), at=at)
    photos.take(world, campaign.code, Shows.NOTE, by=world.actor("coordinator"), at=at)
    _move(world, "coordinator", campaign, "start", None, at=at)
    facts = Conditions(
        title_zh="防护物资专项", title_en="Protective goods", campaign=campaign.code,
        purposes=(PurposeRow(purpose=Purpose.PROTECTION),),
        item_classes=(ClassRow(item_class="mask"), ClassRow(item_class="clothing")),
        not_before=day, use_by=day + timedelta(days=180), cap=40_000 * YUAN, fee_bp=500,
        leftover="转入相同或相近目的的专项，并公示。",
    )  # fmt: skip
    fund = engine.begin(Fund, "set_up", actor=world.actor("finance"), facts=facts, at=at, org=org)
    _move(world, "publisher", fund, "publish", None, at=at)
    return fund


def _give(
    world: World,
    fund: Fund | None,
    amount: int,
    *,
    at: datetime,
    shown: Shown = Shown.ANONYMOUS,
    donor_name: str = "",
) -> MoneyGift:
    code = fund.code if fund else ""
    facts = Entered(
        amount=amount, fund=code, received_on=at.date(), shown=shown, donor_name=donor_name
    )
    actor, org = world.actor("finance"), world.orgs["charity"]
    return engine.begin(MoneyGift, "enter", actor=actor, facts=facts, at=at, org=org)


def _ask(world: World, fund: Fund, amount: int, purpose: Purpose, *, at: datetime) -> Spend:
    hospital = lines_for(world, "surgical-mask")[0].need.hospital
    facts = Requested(
        fund=fund.code, purpose=purpose, item_class="mask", amount=amount,
        recipient=hospital.code, supplier="示例防护用品有限公司",
        supplier_code=make_marker("330100", "91", 77),
    )  # fmt: skip
    actor = world.actor("finance")
    return engine.begin(Spend, "request", actor=actor, facts=facts, at=at, org=fund.org)


def _refused(world: World, fund: Fund, *, at: datetime) -> None:
    """Another purpose and too much: refused, and only the auditor sees that it was tried."""
    try:
        _ask(world, fund, 20_000 * YUAN, Purpose.CARE, at=at)
    except MoveRefused:
        return
    raise AssertionError("the fund is for protective goods only")
