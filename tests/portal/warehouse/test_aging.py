"""A lot's date comes near, and passes: the clock says so, in public, once for each."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from portal.oversight.invariants import broken
from portal.warehouse.commands import tick
from portal.warehouse.models import Lot
from portal.warehouse.nearing import months_on
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.stock import agree, ask, create_lot, hold
from tests.factories.warehouse import create_allocation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
EXPIRY = date(2027, 3, 31)


@pytest.fixture
def lot():
    return create_lot(expiry=EXPIRY)


def said(entries):
    """What was sealed of dates: (what, how soon)."""
    bodies = [entry.body for entry in entries]
    names = {"lot.near_expiry", "lot.expire"}
    return [(b["type"], b["data"].get("near", "")) for b in bodies if b["type"] in names]


def at_months(months, *, days=0):
    """So many months before the lot runs out, and so many days nearer."""
    return AT + (months_on(EXPIRY, -months) + timedelta(days=days) - AT.date())


def test_the_clock_says_once_that_a_date_is_near_and_once_that_it_is_very_near(lot, sealed):
    for at in (at_months(9), at_months(9, days=1), at_months(8), at_months(3, days=1)):
        tick(at=at)
        tick(at=at)

    told = Lot.objects.get(pk=lot.pk)
    assert (told.stage, told.near) == ("kept", "red")
    assert said(sealed()) == [("lot.near_expiry", "yellow"), ("lot.near_expiry", "red")]
    tick(at=at_months(0, days=1))
    assert said(sealed())[2:] == [("lot.expire", "")]
    tick(at=at_months(0, days=2))
    assert len(said(sealed())) == 3
    assert broken() == []


def test_how_near_is_near_is_configured(lot, settings):
    settings.STOCK_YELLOW_MONTHS, settings.STOCK_RED_MONTHS = 12, 10

    tick(at=at_months(11))
    assert Lot.objects.get().near == "yellow"
    tick(at=at_months(9))

    assert Lot.objects.get().near == "red"


def test_what_is_gone_or_has_no_date_is_never_near_and_what_is_held_back_stays_so(lot, sealed):
    create_lot(house=lot.warehouse)
    ask(lot, "return", quantity=1000)
    agree(lot, "return", quantity=1000)
    held_back = hold(create_lot(house=lot.warehouse, expiry=EXPIRY))

    tick(at=at_months(1))

    near = Lot.objects.exclude(near="").values_list("code", "stage")
    assert list(near) == [(held_back.code, "blocked")]


def test_a_lot_that_is_near_its_date_is_given_out_as_before_and_its_page_says_so(
    lot, seal_and_project
):
    tick(at=at_months(2))
    create_allocation(create_need().lines.get(), (lot, 100), at=at_months(2))
    seal_and_project()

    page = Client().get(f"/en/lots/{lot.code}/").content.decode()
    assert "expires 31 Mar 2027" in page
    assert "It expires very soon: it goes out first" in page
    tick(at=at_months(0, days=1))
    seal_and_project()
    assert "expires 31 Mar 2027" not in Client().get(f"/en/lots/{lot.code}/").content.decode()
    call_command("check_public")
