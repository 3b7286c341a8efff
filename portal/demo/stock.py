"""Lots after goods-in: sold, given on, given back, written off, moved, counted, recalled; always by
two people."""

from datetime import datetime

from portal.demo import acts
from portal.demo.cast import World
from portal.demo.clock import BEGIN, Journey, hours
from portal.funds.models import Fund
from portal.stages import engine
from portal.stages.facts import Facts
from portal.warehouse.arriving import Carrier
from portal.warehouse.models import Lot
from portal.warehouse.stock_facts import (
    Buyer,
    CameOver,
    IssueAsked,
    IssuedToCommunity,
    IssueReason,
    IssueTo,
    MoveReason,
    Recalled,
    RecallReason,
    ReturnAsked,
    ReturnedToDonor,
    ReturnReason,
    SaleAsked,
    SaleReason,
    SentOver,
    Sold,
    StockCounted,
    WriteOff,
    WriteOffAsked,
    WrittenOff,
)

WAYS: tuple[tuple[str, type[Facts], str, type[Facts], dict[str, object]], ...] = (
    (
        "ask_sale", SaleAsked, "sell", Sold,
        {"quantity": 200, "buyer": Buyer.PHARMACY, "price": 24000,
         "reason": SaleReason.SURPLUS, "note": "近效期，医院均已备足，公开询价后变卖。"},
    ),
    (
        "ask_issue", IssueAsked, "issue", IssuedToCommunity,
        {"quantity": 300, "to": IssueTo.COMMITTEE, "reason": IssueReason.NEAR_EXPIRY},
    ),
    (
        "ask_write_off", WriteOffAsked, "write_off", WrittenOff,
        {"quantity": 40, "reason": WriteOff.DAMAGED, "note": "搬运时箱体破损，已拍照。"},
    ),
    (
        "ask_return", ReturnAsked, "send_back", ReturnedToDonor,
        {"quantity": 100, "reason": ReturnReason.ASKED, "note": "捐赠人要求退回一箱。"},
    ),
)  # fmt: skip


def stock_journey(
    world: World, *, variant: str, quantity: int, look: str, recalled: bool = False
) -> Journey:
    """A gift that lies in stock and goes every other way than to a hospital; or is recalled."""
    at = yield BEGIN
    gift = acts.give([(variant, quantity, None)], at=at)
    world.gifts[look] = gift
    at = yield hours(2)
    acts.accept(world, gift, at=at)
    at = yield hours(6)
    arrival = acts.send(world, gift, to="east", carrier=Carrier.OWN, waybill="", at=at)
    at = yield hours(8)
    acts.count_in(world, arrival, at=at)
    lot = acts.lots_of(gift)[0].code
    at = yield hours(30)
    if recalled:
        facts = Recalled(reason=RecallReason.MAKER, notice="示例召回公告 1 号", whole_batch=False)
        _move(world, lot, "recall", facts, by="quality", at=at)
        return
    fund = Fund.objects.filter(stage="open", org__code=world.actor("warehouse").org).first()
    for ask, asked, do, done, usual in WAYS:
        said = usual | ({"fund": fund.code} if fund and asked is SaleAsked else {})
        _move(world, lot, ask, asked(**said), by="warehouse", at=at)
        at = yield hours(3)
        _move(world, lot, do, done(**said), by="coordinator", at=at)
    left = quantity - sum(int(str(said["quantity"])) for *_names, said in WAYS)
    _move(world, lot, "count", StockCounted(counted=left), by="warehouse2", at=at)
    other = SentOver(
        warehouse=world.warehouses["river"].code, quantity=500, reason=MoveReason.NEARER
    )
    _move(world, lot, "send", other, by="warehouse", at=at)
    at = yield hours(9)
    part = Lot.objects.get(origin__code=lot).code
    _move(world, part, "receive", CameOver(accepted=500), by="warehouse2", at=at)


def _move(world: World, lot: str, name: str, facts: Facts, *, by: str, at: datetime) -> None:
    engine.advance(Lot, lot, name, actor=world.actor(by), facts=facts, at=at)
