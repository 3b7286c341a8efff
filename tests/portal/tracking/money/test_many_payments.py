"""A fund that has paid more often than its page follows: the rest is one row of the total."""

import re

import pytest

from portal.tracking.money import money_flow
from tests.portal.tracking.everything import FEN, everything, spend
from tests.portal.tracking.stories import Story

pytestmark = pytest.mark.django_db


def test_payments_that_are_not_followed_are_one_sum_and_the_total_is_whole(
    log, seal_and_project, client, monkeypatch
):
    story = Story()
    told = everything(story)
    later, _shipment = spend(story, told, told["moneys"][1], FEN)
    seal_and_project()
    monkeypatch.setattr(money_flow, "FOLLOWED", 1)

    page = client.get(f"/en/f/{told['fund']}/").content.decode()
    table = page.partition("The same as a table")[2].partition("</table>")[0]
    rows = re.findall(r'<td class="r num"[^>]*>([^<]+)</td>', table)

    assert rows == ["¥520.00", "¥520.00", "¥1,040.00"]  # the newest, those before it, all
    assert f"<code>{later}</code>" in table
    assert f"<code>{told['spend']}</code>" not in table
