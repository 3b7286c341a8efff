"""Pages say of each entry whether it is sealed only or witnessed too, and what is missing."""

import re
import time

import pytest
from django.utils import timezone

import ledger.api as ledger
from ledger import publishing, signing
from ledger.core import witness
from ledger.models import Cosignature
from tests.portal.tracking.stories import Story, whole
from tests.witness_fixtures import key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project, publish_witnessed):
    told = whole(Story())
    seal_and_project()
    return told


@pytest.fixture
def look(world, client):
    return lambda **headers: client.get(f"/en/g/{world['gift']}/", headers=headers)


def words(response):
    """(how many entries are called witnessed, how many are not, the line that says what waits)."""
    text = response.content.decode()
    said = [
        one.rpartition("</svg>")[2] for one in re.findall(r'<span class="ok">(.*?)</span>', text)
    ]
    waits = re.search(r"Sealed, [^<]*", text)
    both = sum("witnessed" in one for one in said)
    return both, len(said) - both, waits[0] if waits else ""


def cosigned_by(name, stored):
    text, at = stored.note.partition("\n\n")[0] + "\n", int(time.time())
    line = witness.cosign(key_of(name), text, time=at)
    Cosignature.objects.create(size=stored.size, witness=name, line=line, at=at)


def test_every_entry_is_witnessed_once_the_quorum_has_signed(look, publish_witnessed):
    publish_witnessed()

    witnessed, sealed, waits = words(look())

    assert (witnessed > 3, sealed, waits) == (True, 0, "")


def test_a_new_entry_waits_and_says_for_whom(look, world, seal_and_project, publish_witnessed):
    publish_witnessed()
    before = words(look())[0]
    first = look()["ETag"]
    Story().say("balloon.launch", world["gift"])
    seal_and_project()

    assert words(look()) == (before, 1, "Sealed, on its way to the witnesses")
    tags = [first, look()["ETag"]]

    stored = signing.sign(at=timezone.now())
    since = timezone.localtime(stored.signed_at)
    assert words(look())[2] == f"Sealed, 0 of 3 witnesses, since {since:%Y-%m-%d %H:%M}"
    tags.append(look()["ETag"])

    cosigned_by("newspaper", stored)
    publishing.publish()
    assert words(look()) == (before, 1, f"Sealed, 1 of 3 witnesses, since {since:%Y-%m-%d %H:%M}")
    tags.append(look()["ETag"])
    assert look(If_None_Match=tags[-1]).status_code == 304

    cosigned_by("audit-firm", stored)
    publishing.publish()
    assert look(If_None_Match=tags[-1]).status_code == 200
    assert words(look()) == (before + 1, 0, "")
    tags.append(look()["ETag"])
    assert len(set(tags)) == 5


def test_the_tag_of_a_witnessed_page_does_not_change_with_what_others_wait_for(
    look, world, seal_and_project, publish_witnessed
):
    publish_witnessed()
    tag = look()["ETag"]

    Story().say("balloon.launch", "")
    seal_and_project()
    publish_witnessed()

    assert look()["ETag"] == tag


def test_the_queries_are_no_more_than_without_witnesses(
    look, world, seal_and_project, publish_witnessed, django_assert_max_num_queries
):
    publish_witnessed()
    Story().say("balloon.launch", world["gift"])
    seal_and_project()
    signing.sign(at=timezone.now())

    with django_assert_max_num_queries(6):
        assert words(look())[2]


def test_the_other_pages_say_it_too(world, client, publish_witnessed):
    addresses = [
        f"/en/needs/{world['need']}/",
        f"/en/shipments/{world['shipments'][0]}/",
        f"/en/o/{world['first']}/",
        f"/en/ledger/entry/{ledger.size() - 1}/",
    ]
    waiting = [client.get(address) for address in addresses]
    publish_witnessed()
    done = [client.get(address) for address in addresses]

    assert [words(one)[0] for one in waiting] == [0] * 4
    assert [words(one)[1] for one in done] == [0] * 4
    assert all(words(one)[0] for one in done)
    assert all(a["ETag"] != b["ETag"] for a, b in zip(waiting, done, strict=True))


def test_a_policy_file_that_is_gone_breaks_no_page(look, settings, publish_witnessed):
    publish_witnessed()
    settings.WITNESSES += ".gone"

    assert words(look())[2] == ""
    assert ledger.witnessed().of == 0


def test_a_log_without_witnesses_never_says_witnessed(world, client, settings):
    settings.WITNESSES = ""
    publishing.sign_and_publish(at=timezone.now())

    assert ledger.witnessed() == ledger.Witnessed()
    witnessed, sealed, waits = words(client.get(f"/en/g/{world['gift']}/"))
    assert (witnessed, sealed > 3, waits) == (0, True, "")
