"""A platform's sum: its list makes the gifts, to the fen, as a whole or not at all."""

import pytest
from django.core.management import CommandError, call_command

from portal.balance.models import Holding
from portal.funds import platform
from portal.funds.models import MoneyGift
from portal.input.tables import Unreadable
from tests.factories.funds import create_fund, give, member_of
from tests.factories.organisations import create_charity
from tests.portal.funds.layouts import as_csv

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
LIST = (["订单号", "捐赠金额", "昵称"], ["A1", "1.50", "一位邻居"], ["A2", "0.10", ""])


@pytest.fixture
def ask(tmp_path):
    """The sum of ¥1.60 on the account, and the command that takes its list."""
    fund = create_fund()
    whole = give(None, 160, org=fund.org)
    actor, file = member_of(fund.org), tmp_path / "list.csv"

    def call(*rows, dry=()):
        file.write_bytes(as_csv(rows, "gb18030"))
        call_command(
            *("import_platform_list", str(file), "--sum", call.whole.code, "--fund", fund.code),
            *("--as", actor.name, "--language", "en", *dry),
        )

    call.fund, call.whole = fund, whole
    return call


def held(place):
    return sum(Holding.objects.filter(place=place).values_list("amount", flat=True))


def test_every_gift_of_the_list_has_its_own_code_and_none_is_too_small(ask):
    ask(*LIST, dry=("--dry-run",))
    assert held(f"fund:{ask.fund.code}") == 0

    ask(*LIST)

    gifts = MoneyGift.objects.filter(way="platform").order_by("pk")
    assert [(g.amount, g.shown_name) for g in gifts] == [(150, "一位邻居"), (10, "")]
    ask.whole.refresh_from_db()
    assert ask.whole.stage == "listed"
    places = (f"fund:{ask.fund.code}", f"unidentified:{ask.fund.org.code}")
    assert [held(place) for place in places] == [160, 0]
    with pytest.raises(CommandError, match=r"the sum on the account is ¥0.00"):
        ask(*LIST)


def test_a_list_is_of_a_sum_that_is_on_the_own_account(ask):
    for whole in (give(None, 160, org=create_charity()), give(ask.fund, 160, received_on=None)):
        ask.whole = whole
        with pytest.raises(CommandError, match="no such sum"):
            ask(*LIST)

    assert not MoneyGift.objects.filter(way="platform").exists()


def test_a_list_of_too_many_gifts_comes_in_parts():
    rows = ([f"A{n}", "0.01", ""] for n in range(platform.MOST + 1))

    with pytest.raises(Unreadable, match="comes in parts"):
        platform.read(as_csv([LIST[0], *rows], "utf-8"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((*LIST, ["A3", "0.01", ""]), r"¥1.61.*¥1.60.*¥0.01"),
        ((*LIST, ["A2", "0.01", ""]), "order number of its own"),
        ((*LIST, ["A3", "a little", ""]), "Line 4.*a little"),
        ((["姓名"], ["甲"]), "header"),
        ((["订单号", "昵称"], ["A1", "甲"]), "header"),
    ],
)
def test_a_list_that_does_not_add_up_changes_nothing(ask, rows, why):
    with pytest.raises(CommandError, match=why):
        ask(*rows)

    assert MoneyGift.objects.count() == 1
