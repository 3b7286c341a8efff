"""The public files over HTTP: exact bytes, exact headers, nothing else."""

import pytest
from django.utils import timezone

from ledger import publishing

FILES = {
    "checkpoint": ("text/plain; charset=utf-8", "public, max-age=5"),
    "policy": ("text/plain; charset=utf-8", "public, max-age=60"),
    "tile/0/000.p/4": (
        "application/octet-stream",
        "public, max-age=31536000, immutable, no-transform",
    ),
    "tile/entries/000.p/4": (
        "application/octet-stream",
        "public, max-age=31536000, immutable, no-transform",
    ),
    "disclosures/000": ("application/json", "public, max-age=60"),
}


@pytest.fixture
def published(log, story, seal):
    story.tell(3)
    seal()
    publishing.sign_and_publish(at=timezone.now())
    return log.dir


@pytest.mark.parametrize("path", FILES)
def test_failure_29_a_file_is_served_with_its_headers(published, client, path):
    answer = client.get(f"/ledger/{path}")

    assert answer.status_code == 200
    assert answer.content == (published / path).read_bytes()
    assert (answer["Content-Type"], answer["Cache-Control"]) == FILES[path]
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    assert client.head(f"/ledger/{path}").status_code == 200
    assert client.post(f"/ledger/{path}").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001",
        "tile/0/000.p/4/x",
        "tile/0/000.p/04",
        "tile/0/../../checkpoint",
        "tile/entries/..%2f..%2fsigner.json",
        "disclosures/000.p/1",
        "disclosures/../checkpoint",
        "disclosures/%2e%2e/checkpoint",
        "disclosures/0",
        "tile/%00",
        "tile/entries/000.p/4%0a",
    ],
)
def test_failure_29_what_is_no_file_of_the_log_is_absent_and_not_kept(published, client, path):
    answer = client.get(f"/ledger/{path}")

    assert answer.status_code == 404
    if path.startswith("tile/0/0"):
        assert answer["Cache-Control"] == "no-store"


def test_before_the_first_checkpoint_there_is_none(log, client):
    answer = client.get("/ledger/checkpoint")

    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
