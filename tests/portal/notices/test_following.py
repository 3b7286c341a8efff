"""Following by mail: double opt-in, digests of what was projected, one click to stop; the address
is kept encrypted and is gone once it is stopped."""

import re

import pytest
from django.core import mail

from portal.notices import following, sending
from portal.notices.models import Follower, Notice
from portal.tracking import news
from tests.factories.clock import AT, later
from tests.factories.needs import create_need
from tests.factories.oversight import asked_in_public, correct
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
LINK = re.compile(r"https?://[^/\s]+(/\S+)")
SOMEONE = "someone@example.org"


@pytest.fixture
def tell(monkeypatch):
    """One round of news inside the test's transaction."""
    return lambda at=AT: news.tell.__wrapped__(at=at)


def follow(client, code, address=SOMEONE):
    return client.post(f"/en/follow/{code}/", {"address": address})


def link_of(message):
    return LINK.search(message.body)[1]


def confirmed(client, code, address=SOMEONE):
    known = len(mail.outbox)
    follow(client, code, address)
    sending.deliver(at=later(days=9999))
    (message,) = mail.outbox[known:]
    assert client.post(link_of(message)).status_code == 200
    return Follower.objects.get(code=code, confirmed_at__isnull=False)


def test_an_address_is_asked_first_and_told_only_after_its_button(client, seal_and_project, tell):
    house = create_warehouse()
    seal_and_project()
    tell()
    assert "a mail is on its way" in follow(client, house.code).content.decode()
    assert b"someone" not in bytes(Follower.objects.get().box)
    asked_in_public(house.code, house.org)
    seal_and_project()

    assert tell() == 0, "nobody has confirmed yet"
    sending.deliver(at=later(days=9999))
    (question,) = mail.outbox
    assert question.to == [SOMEONE]
    assert "List-Unsubscribe" not in question.extra_headers
    page = client.get(link_of(question))
    assert page.status_code == 200
    assert Follower.objects.get().confirmed_at is None, "the GET alone changes nothing"
    client.post(link_of(question))
    asked_in_public(house.code, house.org)
    seal_and_project()

    assert tell() == 1
    sending.deliver(at=later(days=9999))
    digest = mail.outbox[-1]
    assert "A question was asked in public" in digest.body
    assert f"q={house.code}" in digest.body
    assert "300 pieces" not in digest.body, "open facts only"
    assert digest.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_stops_and_the_address_is_gone(client, seal_and_project, tell):
    house = create_warehouse()
    seal_and_project()
    tell()
    confirmed(client, house.code)
    asked_in_public(house.code, house.org)
    seal_and_project()
    tell()
    sending.deliver(at=later(days=9999))
    stop = mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")
    asked_in_public(house.code, house.org)
    seal_and_project()
    tell()

    answer = client.post(LINK.match(stop)[1], {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert not Follower.objects.exists()
    sent = len(mail.outbox)
    sending.deliver(at=later(days=9999))
    assert len(mail.outbox) == sent
    assert not Notice.objects.filter(state="waiting").exists()
    assert client.post(LINK.match(stop)[1], {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_nobody_learns_who_follows(client, seal_and_project):
    house = create_warehouse()
    confirmed(client, house.code)
    again = follow(client, house.code).content
    other = follow(client, house.code, "other@example.org").content

    hidden = re.compile(rb'value="[^"]*"')
    assert hidden.sub(b"", again) == hidden.sub(b"", other)
    sending.deliver(at=later(days=9999))
    assert [m.to[0] for m in mail.outbox].count(SOMEONE) == 1, "who follows is not asked again"


def test_one_address_is_asked_three_times_a_day_at_most():
    house = create_warehouse()
    for n in range(5):
        following.ask(house.code, SOMEONE, at=later(minutes=n))
    assert Notice.objects.count() == 3


def test_what_nobody_confirms_is_forgotten_after_two_days(client):
    house = create_warehouse()
    following.ask(house.code, SOMEONE, at=AT)
    sending.deliver(at=later(minutes=1))

    assert following.tidy(at=later(hours=47)) == 0
    assert following.tidy(at=later(hours=49)) == 1
    assert not Follower.objects.exists()
    assert client.get(link_of(mail.outbox[0])).status_code == 410


def test_corrections_are_followed_like_a_code(client, seal_and_project, tell, seal):
    house = create_warehouse()
    seal_and_project()
    tell()
    confirmed(client, "corrections")
    correct(2, house.org)
    seal_and_project()

    assert tell() == 1
    sending.deliver(at=later(days=9999))
    assert "Correction published" in mail.outbox[-1].body
    assert "/corrections/" in mail.outbox[-1].body


def test_a_need_may_be_followed_and_what_is_not_public_may_not(client):
    need = create_need()
    assert client.get(f"/en/follow/{need.code}/").status_code == 200
    assert client.get("/en/follow/G-C64TQSREQ3/").status_code == 404
    assert client.get("/en/follow/nonsense/").status_code == 404
    wrong = follow(client, need.code, "no address")
    assert wrong.status_code == 422
    assert "no e-mail address" in wrong.content.decode()


@pytest.mark.usefixtures("still")
def test_too_many_requests_from_one_connection_wait(client):
    need = create_need()
    for _n in range(20):
        follow(client, need.code, "")
    assert follow(client, need.code).status_code == 429
