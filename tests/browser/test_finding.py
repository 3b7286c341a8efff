"""The one box in a browser with scripts: answers while one types, keys that walk through them, and
a photo of a QR code that leads to its page."""

import re

import pytest
import segno
from django.utils import timezone

from tests.browser.axe import accessible
from tests.browser.hands import Hands, asked
from tests.factories.organisations import create_hospital
from tests.factories.pledges import create_pledge

pytestmark = pytest.mark.browser
ACTIVE = "document.activeElement.getAttribute('href') || document.activeElement.id"
SAYS = "#found-says"
UNREAD = "画面里没有本站的编号。请再试一次，或输入编号。"


@pytest.fixture
def reader(open_page, language):
    return Hands(open_page(language), language)


def types(hands, text):
    """In the box of the first page, key by key; waits for the answer to the last of them."""
    box = hands.public("/").page.locator("#q")
    with hands.page.expect_response(lambda answer: "hx-request" in answer.request.headers):
        box.press_sequentially(text)
    hands.until(lambda: hands.text(SAYS))
    return box


def at(hands, key):
    """Where that key leads: the address of a link, or the name of a field."""
    hands.page.keyboard.press(key)
    return asked(hands.page, f"() => {ACTIVE}")


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_what_is_found_comes_while_typing_and_keys_walk_through_it(site, reader):
    now = timezone.now()
    names = ("First Riverside Hospital", "Second Riverside Hospital")
    codes = {create_hospital(name_en=name, at=now).code for name in names}
    gift = create_pledge(stage="registered", at=now)
    site.settle()

    types(reader, "Riverside")
    assert re.search(r"\b2 results shown", reader.text(SAYS))
    assert reader.page.locator(SAYS).get_attribute("role") == "status"  # said aloud as it changes
    first, second = at(reader, "ArrowDown"), at(reader, "ArrowDown")
    assert {re.search(r"/o/(.+)/", href)[1] for href in (first, second)} == codes
    accessible(reader.page)
    assert at(reader, "ArrowUp") == first
    assert at(reader, "Escape") == "q"
    at(reader, "Escape")
    assert reader.page.locator("#found-now a").count() == 0
    assert reader.page.locator("#q").input_value() == ""

    types(reader, gift.code.lower())
    assert at(reader, "ArrowDown").endswith(f"/g/{gift.code}/")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url(f"**/en/g/{gift.code}/")

    types(reader, "Second Riverside").press("Enter")
    reader.page.wait_for_url("**/en/g/?q=Second**")
    assert reader.page.locator("#found-now a", has_text=names[1]).count() == 1


@pytest.mark.parametrize("language", ["zh"], indirect=True)
def test_a_photo_of_a_label_leads_to_its_page_and_leaves_the_device_never(
    site, reader, language, tmp_path
):
    gift = create_pledge(stage="registered", at=timezone.now())
    site.settle()
    label, foreign, text = (tmp_path / name for name in ("a.png", "b.png", "c.txt"))
    segno.make(f"{site.url}/g/{gift.code}/", error="m").save(str(label), scale=6)
    segno.make("https://evil.example/g/G-7K2M9Q4TX5/").save(str(foreign), scale=6)
    text.write_text("no picture")
    sent = set()
    reader.public("/").page.on("request", lambda request: sent.add(request.method))
    says = "[data-photo-says]"

    for file in (foreign, text):
        reader.page.evaluate(f"document.querySelector('{says}').textContent = ''")
        reader.page.set_input_files("[data-photo] input", file)
        reader.until(lambda: reader.text(says))
        assert reader.text(says) == UNREAD
    accessible(reader.page)
    reader.page.set_input_files("[data-photo] input", label)

    reader.page.wait_for_url(f"**/zh/g/{gift.code}/")
    assert sent == {"GET"}
