"""Two approve, or two spend the last yuan, at the same moment: one does, the other is told why."""

import threading

import pytest
from django.db import connections
from django.utils import translation

from portal.funds.checks import balance_of
from portal.funds.models import Spend
from portal.stages.engine import MoveRefused
from tests.factories.funds import YUAN, approve, create_fund, give, member_of, request

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("log"),
    pytest.mark.services,
]


def at_once(*actions):
    """What came of each, started together, every one with a connection of its own."""
    answers, ready = [], threading.Barrier(len(actions))

    def call(action):
        try:
            with translation.override("en"):
                ready.wait(10)
                answers.append(("done", action()))
        except MoveRefused as refusal:
            answers.append(("refused", str(refusal)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(kind for kind, _said in answers)


def test_two_person_rule_two_second_approvals_at_once_are_one():
    fund = create_fund()
    give(fund, 100 * YUAN)
    made = request(fund, 60 * YUAN)
    approve(made)
    made.refresh_from_db()
    first, second = member_of(fund.org), member_of(fund.org)

    outcome = at_once(
        *(
            lambda who=who: approve(Spend.objects.get(pk=made.pk), actor=who)
            for who in (first, second)
        )
    )

    assert outcome == ["done", "refused"]
    assert balance_of(fund) == 40 * YUAN


def test_the_last_yuan_is_set_aside_once():
    fund = create_fund()
    give(fund, 100 * YUAN)
    spends = [request(fund, 60 * YUAN) for _n in range(2)]
    for one in spends:
        approve(one)
    people = [member_of(fund.org) for _one in spends]

    outcome = at_once(
        *(lambda o=o, w=w: approve(o, actor=w) for o, w in zip(spends, people, strict=True))
    )

    assert outcome == ["done", "refused"]
    assert balance_of(fund) == 40 * YUAN
