"""Open pages keep themselves up to date: htmx asks for a part, cheaply, and only when it changed is
anything sent."""

import pytest
from django.utils import timezone

from tests.browser.hands import Hands
from tests.browser.world import accept
from tests.factories.pledges import create_pledge

pytestmark = pytest.mark.browser
A_ROUND = 15_500  # ms; the pages ask every 15 s


@pytest.fixture
def gift(site):
    made = create_pledge(stage="registered", at=timezone.now())
    site.settle()
    return made


@pytest.fixture
def reader(open_page, language):
    page = open_page(language)
    page.clock.install()
    return Hands(page, language)


def a_round(hands):
    """Fifteen seconds pass; the status with which the server answered what htmx asked.

    Asked of the browser's debugger: pages are told 200 where their cache was still right.
    """
    page, statuses = hands.page, []
    debugger = page.context.new_cdp_session(page)
    debugger.on("Network.responseReceivedExtraInfo", lambda e: statuses.append(e["statusCode"]))
    debugger.send("Network.enable")
    with page.expect_response(lambda r: "hx-request" in r.request.headers) as asked:
        page.clock.fast_forward(A_ROUND)
    asked.value.finished()
    debugger.detach()
    (status,) = statuses
    return status


def test_an_open_gift_page_follows_the_ledger(site, reader, gift):
    reader.public(f"/g/{gift.code}/")
    before = reader.text("#verdict-h")
    reader.page.evaluate("window.same = 'page'")
    assert a_round(reader) == 200
    assert a_round(reader) == 304  # nothing has changed: nothing is sent
    assert reader.text("#verdict-h") == before
    accept(gift.code)
    site.settle()
    assert a_round(reader) == 200
    reader.until(lambda: reader.text("#verdict-h") != before)
    assert reader.page.evaluate("window.same") == "page"
    assert reader.page.locator("ol.tl > li").count() == 2
    assert reader.page.locator("header.top").count() == 1  # a part, not the page in itself


HIDDEN = """hidden => {
    Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_a_page_that_nobody_looks_at_asks_for_nothing(site, reader, gift):
    reader.public(f"/g/{gift.code}/")
    sent = []
    reader.page.on("request", lambda r: "hx-request" in r.headers and sent.append(r.url))
    reader.page.evaluate(HIDDEN, True)
    for _round in range(4):
        reader.page.clock.fast_forward(A_ROUND)
    assert sent == []
    with reader.page.expect_response(lambda r: "hx-request" in r.request.headers):
        reader.page.evaluate(HIDDEN, False)
    assert reader.page.context.cookies() == []


def test_the_feed_of_the_first_page_follows_the_ledger(site, reader, gift):
    reader.public("/")
    assert reader.text("#feed li a") == gift.code
    a_round(reader)
    assert a_round(reader) == 304
    second = create_pledge(stage="registered", at=timezone.now())
    site.settle()
    assert a_round(reader) == 200
    reader.until(lambda: reader.text("#feed li a") == second.code)


def test_going_back_shows_a_whole_page(site, reader, gift):
    reader.public(f"/g/{gift.code}/")
    a_round(reader)
    a_round(reader)
    reader.click("footer a[href$='/about/']")
    reader.page.go_back()
    assert reader.page.locator("header.top").count() == 1
    assert reader.page.locator("#verdict-h").count() == 1
    restored = reader.page.request.get(
        f"/{reader.language}/g/{gift.code}/",
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )
    assert "<!DOCTYPE html>" in restored.text()
