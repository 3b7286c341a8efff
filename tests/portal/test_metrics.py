"""Figures for a monitoring system: for whoever knows the token, and of nobody."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledger import history
from ledger.models import Head
from portal.notices.models import Notice
from portal.webhooks.models import Hook
from tests.factories.needs import create_need

pytestmark = pytest.mark.django_db
TOKEN = "invented-and-long-enough-for-a-test"


@pytest.fixture
def asked(client, settings):
    """asked(token): the answer."""
    settings.METRICS_TOKEN = TOKEN
    return lambda token=TOKEN: client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def figures(answer):
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_it_is_not_there_without_a_token_in_the_settings(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", "\u4ee4"])
def test_it_answers_nobody_who_does_not_know_it(asked, token):
    answer = asked(token)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"shanji_" not in answer.content
    assert "no-store" in answer["Cache-Control"]


def test_without_a_log_all_modes_are_nought(asked, db):
    told = figures(asked())

    assert {value for name, value in told.items() if "_mode{" in name} == {0}
    assert "shanji_checkpoint_age_seconds" not in told


def test_it_tells_of_log_queues_and_checks(asked, sealed, still):
    create_need()
    sealed()
    create_need()
    now = timezone.now()
    Hook.objects.create(org="U-5RD6V9KME4", address="https://a.example", box=b"", made_at=now,
                        next=0, next_at=now, attempts=2)  # fmt: skip
    mail = {"code": "G-7K2M9Q4TX5", "state": "waiting", "next_at": now}
    Notice.objects.create(key="a", queued_at=now - timedelta(seconds=70), **mail)
    history.write(history.BACKUP, at=now - timedelta(seconds=90), good=False)
    Head.objects.update(mode="frozen")

    with CaptureQueriesContext(
        connection,
    ) as asking:
        answer = asked()
    told = figures(answer)

    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert told['shanji_mode{mode="frozen"}'] == 1
    assert told['shanji_mode{mode="ok"}'] == 0
    assert told["shanji_tree_size"] == Head.objects.get().size > 1
    assert told["shanji_unsealed"] > 0
    assert told["shanji_notices_oldest_seconds"] == 70
    assert told["shanji_webhooks_failing"] == 1
    assert told['shanji_check_good{check="backup"}'] == 0
    assert told['shanji_check_age_seconds{check="backup"}'] == 90
    assert len(asking) == 13


def test_every_figure_is_explained_and_names_are_those_of_the_format(asked):
    text = asked().content.decode()

    named = re.findall(r"^# TYPE (shanji_[a-z_]+) gauge$", text, re.M)
    assert re.findall(r"^# HELP (shanji_[a-z_]+) [A-Z1].+\.$", text, re.M) == named
    assert len(named) == len(set(named)) > 10
    line = re.compile(r'shanji_[a-z_]+(\{[a-z]+="[a-z0-9.]+"\})? [0-9.]+')
    rest = [one for one in text.splitlines() if not one.startswith("#")]
    assert [one for one in rest if not line.fullmatch(one)] == []
