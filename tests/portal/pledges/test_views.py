"""The donor's pages: what is wrong is said, what was typed stays, the link shows once."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from portal.accounts.links import open_link
from portal.accounts.models import Link
from portal.accounts.roles import Role
from portal.input.models import Sending
from portal.needs.models import Need, NeedLine
from portal.needs.stages import CloseReason, Withdrawn
from portal.pledges.models import Pledge, PledgeLine
from portal.stages import engine
from tests.factories.catalogue import MASK, SURGICAL, variant
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
CLAIM = re.compile(r"/claim/([\w-]+)/")
HIDDEN = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture
def line():
    return create_need(lines=[(MASK, "exact", 1000)]).lines.select_related("need").get()


def address(line, language="en"):
    with translation.override("zh-hans" if language == "zh" else "en"):
        return reverse("pledges:pledge", args=[line.need.code, line.no])


def offer_address(language="en"):
    with translation.override("zh-hans" if language == "zh" else "en"):
        return reverse("pledges:offer")


def once_of(client, page):
    return HIDDEN.search(client.get(page).content.decode())[1]


def filled(line, **changed):
    return {
        "lines-0-variant": MASK,
        "lines-0-quantity": "400",
        "lines-0-need": line.need.code if line else "",
        "lines-0-need_line": str(line.no) if line else "",
        "lines-TOTAL_FORMS": "1",
        "visibility": "anonymous",
        "once": "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
        **{f"lines-{n}-need_line": "0" for n in range(1, 8)},
        **changed,
    }


def test_the_page_says_what_is_missing_and_leaves_the_quantity_to_the_donor(client, line):
    create_pledge(lines=((MASK, 400, line),))

    page = client.get(address(line)).content.decode()

    assert '<dt>Still missing</dt><dd class="num"><b>600 pieces</b></dd>' in page
    assert re.search(r'name="lines-0-quantity"(?![^>]*value=)', page)
    assert "GB 19083" in page
    assert line.need.code in page
    assert line.need.hospital.legal_name in page


def test_a_line_without_a_limit_offers_no_quantity(client):
    line = create_need(lines=[(MASK, "unlimited", None)]).lines.get()

    page = client.get(address(line))

    assert (page.status_code, 'aria-invalid="true"' in page.content.decode()) == (200, False)


def test_giving_leads_to_code_public_link_and_secret_link(client, line):
    page = client.post(address(line), filled(line), follow=True)

    gift = Pledge.objects.get()
    text = page.content.decode()
    link = open_link(CLAIM.search(text)[1], purpose="claim", at=timezone.now())
    assert page.redirect_chain == [(f"/en/pledge/given/{gift.code}/", 302)]
    assert link.code == gift.code
    assert f"https://tests.shanji.example/g/{gift.code}/" in text
    assert "data:image/svg+xml" in text
    assert page["Cache-Control"].count("no-store") == 1
    assert page["Referrer-Policy"] == "no-referrer"


def test_the_secret_link_is_shown_once_and_kept_nowhere(client, line):
    page = client.post(address(line), filled(line), follow=True)
    token = CLAIM.search(page.content.decode())[1]

    again = client.get(page.redirect_chain[0][0])

    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    kept += [str(row) for row in Link.objects.values()]
    assert (again.status_code, CLAIM.search(again.content.decode())) == (200, None)
    assert [text for text in kept if token in text] == []


def test_somebody_else_gets_no_secret_link(client, line):
    create_pledge()
    page = client.get(reverse("pledges:given", args=[Pledge.objects.get().code]))

    assert (page.status_code, CLAIM.search(page.content.decode())) == (200, None)
    assert Link.objects.count() == 0


def test_a_form_sent_twice_is_one_gift(client, line):
    data = filled(line, once=once_of(client, address(line)))
    first = client.post(address(line), data)
    second = client.post(address(line), data)

    assert first["Location"] == second["Location"]
    assert PledgeLine.objects.count() == 1


def test_a_form_sent_again_with_other_content_is_refused(client, line):
    data = filled(line, once=once_of(client, address(line)))
    client.post(address(line), data)

    page = client.post(address(line), {**data, "lines-0-quantity": "7"})

    assert (page.status_code, PledgeLine.objects.count()) == (422, 1)


def test_nobody_is_answered_with_the_gift_of_another(client, line):
    data = filled(line)
    first = client.post(address(line), data)

    second = type(client)().post(address(line), data)

    assert first["Location"] != second["Location"]
    assert Sending.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "english", "chinese"),
    [
        ("lines-0-quantity", "0", "must be at least 1", "不能小于 1"),
        ("lines-0-quantity", "-5", "digits 0-9", "0-9"),
        ("lines-0-quantity", "1_000", "1000?", "1000"),
        ("lines-0-quantity", "١٢", "12?", "12"),
        ("lines-0-quantity", "４００", "400?", "400"),
        ("lines-0-quantity", "NaN", "digits 0-9", "0-9"),
        ("lines-0-quantity", "1e3", "digits 0-9", "0-9"),
        ("lines-0-quantity", "1.5", "digits 0-9", "0-9"),
        ("lines-0-quantity", "1000000000000", "digits 0-9", "0-9"),
        ("lines-0-quantity", "9999999999", "At most 1,000,000,000", "1,000,000,000"),
        ("lines-0-quantity", "2000000", "very large number", "2,000,000"),
        ("lines-0-quantity", "1001", "Only 1000 are still missing", "1000"),
        ("lines-0-quantity", "", "required", "必填"),
        ("lines-0-variant", SURGICAL, "Select a valid choice", "选"),
        ("lines-0-need", "N-2222222222", "no such line of a need", "没有这条需求明细"),
        ("lines-0-need_line", "99", "no such line of a need", "没有这条需求明细"),
        ("donor_name", "吴善", "no name is kept", "您选择了匿名"),
        ("visibility", "secret", "Select a valid choice", "选"),
        ("contact", "a\u202eb", "U+202E", "U+202E"),
        ("contact", "a\u0007b", "U+0007", "U+0007"),
        ("contact", "x" * 100_000, "too long", "99800"),
        ("donor_name", "吴善 13800000000", "mobile number", "手机号"),
        ("homepage", "http://spam.example", "people do not see", "看不见的栏目"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_wrong_is_said_and_nothing_stored(
    client, line, field, typed, english, chinese, language
):
    page = client.post(address(line, language), filled(line, **{field: typed}))

    summary = page.content.decode().partition('class="summary"')[2].partition("</div>")[0]
    assert page.status_code == 422
    assert (english if language == "en" else chinese) in summary
    assert ("Please" in summary) == (language == "en")
    assert (Pledge.objects.count(), NeedLine.objects.get().pledged) == (0, 0)


def test_what_was_typed_stays(client, line):
    data = filled(line, **{"lines-0-quantity": "1_000", "contact": "write to me"})

    text = client.post(address(line), data).content.decode()

    assert 'value="1_000"' in text
    assert 'value="write to me"' in text


def test_a_large_number_is_taken_when_it_is_meant(client):
    line = create_need(lines=[(MASK, "exact", 5_000_000)]).lines.get()
    data = filled(line, **{"lines-0-quantity": "2000000"})
    assert 'name="sure"' in client.post(address(line), data).content.decode()

    page = client.post(address(line), {**data, "sure": "on"})

    assert (page.status_code, PledgeLine.objects.get().quantity) == (302, 2_000_000)


@pytest.mark.parametrize("stage", ["draft", "submitted", "returned"])
def test_a_need_that_is_not_public_is_not_there(client, stage):
    line = create_need(stage=stage).lines.get()

    answers = {client.get(address(line)).status_code, client.post(address(line)).status_code}

    assert answers == {404}


def test_a_line_that_does_not_exist_is_not_there(client, line):
    line.no = 99

    assert client.get(address(line)).status_code == 404


def test_a_closed_need_says_so(client, line):
    hospital = actor_of(Role.HOSPITAL, org=line.need.hospital.code)
    facts = Withdrawn(reason=CloseReason.CHANGED)
    engine.advance(Need, line.need.code, "withdraw", actor=hospital, facts=facts, at=AT)

    page = client.get(address(line))

    assert (page.status_code, "takes no more gifts" in page.content.decode()) == (410, True)


def test_goods_can_be_offered_for_no_special_need(client):
    variant()
    data = filled(
        None, **{"lines-1-variant": SURGICAL, "lines-1-quantity": "7", "lines-TOTAL_FORMS": "3"}
    )

    client.post(offer_address(), data)

    rows = PledgeLine.objects.order_by("no").values_list("variant__key", "quantity", "need_line")
    assert list(rows) == [(MASK, 400, None), (SURGICAL, 7, None)]


def test_an_offer_of_nothing_is_refused(client):
    variant()
    empty = {"lines-0-variant": "", "lines-0-quantity": "", "lines-0-need_line": "0"}

    page = client.post(offer_address(), filled(None, **empty))

    assert (page.status_code, Pledge.objects.count()) == (422, 0)
    assert "at least one line" in page.content.decode()


def test_more_lines_are_given_without_script(client):
    variant()
    data = filled(None, **{"lines-TOTAL_FORMS": "3", "more": "lines"})

    page = client.post(offer_address(), data)

    text = page.content.decode()
    assert (page.status_code, text.count('name="lines-7-quantity"')) == (200, 1)
    assert 'value="400"' in text
    assert Pledge.objects.count() == 0


@pytest.mark.usefixtures("still")
def test_the_twenty_first_gift_of_an_hour_waits(client, line):
    codes = {client.post(address(line), filled(line, once="")).status_code for _ in range(20)}

    page = client.post(address(line), filled(line))

    assert (codes <= {302, 422}, page.status_code, page["Retry-After"]) == (True, 429, "3600")
    assert "20 gifts an hour" in page.content.decode()


def test_the_pages_are_not_for_search_engines_and_not_kept(client, line):
    for page in (address(line), offer_address()):
        answer = client.get(page)
        assert 'content="noindex"' in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


def test_the_page_asks_as_often_for_three_needs_as_for_one(client, line):
    counts = []
    for more in (0, 2):
        for _ in range(more):
            create_pledge(lines=((MASK, 10, create_need().lines.get()), (MASK, 10, line)))
        client.get(address(line))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(line))
        counts.append(len(queries))

    assert counts == [6, 6]  # two of them: whether and for which campaign gifts are taken
