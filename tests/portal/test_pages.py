from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from ledger.models import Head, Intent, StoredCheckpoint
from portal import pages


@pytest.fixture
def log(db):
    Head.objects.all().delete()
    Head.objects.create(
        origin="tests.shanji.example/ledger",
        vkey="",
        size=7,
        root=b"",
        frontier=b"",
        last=b"",
        at="",
        mode="ok",
    )


def test_without_a_log_the_site_is_not_healthy(client, db):
    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {
        "mode": None,
        "tree_size": 0,
        "checkpoint_age_s": None,
        "unsealed": 0,
        "oldest_unsealed_s": None,
    }


def test_health_tells_how_late_sealing_and_signing_are(client, log, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    for uid, seconds in (("a", 3), ("b", 2)):
        Intent.objects.create(
            uid=uid * 32,
            type="toy.move",
            case="S-7K2M9Q4TX5",
            codes="[]",
            data="{}",
            sd="[]",
            created_at=now - timedelta(seconds=seconds),
        )
    StoredCheckpoint.objects.create(
        size=5, note="", signed_at=now - timedelta(seconds=8), stamp=b""
    )

    response = client.get("/healthz")

    assert response.json() == {
        "mode": "ok",
        "tree_size": 7,
        "checkpoint_age_s": 8.0,
        "unsealed": 2,
        "oldest_unsealed_s": 3.0,
    }
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert not response.cookies


@pytest.mark.parametrize(
    ("page", "refusal", "code"),
    [
        (pages.bad_request, ValueError("secret"), 400),
        (pages.not_found, Http404("No Person matches the given query."), 404),
        (pages.forbidden, PermissionDenied("This is for the dispatcher."), 403),
    ],
)
def test_a_refusal_has_a_page_that_tells_no_more_than_it_should(page, refusal, code):
    response = page(RequestFactory().get("/zh/x/"), refusal)

    text = response.content.decode()
    assert response.status_code == code
    assert "secret" not in text
    assert "No Person matches" not in text
    assert ("This is for the dispatcher." in text) is (code == 403)


def test_the_page_for_a_bug_needs_neither_database_nor_session():
    response = pages.server_error(RequestFactory().get("/"))

    assert response.status_code == 500


def test_an_address_that_does_not_exist_is_a_page_in_the_readers_language(client):
    response = client.get("/en/there-is-no-such-page/")

    assert response.status_code == 404
    assert response["Content-Language"] == "en"
    assert not response.cookies
