"""What the forms of a lot show before anything is typed, and where it may go."""

from typing import Any

from ledger.core.postings import place
from portal.accounts.acting import Actor
from portal.funds.models import Fund
from portal.input.amounts import plain_yuan
from portal.input.speaking import english
from portal.stages.models import Subject
from portal.warehouse.lots import held_in
from portal.warehouse.models import Lot, Warehouse
from portal.warehouse.stock_facts import WriteOff

Pairs = list[tuple[str, Any]]


def label_of(house: Warehouse) -> str:
    """Its name in the reader's language."""
    return house.name_en if english() else house.name_zh


def other_warehouse_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """The other open warehouses of the same organisation."""
    houses = Warehouse.objects.filter(stage="open", org__code=actor.org)
    if isinstance(subject, Lot) and subject.warehouse_id is not None:
        houses = houses.exclude(pk=subject.warehouse_id)
    return [(house.code, label_of(house)) for house in houses.order_by("name_zh", "pk")]


def sale_fund_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """The funds of the organisation that can take what a sale brings."""
    takes = Fund.lifecycle.move("receive_proceeds").source
    found = Fund.objects.filter(stage__in=takes, org__code=actor.org)
    return [(fund.code, f"{fund.title} · {fund.code}") for fund in found.order_by("-pk")]


def put_away_initial(*, subject: Lot, actor: Actor) -> dict[str, Any]:
    return {"bin": subject.bin}


def ask_out_initial(*, subject: Lot, actor: Actor) -> dict[str, Any]:
    """All that is free; what ran out can only be written off as that."""
    house = subject.warehouse
    free = held_in(subject, place("stock", house.code)) if house else 0
    reason = {"expired": WriteOff.EXPIRED, "recalled": WriteOff.RECALLED}.get(subject.stage)
    return {"quantity": free, **({"reason": reason.value} if reason else {})}


def take_out_initial(*, subject: Lot, actor: Actor) -> dict[str, Any]:
    """What was asked: the second person agrees to exactly that. A price is shown in yuan."""
    said = dict(subject.asked)
    if "price" in said:
        said["price"] = plain_yuan(said["price"])
    return said


def recall_initial(*, subject: Lot, actor: Actor) -> dict[str, Any]:
    return {"whole_batch": bool(subject.batch)}


def receive_initial(*, subject: Lot, actor: Actor) -> dict[str, Any]:
    """Nothing is filled in but that nothing broke: it is counted, not confirmed."""
    return {"damaged": 0, "bin": ""}
