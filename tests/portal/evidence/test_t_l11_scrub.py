"""T-L11, F-19: every damaged, lost or exchanged file is found, and the pages say so."""

import json
import os
import shutil
from datetime import timedelta
from io import StringIO
from itertools import product

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.evidence import boxes, commands
from portal.evidence.models import File, State
from portal.evidence.scrubbing import scrub
from tests.factories.clock import AT
from tests.factories.pledges import create_pledge
from tests.portal.evidence import samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "media")]


@pytest.fixture
def shown(send, moderator):
    """Two published photos of two gifts."""
    return [
        commands.publish(pk=send(create_pledge().code, samples.jpeg(seed)).pk, by=moderator, at=AT)
        for seed in (1, 2)
    ]


def path_of(media, name):
    (path,) = media.rglob(name)
    return path


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0x10
    path.write_bytes(data)


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def empty(path):
    path.write_bytes(b"")


DAMAGE = {
    "one bit": (flip, State.DAMAGED),
    "cut off": (cut, State.DAMAGED),
    "empty": (empty, State.DAMAGED),
    "deleted": (os.remove, State.LOST),
}
PARTS = ("original", "copy", "thumb", "public copy", "public thumb")


def name_of(file, part):
    shown = {"public copy": file.copy_sha256, "public thumb": file.thumb_sha256}
    return shown.get(part) or file.closed[part]


def test_all_good_is_said(shown):
    out = StringIO()

    call_command("scrub", stdout=out)

    assert out.getvalue() == "2 files, 0 findings\n"


def test_t_l11_each_kind_of_damage_of_each_part_is_found_by_file_and_code(shown, media):
    victim = shown[0]
    for part, (do, state) in product(PARTS, DAMAGE.values()):
        path = path_of(media, name_of(victim, part))
        good = path.read_bytes()
        do(path)
        (finding,) = scrub(at=timezone.now()).findings
        assert (finding.code, finding.file) == (victim.code, victim.pk)
        assert (finding.part, finding.what) == (part, state)
        assert File.objects.get(pk=victim.pk).state == state
        path.write_bytes(good)
    assert scrub(at=timezone.now()).findings == []
    assert File.objects.get(pk=victim.pk).state == State.GOOD


def test_t_l11_acceptance_16_exchanged_files_are_found(shown, media):
    first, second = (path_of(media, file.copy_sha256) for file in shown)
    shutil.copy(second, first)

    assert [found.what for found in scrub(at=timezone.now()).findings] == [State.DAMAGED]


def test_t_l11_another_file_in_the_row_is_not_what_was_sealed(shown, media):
    """Whoever changes the row too: the ledger has the digests."""
    first, second = shown
    File.objects.filter(pk=first.pk).update(copy_sha256=second.copy_sha256)
    (public,) = (f for f in scrub(at=timezone.now()).findings if f.part == "public copy")
    assert (public.file, public.what) == (first.pk, State.WRONG)

    File.objects.filter(pk=first.pk).update(copy_sha256=first.copy_sha256, closed=second.closed)
    found = {f.part: f.what for f in scrub(at=timezone.now()).damage}
    assert found == dict.fromkeys(("original", "copy", "thumb"), State.WRONG)

    forged = boxes.put(boxes.CLOSED, boxes.close(b"forged", code=first.code))
    closed = {**first.closed, "original": forged}
    File.objects.filter(pk=first.pk).update(closed=closed)
    found = {f.part: f.what for f in scrub(at=timezone.now()).damage}
    assert found == {"original": State.WRONG}


def test_t_l11_the_page_says_file_damaged(client, shown, media, seal_and_project):
    victim = shown[0]
    seal_and_project()
    path_of(media, victim.copy_sha256).unlink()

    with pytest.raises(SystemExit) as ended:
        call_command("scrub", "--json", stdout=(out := StringIO()))

    assert ended.value.code == 1
    (finding,) = json.loads(out.getvalue())["findings"]
    assert (finding["code"], finding["sha256"]) == (victim.code, victim.copy_sha256)
    page = client.get(f"/en/g/{victim.code}/").content.decode()
    assert "file damaged: what is stored is not what was sealed" in page
    assert '<img src="/files/' not in page
    assert client.get(f"/en/g/{victim.code}/proof").status_code in (200, 404)


def test_what_belongs_to_nothing_is_named_and_what_was_public_of_it_is_deleted(shown, media):
    boxes.put(boxes.PUBLIC, b"left by a kill")
    boxes.put(boxes.CLOSED, b"left by a kill, too")
    assert scrub(at=timezone.now()).findings == [], "it may belong to what is being done now"

    later = scrub(at=timezone.now() + timedelta(hours=2))

    assert [found.part for found in later.findings] == [boxes.CLOSED, boxes.PUBLIC]
    assert later.damage == []
    assert [f.part for f in scrub(at=timezone.now() + timedelta(hours=2)).findings] == ["closed"]
