"""Several processes that read a log agree with the one that reads it all."""

import json

import pytest
from django.utils import timezone

from ledger import publishing
from ledger.core import canonical, notes, tree
from ledger.verify import together
from ledger.verify.checking import check
from ledger.verify.files import Files
from ledger.verify.sources import Folder
from tests.ledger.test_verify import WIDTH, bodies, files, forge, published, run

__all__ = ["published"]


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch):
    monkeypatch.setattr(together, "STRETCH", 1)


def told(folder):
    """What the stretches say, in this process; None if anything is wrong."""
    text = notes.parse_note((folder / "checkpoint").read_bytes())[0]
    source, head = Folder(folder), notes.parse_checkpoint(text)
    found = Files(source, source.paths(), head, WIDTH)
    together._here.append(found)
    said = together._join(map(together._follow, range(found.bundles())), lambda done: None)
    together._here.clear()
    if said is None or tree.root(said[0][: head.size]) != head.root:
        return None
    return said[0]


def test_a_good_log_gives_its_leaf_hashes(published):
    assert told(published) == check(Folder(published), width=WIDTH).leaves


def test_every_changed_bundle_and_leaf_tile_is_noticed(published):
    for file in files(published / "tile"):
        if file.relative_to(published).parts[1] not in ("entries", "0"):
            continue
        good = file.read_bytes()
        for place in {*range(0, len(good), max(1, len(good) // 12)), len(good) - 1}:
            changed = bytearray(good)
            changed[place] ^= 1 << (place % 8)
            file.write_bytes(changed)
            assert told(published) is None, (file, place)
        file.unlink()
        alone = {one["file"] for one in check(Folder(published), width=WIDTH).damage}
        assert (told(published) is None) == bool(alone), file
        file.write_bytes(good)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", 1),
        ("seq", 9),
        ("prev", "00" * 32),
        ("at", "2025-01-01T00:00:00.000000Z"),
        ("cases", [["G-7K2M9Q4TX5", 7]]),
        ("cases", [["G-7K2M9Q4TX5", 3]]),
        ("log", "other.example/log"),
        ("uid", "019b76daa80070008000000000000000"),
        ("type", "Count"),
        ("type", "key.rotate"),
        ("type", "ledger.create"),
        ("data", {}),
    ],
    ids=str,
)
@pytest.mark.parametrize("place", [0, 3, 4, 6])
def test_a_forged_log_is_good_for_both_or_for_none(tmp_path, place, name, value):
    prev, entries = tree.EMPTY, []
    for body in bodies(7):
        body["prev"] = prev.hex()
        if body["seq"] == place:
            body[name] = value
        entries.append(canonical.encode(body))
        prev = tree.leaf_hash(entries[-1])
    forge(tmp_path, entries)

    report = check(Folder(tmp_path), width=WIDTH)

    assert (told(tmp_path) is None) == bool(report.damage)


def test_two_real_processes(published):
    alone = check(Folder(published), width=WIDTH)
    good = check(Folder(published), width=WIDTH, jobs=2)
    (published / "tile/entries/001").write_bytes(b"")
    bad = check(Folder(published), width=WIDTH, jobs=2)

    assert (good.damage, good.leaves) == ([], alone.leaves)
    assert bad.damage == check(Folder(published), width=WIDTH).damage != []


def test_how_far_it_is_goes_to_the_other_channel(log, story, seal):
    story.tell(5)
    seal()
    publishing.sign_and_publish(at=timezone.now())

    told = run(log.dir, "--jobs", "2", "--progress", "--json")

    assert told.stderr.endswith("100 % 6 of 6 entries\n")
    assert json.loads(told.stdout)["ok"]
