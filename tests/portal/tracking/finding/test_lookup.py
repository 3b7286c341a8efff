"""A typed code leads to its page, or to a sentence that says what is wrong with it."""

import pytest

from ledger.core.codes import mint
from portal.tracking.models import Gift
from tests.portal.tracking.stories import MASK, Story, whole

pytestmark = pytest.mark.django_db

CHARACTERS = "There is a character in it that no code has."
LENGTH = "Some are missing or too many."
BAD = [
    ("", "Please type a code"),
    ("   ", "Please type a code"),
    ("G-7K2M9O4TX5", CHARACTERS),
    ("G-7K2M904TX5", CHARACTERS),
    ("G-7K2M9Q4TX\u0000", CHARACTERS),
    ("G-7K2M9Q4TX\u202e", CHARACTERS),
    ("G-7K2M9Q4TX٣", CHARACTERS),
    ("G-7K2M9", LENGTH),
    ("G-7K2M9Q4TX55", LENGTH),
    ("X-7K2M9Q4TX5", "No code begins with this letter."),
    ("G-K72M9Q4TX5", "One or two signs are wrong"),
    ("G-7K2M9Q4TX6", "One or two signs are wrong"),
    ("G" * 100_000, "This is too long for a code."),
]


@pytest.mark.parametrize(("typed", "sentence"), BAD)
def test_what_is_no_code_is_answered_with_a_sentence(client, typed, sentence):
    response = client.get("/en/g/", {"q": typed})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert len(response.content) < 30_000


@pytest.mark.parametrize("path", ["/en/g/?q=%ED%A0%80", "/en/g/?q=%FF%FE", "/en/g/?q=%00"])
def test_bytes_that_are_no_text_are_answered_with_a_sentence(client, path):
    response = client.get(path)

    assert response.status_code == 422
    assert "Please type words or a code: letters or digits." in response.content.decode()


@pytest.mark.parametrize("typed", ["%ED%A0%80", "G-7K2M9O4TX5", "G" * 2000, "%00", "..%2f"])
@pytest.mark.parametrize("kind", ["g", "needs", "shipments", "o"])
def test_a_wrong_address_is_not_found_and_never_breaks(client, kind, typed):
    assert client.get(f"/en/{kind}/{typed}/").status_code == 404


def test_a_right_code_of_nothing_public_keeps_what_was_typed(client):
    code = mint("G")

    response = client.get("/en/g/", {"q": code.lower()})

    assert response.status_code == 404
    page = response.content.decode()
    assert f"Nothing public has the code {code}." in page
    assert f'value="{code.lower()}"' in page


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def as_full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(
    "how", [str, str.lower, as_full_width, lambda c: f" {c[:5]} {c[5:]} ", lambda c: c[0] + c[2:]]
)
def test_a_code_may_be_typed_in_many_ways(world, client, how):
    response = client.get("/en/g/", {"q": how(world["gift"])})

    assert (response.status_code, response["Location"]) == (302, f"/en/g/{world['gift']}/")


@pytest.mark.parametrize(
    "how", [str, as_full_width, lambda c: c[0] + c[2:], lambda c: c[0] + c[2:].lower()]
)
def test_a_code_of_letters_alone_is_a_code_and_no_word(client, how):
    code = next(c for c in iter(lambda: mint("G"), None) if c[2:].isalpha())

    response = client.get("/en/g/", {"q": how(code)})

    assert response.status_code == 404
    assert f"Nothing public has the code {code}." in response.content.decode()


def test_needs_shipments_and_organisations_are_found_too(world, client):
    wanted = {
        world["need"]: f"/en/needs/{world['need']}/",
        world["shipments"][0]: f"/en/shipments/{world['shipments'][0]}/",
        world["listed"]: f"/en/o/{world['listed']}/",
    }

    assert {c: client.get("/en/g/", {"q": c})["Location"] for c in wanted} == wanted


def test_an_order_has_no_page_and_the_sentence_says_where_to_look(world, client):
    response = client.get("/en/g/", {"q": mint("R")})

    assert response.status_code == 404
    assert "stands on the page of its gift" in response.content.decode()


def test_a_page_of_one_kind_does_not_show_the_code_of_another(world, client):
    assert client.get(f"/en/g/{world['need']}/").status_code == 404
    assert client.get(f"/en/needs/{world['gift']}/").status_code == 404
    assert Gift.objects.count() == 1
    assert MASK in Gift.objects.get().places
