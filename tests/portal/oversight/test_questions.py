"""Questions of the public: asked by anybody, looked at by a moderator, answered by the organisation
or publicly unanswered; the texts stand beside the record and can be erased."""

import re

import pytest

import ledger.api as ledger
from portal.accounts.roles import Role
from portal.notices.models import Notice, Reader
from portal.oversight import asking
from portal.oversight.models import Question
from portal.oversight.queries import answering_choices
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.tracking.projection.checking import differences
from tests.factories.clock import AT, later
from tests.factories.funds import member_of
from tests.factories.needs import create_need
from tests.factories.organisations import create_charity
from tests.factories.oversight import (
    answered,
    ask,
    asked_in_public,
    publish_answer,
    publish_question,
    reply,
)
from tests.factories.people import actor_of, signed_in
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
WORDS = re.compile(r"<[^>]+>|\s+")


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return " ".join(WORDS.sub(" ", answer.content.decode()).split())


@pytest.fixture
def house():
    return create_warehouse(org=create_charity())


def form(record, **more):
    return {"record": record, "topic": "numbers", "text": "Where are the 300 pieces?"} | more


def test_anybody_asks_without_an_account_and_nobody_sees_it_before_a_moderator(
    client, house, sealed
):
    page = text(client.get(f"/en/questions/new?record={house.code}"))
    assert "Ask a question" in page

    sent = client.post("/en/questions/new", form(house.code, contact="someone@example.org"))

    assert sent.url == "/en/questions/asked/"
    question = Question.objects.get()
    assert (question.stage, question.record) == ("received", house.code)
    assert not [e for e in sealed() if question.code in e.raw.decode()]
    assert text(client.get("/en/questions/asked/"))
    kept = Reader.objects.get(code=question.code)
    assert b"someone" not in bytes(kept.box)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"record": "W-C64TQSREQ3"}, "Nothing public has the code"),
        ({"text": "call 13800000000"}, "personal mobile number"),
        ({"text": "11010519491231002X"}, "identity card"),
        ({"text": ""}, "required"),
        ({"contact": "no address"}, "no e-mail address"),
    ],
)
def test_what_may_not_be_asked_is_refused_with_a_sentence_and_kept(client, house, changed, said):
    page = text(client.post("/en/questions/new", form(house.code) | changed), status=422)

    assert said in page
    assert not Question.objects.exists()


@pytest.mark.usefixtures("still")
def test_questions_from_one_connection_are_limited(client, house):
    for _n in range(10):
        client.post("/en/questions/new", {})
    assert client.post("/en/questions/new", form(house.code)).status_code == 429


def test_asked_published_answered_after_five_hours_and_shown_beside_the_record(
    client, house, seal_and_project
):
    asked = answered(house.code, house.org)
    seal_and_project()

    for address in (
        f"/en/warehouses/{house.code}/",
        "/en/questions/",
        f"/en/questions/{asked.code}/",
    ):
        page = text(client.get(address))
        assert "Where are the 300 pieces?" in page, address
        assert "They are counted again today." in page
        assert "answered after 5 hours" in page
    assert client.get("/en/g/", {"q": asked.code}).url == f"/en/questions/{asked.code}/"
    assert not differences()


def test_a_question_left_alone_for_72_hours_is_publicly_unanswered(client, house, seal_and_project):
    asked = asked_in_public(house.code, house.org)
    waits = asked_in_public(house.code, house.org, text="And since when?")
    reply(waits, house.org)

    assert asking.fall_overdue(at=later(hours=71)) == 0
    assert asking.fall_overdue(at=later(hours=72)) == 1
    assert asking.fall_overdue(at=later(hours=73)) == 0
    seal_and_project()

    page = text(client.get("/en/questions/?state=overdue"))
    assert "Unanswered" in page
    assert "unanswered since 2 Mar 2026 09:00" in page
    assert "And since when?" not in page
    asked.refresh_from_db()
    reply(asked, house.org, at=later(hours=80))
    publish_answer(asked, house.org, at=later(hours=81))
    seal_and_project()
    assert "answered late" in text(client.get(f"/en/questions/{asked.code}/"))


def test_the_text_is_looked_at_by_people_and_by_two_of_them(house):
    with pytest.raises(MoveRefused, match="tick"):
        publish_question(ask(house.code), house.org, checked=False)
    asked = asked_in_public(house.code, house.org)
    with pytest.raises(MoveRefused, match="no answer yet"):
        publish_answer(asked, house.org)
    both = member_of(house.org, Role.COORDINATOR)
    reply(asked, house.org, actor=both)
    moderator = type(both)(role=Role.MODERATOR, org=both.org, person_id=both.person_id)
    with pytest.raises(MoveRefused, match="Another person"):
        publish_answer(asked, house.org, actor=moderator)


def test_only_the_organisation_that_is_asked_may_answer(client, house):
    asked = asked_in_public(house.code, house.org)

    with pytest.raises(NotYours):
        reply(asked, create_charity())
    with pytest.raises(NotYours):
        engine.advance(
            Question, asked.code, "reply", actor=actor_of(Role.MODERATOR), facts=None, at=AT
        )
    assert (
        signed_in(client, Role.COORDINATOR).get(f"/en/questions/{asked.code}/answer/").status_code
        == 404
    )


def test_the_hospital_answers_on_a_page_of_its_own(client, seal_and_project):
    need = create_need()
    hospital = need.hospital
    asked = asked_in_public(need.code, hospital)
    signed_in(client, Role.HOSPITAL, org=hospital.code)

    assert "Questions to you" in text(client.get("/en/hospital/"))
    page = text(client.get(f"/en/questions/{asked.code}/answer/"))
    sent = client.post(f"/en/questions/{asked.code}/answer/", {"answer": "They came on Monday."})

    assert "Where are the 300 pieces?" in page
    assert "Questions to you" not in text(client.get("/en/hospital/")), "answered"
    assert sent.url == f"/en/questions/{asked.code}/"
    asked.refresh_from_db()
    assert asked.answer == "They came on Monday."


def test_the_one_who_asked_is_told_by_mail_if_he_left_an_address(house):
    asked = asked_in_public(house.code, house.org, contact="someone@example.org")
    reply(asked, house.org)
    publish_answer(asked, house.org)

    assert Notice.objects.filter(code=asked.code).count() == 2


def test_the_organisation_near_the_record_stands_first_among_those_to_answer(house):
    create_charity()
    found = answering_choices(subject=ask(house.code), actor=actor_of(Role.MODERATOR))

    assert found[0][0] == house.org.code


def test_an_erased_question_says_so_and_every_check_still_holds(client, house, seal_and_project):
    asked = answered(house.code, house.org)
    seal_and_project()
    ledger.erase(ledger.about(asked.code), keep=["actor"], at=AT)
    seal_and_project()

    page = text(client.get(f"/en/questions/{asked.code}/"))

    assert "300 pieces" not in page
    assert "erased on request" in page
    assert not differences()


@pytest.mark.parametrize("many", [0, 1, 3])
def test_the_list_asks_the_same_few_questions_however_long_it_is(
    client, house, seal_and_project, django_assert_max_num_queries, many
):
    for _n in range(many):
        asked_in_public(house.code, house.org)
    seal_and_project()
    client.get("/en/questions/")
    with django_assert_max_num_queries(6):
        client.get("/en/questions/")
