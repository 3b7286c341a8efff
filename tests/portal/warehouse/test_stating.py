"""The stock statement: sealed every two hours, once a window, and it adds up."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from portal.accounts.acting import CLOCK
from portal.needs.stages import Priority
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.commands import tick
from portal.warehouse.models import Statement
from portal.warehouse.nearing import RED, YELLOW, months_on, near
from portal.warehouse.stock_stating import state_all
from portal.warehouse.urgency import urgent_lots
from tests.factories.catalogue import MASK
from tests.factories.clock import AT, later
from tests.factories.needs import create_need
from tests.factories.shipping import create_shipment, line_of
from tests.factories.stock import agree, ask, create_lot
from tests.factories.warehouse import create_arrival, create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
EVEN = AT.replace(hour=2)  # a window begins


@pytest.fixture
def house():
    return create_warehouse()


def statements(sealed):
    return [e.body["data"] for e in sealed() if e.body["type"] == "statement.state"]


def urgent_need(at=AT):
    need = create_need(lines=[(MASK, "exact", 5000)], at=at)
    need.lines.update(priority=Priority.URGENT)


def test_r08_a_statement_is_sealed_every_two_hours_and_once_a_window(house, sealed):
    create_lot(house=house, at=AT)

    taken = [tick(at=EVEN + timedelta(minutes=n)) for n in (0, 1, 119, 120, 180, 240)]

    assert taken == [1, 0, 0, 1, 0, 1]
    assert len(statements(sealed)) == Statement.objects.count() == 3


def test_r08_two_workers_seal_one_statement(house):
    create_lot(house=house)
    assert state_all(at=EVEN) == 1
    slot = Statement.objects.get().slot

    with pytest.raises(MoveRefused, match="already recorded"):
        engine.begin(Statement, "state", actor=CLOCK, at=EVEN, warehouse=house, slot=slot)
    with pytest.raises(IntegrityError):
        Statement.objects.create(
            code="D-2", slot=slot, warehouse=house, stage="stated", since=EVEN, opened_at=EVEN
        )


def test_r08_what_came_less_what_went_is_what_is_there(house, sealed):
    lot = create_lot(house=house, quantity=1000, at=AT)
    state_all(at=EVEN)
    create_shipment((line_of(quantity=300), lot, 300), stage="in_transit")
    create_shipment((line_of(quantity=200), lot, 200), stage="packed")
    ask(lot, "sale")
    agree(lot, "sale")
    create_lot(house=house, quantity=50, at=later(hours=1))
    state_all(at=EVEN + timedelta(hours=2))

    (first,), (second,) = (told["items"] for told in statements(sealed))
    assert first == {
        "item": MASK,
        "in": 1000,
        "out": 0,
        "stock": 1000,
        "aside": 0,
        "soon": 0,
        "all_in": 1000,
        "all_out": 0,
        "oldest": "2026-03-02T01:00:00.000000Z",
    }
    assert [second[name] for name in ("in", "out", "stock", "aside")] == [50, 400, 650, 200]
    assert second["all_in"] - second["all_out"] == second["stock"]
    assert first["stock"] + second["in"] - second["out"] == second["stock"]


def test_r08_a_lot_needed_urgently_turns_red_after_two_hours(house, sealed, settings):
    lot = create_lot(house=house, at=AT)
    urgent_need(at=later(minutes=30))

    def red_at(**after):
        return [(each.lot, each.red) for each in urgent_lots(house, at=later(**after))]

    assert red_at(minutes=149) == [(lot, False)]
    assert red_at(minutes=150) == [(lot, True)]
    settings.STOCK_URGENT_HOURS = 4
    assert red_at(minutes=150) == [(lot, False)]
    settings.STOCK_URGENT_HOURS = 2
    state_all(at=later(hours=3))
    told = statements(sealed)[-1]
    assert (told["urgent_lots"], told["red_lots"]) == (1, 1)
    assert told["urgent"][0]["since"] == "2026-03-02T01:30:00.000000Z"


def test_goods_nobody_needs_urgently_have_no_timer(house):
    create_lot(house=house)
    create_need(lines=[(MASK, "exact", 5000)])

    assert urgent_lots(house, at=later(days=1)) == []


def test_r17_a_statement_says_what_waits_and_names_no_person_and_no_price(house, sealed):
    create_arrival(stage="arrived", warehouse=house, at=AT)
    create_lot(house=house, at=AT)
    state_all(at=EVEN)

    (told,) = statements(sealed)
    assert (told["waiting"], told["waiting_since"]) == (1, "2026-03-02T01:00:00.000000Z")
    assert set(told) == {
        *("recorded_at", "actor_role", "actor_org", "stage", "warehouse", "since", "until"),
        *("items", "more_items", "urgent", "urgent_lots", "red_lots", "waiting", "waiting_since"),
    }
    assert (told["actor_role"], told["actor_org"]) == ("clock", "")


def test_a_house_that_never_had_goods_states_nothing(house):
    assert state_all(at=EVEN) == 0


@pytest.mark.parametrize(
    ("months", "days", "said"), [(3, -1, RED), (3, 0, YELLOW), (9, -1, YELLOW), (9, 0, "")]
)
def test_nearness_is_counted_in_months_as_configured(months, days, said):
    today = AT.astimezone().date()

    assert near(months_on(today, months) + timedelta(days=days), at=AT) == said


def test_nearness_can_be_configured(settings):
    day = months_on(AT.date(), 5)
    settings.STOCK_RED_MONTHS = 6

    assert near(day, at=AT) == RED
    assert near(None, at=AT) == ""
