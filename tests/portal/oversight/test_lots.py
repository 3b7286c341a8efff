"""The invariants of lots name what breaks them."""

import pytest

from portal.oversight import lots
from portal.stages.models import Trail
from portal.warehouse.models import Lot
from tests.factories.stock import agree, ask, create_lot
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def lot():
    return create_lot()


def change(lot, **fields):
    Lot.objects.filter(pk=lot.pk).update(**fields)


@pytest.mark.parametrize("fields", [{"stage": "coming"}, {"stocked_at": None}, {"warehouse": None}])
def test_stock_of_a_lot_that_is_elsewhere_is_named(lot, fields):
    assert not list(lots.lots_lie_where_they_are_said_to())
    if "warehouse" in fields:
        fields = {"warehouse": create_warehouse(name="示例分仓")}

    change(lot, **fields)

    (found,) = lots.lots_lie_where_they_are_said_to()
    assert str(found["index"]) in (lot.code, str(lot.pk))


def test_one_person_who_took_goods_out_alone_is_named(lot):
    ask(lot, "sale")
    agree(lot, "sale")
    assert not list(lots.what_leaves_for_good_took_two())
    asker = Trail.objects.get(code=lot.code, move="ask_sale").who

    Trail.objects.filter(code=lot.code, move="sell").update(who=asker)

    (found,) = lots.what_leaves_for_good_took_two()
    assert "sell: the same person as ask_sale" in found["reason"]


def test_a_question_without_its_asker_is_named(lot):
    ask(lot, "sale")
    assert not list(lots.questions_are_whole())

    change(lot, asked_by=None)

    assert len(list(lots.questions_are_whole())) == 1
