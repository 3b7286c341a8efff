"""What a first-time visitor asks on a telephone: each answered within one screen or one tap of a
gift's page; and what that page weighs.

With SHOTS=docs/pictures it leaves a picture of each answer there.
"""

import gzip
import io
import os
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from ledger import publishing
from tests.browser.hands import PHONE, asked, fits
from tests.portal.tracking.stories import Story, whole

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEAVIEST = 60 * 1024  # bytes of the first page over the wire, with all that it loads
LONGEST = 1.25  # screens down to the taps, where five places are told in English
QUESTIONS = {  # what answers it, and the tap that leads there (none: it is on the first screen)
    "where-is-it": ("#verdict-h", ""),
    "did-the-hospital-confirm": ("#a-confirm", ".asks a[href='#a-confirm']"),
    "what-went-missing": ("#a-missing", ".asks a[href='#a-missing']"),
    "who-decided": ("#a-decided", ".asks a[href='#a-decided']"),
    "how-do-i-check": ("#a-check", ".asks a[href='#a-check']"),
}


@pytest.fixture
def phone(new_context, live_server, seal_and_project, settings):
    """phone(language): the page of a gift that was split, on a phone that has seen nothing yet."""
    settings.SITE_ORIGIN = live_server.url
    world = whole(Story())
    seal_and_project()
    publishing.sign_and_publish(at=timezone.now())

    def opened(language):
        page = new_context(base_url=live_server.url, viewport=PHONE).new_page()
        page.loaded = []
        page.on("requestfinished", lambda request: page.loaded.append(request.response()))
        page.goto(f"/{language}/g/{world['gift']}/")
        page.wait_for_load_state("networkidle")
        return page

    return opened


def on_screen(page, selector):
    """Wholly within what the phone shows at this moment."""
    top, bottom = edges(page, selector)
    return top >= 0 and bottom <= PHONE["height"]


def edges(page, selector):
    """Where it begins and ends on the screen; of the newest, where htmx replaces it meanwhile."""
    script = "e => [e.getBoundingClientRect().top, e.getBoundingClientRect().bottom]"
    return asked(page.locator(selector), script)


def keep(page, name):
    """A small picture of the screen, where somebody asked for it."""
    if folder := os.environ.get("SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(48)
        picture.save(Path(folder) / f"{name}.png", optimize=True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_five_questions_are_answered_within_one_screen_or_one_tap(phone, language):
    page = phone(language)
    for question, (answer, tap) in QUESTIONS.items():
        page.evaluate("scrollTo(0, 0)")
        if tap:
            assert edges(page, tap)[0] < LONGEST * PHONE["height"], (
                f"nothing to tap for: {question}"
            )
            page.locator(tap).click()
        assert on_screen(page, answer), question
        assert page.locator(answer).inner_text().strip()
        if language == "zh":
            keep(page, question)
    fits(page)


def weight(response):
    """Bytes of one answer over the wire: files of ours as production sends them, compressed once
    and for all; a page as it was compressed for this browser."""
    body = response.body()
    if "/static/" in response.url or response.headers.get("content-encoding") == "gzip":
        body = gzip.compress(body)
    return len(body) + sum(len(name) + len(value) + 4 for name, value in response.headers.items())


def test_the_first_page_of_a_gift_is_light(phone):
    page = phone("zh")

    weighs = {response.url: weight(response) for response in page.loaded}
    assert len(weighs) >= 5
    assert sum(weighs.values()) <= HEAVIEST, weighs
    assert page.context.cookies() == []
