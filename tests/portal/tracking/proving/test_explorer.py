"""The explorer: entries with proof and neighbours, checkpoints with cosigners, integrity."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import ledger.api as ledger
from ledger import publishing
from ledger.core import notes
from ledger.models import Anchor, Cosignature, Head, Journal
from ledger.verify.__main__ import main as verify
from tests.portal.tracking.stories import Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return Story()


def more(story):
    story.organisation("某医院", "A hospital")


@pytest.fixture
def size(story, seal_and_project, log):
    whole(story)
    seal_and_project()
    publishing.sign_and_publish(at=timezone.now())
    return ledger.size()


def text(client, name, *args):
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("index", [0, 1, -2, -1])
def test_the_path_on_an_entrys_page_leads_to_the_signed_root(client, size, index):
    index %= size
    root = notes.parse_checkpoint(notes.parse_note(ledger.published().note)[0]).root

    html = text(client, "tracking:entry", index)

    steps = html.partition('class="climb"')[2].partition("</ol>")[0]
    assert ledger.entry(index).leaf.hex() in steps
    assert steps.count("<li>") == 1 + len(ledger.proof(index, size))
    assert root.hex() in steps.rpartition("<li>")[2]


def test_an_entry_names_its_neighbours_and_its_numbers(client, size):
    middle = ledger.entry(size // 2)

    html = text(client, "tracking:entry", middle.index)

    assert ledger.entry(middle.index - 1).leaf.hex() in html
    assert ledger.entry(middle.index + 1).leaf.hex() in html
    for code, n in middle.body["cases"]:
        assert code in html
        assert f'<td class="r num">{n}</td>' in html


def test_the_first_and_the_last_have_one_neighbour(client, size):
    assert "none: this is the first" in text(client, "tracking:entry", 0)
    assert "none yet" in text(client, "tracking:entry", size - 1)


def test_a_sealed_entry_without_a_published_checkpoint_says_so(
    client, size, story, seal_and_project
):
    more(story)
    seal_and_project()

    html = text(client, "tracking:entry", ledger.size() - 1)

    assert "not under a published checkpoint yet" in html
    index = ledger.size() - 1
    assert client.get(reverse("tracking:entry_file", args=[index, "tlog-proof"])).status_code == 404


def test_the_files_of_an_entry_verify(client, size, tmp_path, log):
    for kind in ("tlog-proof", "entry"):
        response = client.get(reverse("tracking:entry_file", args=[3, kind]))
        assert response.status_code == 200
        (tmp_path / f"3.{kind}").write_bytes(response.content)

    target, policy = str(tmp_path / "3.tlog-proof"), str(log.dir / "policy")
    assert verify([target, "--policy", policy]) == 0
    data = bytearray((tmp_path / "3.entry").read_bytes())
    data[20] ^= 1
    (tmp_path / "3.entry").write_bytes(data)
    assert verify([target, "--policy", policy]) == 1


def test_another_index_in_the_files_name_is_not_found(client, size):
    assert client.get("/ledger/entry/3/4.entry").status_code == 404


def test_older_entries_are_a_page_away(client, size):
    html = text(client, "tracking:ledger")
    assert f"?before={size - 20}" in html

    older = client.get(f"{reverse('tracking:ledger')}?before=5").content.decode()

    assert f'href="{reverse("tracking:entry", args=[4])}"' in older
    assert f'href="{reverse("tracking:entry", args=[5])}"' not in older


def test_checkpoints_say_who_cosigned_and_when(client, size):
    first = timezone.now()
    for name, late in (("audit", 0), ("paper", 60), ("audit", 3600)):
        at = int(first.timestamp()) + late
        Cosignature.objects.create(size=size, witness=name, at=at, line="x")

    html = text(client, "tracking:checkpoints")

    assert f"over {size:,} entries" in html
    assert html.count(">audit<") == 1
    assert html.index(">audit<") < html.index(">paper<")


def test_a_checkpoint_with_a_time_stamp_says_so(client, size):
    before = client.get(reverse("tracking:checkpoints"))
    note = ledger.checkpoints(1)[0].note
    Anchor.objects.create(size=size, kind="rfc3161", note=note, token=b"x", at=timezone.now())

    after = client.get(reverse("tracking:checkpoints"))

    link = f'href="/ledger/anchor/{size}.tsr"'
    assert link not in before.content.decode()
    assert link in after.content.decode()
    assert before["ETag"] != after["ETag"]


def test_integrity_tells_the_last_check_and_its_outcome(client, size, settings):
    settings.LEDGER_CHECKS = []
    assert "none yet" in text(client, "tracking:integrity")

    call_command("fsck")
    assert "everything agrees" in text(client, "tracking:integrity")

    (settings.LEDGER_DIR / "notes.txt").write_text("x")
    with pytest.raises(SystemExit):
        call_command("fsck")
    assert "differences were found" in text(client, "tracking:integrity")


def test_integrity_tells_the_mode_and_since_when(client, size):
    assert "seals, signs and publishes" in text(client, "tracking:integrity")
    Head.objects.update(mode="frozen")
    since = timezone.now() - timedelta(hours=2)
    Journal.objects.create(kind="mode", at=since, size=size, good=False, text="frozen")

    html = text(client, "tracking:integrity")

    assert "frozen: events are sealed" in html
    assert (since + timedelta(hours=8)).isoformat(timespec="seconds")[:19] in html


def test_an_unchanged_page_is_answered_304_until_a_cosignature_comes(client, size):
    for name in ("tracking:ledger", "tracking:checkpoints", "tracking:integrity"):
        address = reverse(name)
        etag = client.get(address)["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
        Cosignature.objects.create(size=size, witness=name, at=1, line="x")
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_queries_are_the_same_for_one_checkpoint_and_many(
    client, size, seal_and_project, story, django_assert_num_queries
):
    address = reverse("tracking:checkpoints")
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(3):
        more(story)
        seal_and_project()
        publishing.sign_and_publish(at=timezone.now())
    with django_assert_num_queries(len(one)):
        assert client.get(address).content.decode().count("Cosigned by nobody") == 4
