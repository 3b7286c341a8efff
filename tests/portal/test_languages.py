import pytest
from django.urls import reverse
from django.utils import translation

from portal.languages import in_language, unprefixed

pytestmark = pytest.mark.urls("tests.portal.toy_urls")


@pytest.mark.parametrize(
    ("address", "cookie", "header", "language"),
    [
        ("/things/a/", "", "", "zh-hans"),
        ("/things/a/", "", "en-GB,en;q=0.9", "en"),
        ("/things/a/", "", "zh-TW", "zh-hans"),
        ("/things/a/", "", "fr", "zh-hans"),
        ("/things/a/", "zh-hans", "en", "zh-hans"),
        ("/things/a/", "en", "zh-CN", "en"),
        ("/zh/things/a/", "en", "en", "zh-hans"),
        ("/en/things/a/", "zh-hans", "zh-CN", "en"),
    ],
)
def test_the_address_decides_then_the_cookie_then_the_header(
    client, address, cookie, header, language
):
    client.cookies["language"] = cookie

    response = client.get(address, HTTP_ACCEPT_LANGUAGE=header)

    prefix = {"zh-hans": "zh", "en": "en"}[language]
    assert response["Content-Language"] == language
    assert response.content.decode().startswith(f"{language} ")
    assert response.content.decode().endswith(f"/{prefix}/things/a/")


def test_an_address_without_a_language_says_what_its_page_depends_on(client):
    assert client.get("/things/a/")["Vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize("address", ["/zh/things/a/", "/en/things/a/", "/file"])
def test_an_address_with_a_language_and_a_file_depend_on_nothing(client, address):
    assert not client.get(address).has_header("Vary")


@pytest.mark.parametrize("address", ["/fr/things/a/", "/zh-hans/things/a/", "/zhthings/a/"])
@pytest.mark.parametrize("header", ["en", "zh"])
def test_no_other_language_has_an_address_and_nothing_redirects(client, address, header):
    assert client.get(address, HTTP_ACCEPT_LANGUAGE=header).status_code == 404


def test_labels_and_links_have_the_address_they_need():
    with translation.override("en"):
        linked, labelled = reverse("toy:thing", args=["a"]), reverse("plain:toy:thing", args=["a"])

    assert (linked, labelled) == ("/en/things/a/", "/things/a/")


def test_an_address_is_made_where_no_language_is_active():
    with translation.override(None):
        assert reverse("toy:thing", args=["a"]) == "/zh/things/a/"


@pytest.mark.parametrize("path", ["/", "/zh/", "/en/", "/en/g/x/", "/g/x/", "/english/"])
def test_a_page_has_one_address_in_each_language(path):
    plain = unprefixed(path)

    assert in_language(path, "en") == f"/en{plain}"
    assert in_language(in_language(path, "en"), "zh-hans") == f"/zh{plain}"
    assert unprefixed(in_language(path, "en")) == plain


def test_headers_say_who_may_embed_and_what_the_page_may_use(client):
    response = client.get("/zh/things/a/")

    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Permissions-Policy"] == "geolocation=(), camera=(), microphone=()"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert sorted(response["Content-Security-Policy"].split("; ")) == [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
    ]
    assert not response.cookies
