"""The stand-alone verifier: good logs pass, every damage is named."""

import json
import subprocess
import sys

import pytest
from django.utils import timezone

from ledger import publishing, sealing
from ledger.core import canonical, notes, policy, tiles, tree
from ledger.verify import __main__ as command
from ledger.verify.checking import check
from ledger.verify.sources import Folder, Unreachable, open_source

WIDTH = 4


@pytest.fixture
def published(db, log_files, story):
    """21 entries of width 4 and three checkpoints: tiles of three levels, partial ones too."""
    from ledger import creating

    creating.create(at=timezone.now(), width=WIDTH)
    for count in (6, 7, 7):
        story.tell(count)
        sealing.seal_all(at=timezone.now(), width=WIDTH)
        publishing.sign_and_publish(at=timezone.now(), width=WIDTH)
    return log_files.dir


def damaged(folder, **options):
    report = check(Folder(folder), width=WIDTH, **options)
    return {found["file"] for found in report.damage}


def files(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file())


def test_a_good_log_passes(published):
    report = check(Folder(published), width=WIDTH, balances=True)

    assert report.damage == []
    assert (report.size, report.ahead) == (21, 0)
    assert report.holdings == 10


def test_failure_10_every_changed_byte_of_every_file_is_named(published):
    for file in files(published):
        good = file.read_bytes()
        name = file.relative_to(published).as_posix()
        step = max(1, len(good) // 12)
        for place in {*range(0, len(good), step), 0, 1, len(good) - 1}:
            changed = bytearray(good)
            changed[place] ^= 1 << (place % 8)
            file.write_bytes(changed)
            assert damaged(published) == {name}, (name, place)
        file.write_bytes(good)
    assert damaged(published) == set()


@pytest.mark.parametrize(
    "bend",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"",
        lambda data: data[:1] + data,
        lambda data: data[::-1],
    ],
)
def test_failure_10_cut_extended_and_emptied_files_are_named(published, bend):
    for file in files(published):
        good = file.read_bytes()
        file.write_bytes(bend(good))
        assert damaged(published) == {file.relative_to(published).as_posix()}
        file.write_bytes(good)


def test_failure_10_every_dropped_file_that_the_size_needs_is_named(published):
    needed = {tiles.path(tile, WIDTH) for tile in tiles.of_size(0, 21, WIDTH)}
    for name in sorted(needed | {"checkpoint", "policy"}):
        good = (published / name).read_bytes()
        (published / name).unlink()
        assert name in damaged(published), name
        (published / name).write_bytes(good)


def test_partial_tiles_that_remain_are_not_needed(published):
    needed = {tiles.path(tile, WIDTH) for tile in tiles.of_size(0, 21, WIDTH)}
    for file in files(published / "tile"):
        if file.relative_to(published).as_posix() not in needed:
            file.unlink()

    assert damaged(published) == set()


def test_failure_10_swapped_files_are_named(published):
    first, second = published / "tile/entries/000", published / "tile/entries/001"
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b)
    second.write_bytes(a)

    assert damaged(published) == {"tile/entries/000", "tile/entries/001"}


@pytest.mark.parametrize("name", ["notes.txt", "tile/0/000.p/9", "tile/9", "tile/0/.000.new"])
def test_unknown_files_are_named(published, name):
    (published / name).parent.mkdir(parents=True, exist_ok=True)
    (published / name).write_text("x")

    assert damaged(published) == {name}


def test_a_tile_of_a_level_the_log_has_not_is_named(published):
    (published / "tile/7/000.p").mkdir(parents=True)
    (published / "tile/7/000.p/1").write_bytes(bytes(32))

    assert damaged(published) == {"tile/7/000.p/1"}


def test_entries_ahead_of_the_checkpoint_are_a_publisher_at_work(published, story, log_files):
    old = (published / "checkpoint").read_bytes()
    story.tell(6)
    sealing.seal_all(at=timezone.now(), width=WIDTH)
    publishing.sign_and_publish(at=timezone.now(), width=WIDTH)
    (published / "checkpoint").write_bytes(old)

    report = check(Folder(published), width=WIDTH)

    assert (report.damage, report.size, report.ahead) == ([], 21, 6)


def test_the_readers_own_policy_counts(published, tmp_path):
    stranger = notes.SigningKey("tests.shanji.example/ledger", bytes(32)).verifier

    assert damaged(published, demanded=policy.write(stranger.vkey).encode()) == {"checkpoint"}


def test_a_quorum_that_did_not_sign_is_missed(published):
    log = (published / "policy").read_text().splitlines()[0]
    key = notes.SigningKey("w.example", bytes(32)).verifier.public
    witness = notes.Verifier("w.example", notes.COSIGNATURE, key).vkey
    demanded = f"{log}\nwitness w {witness}\nquorum w\n".encode()

    assert damaged(published, demanded=demanded) == {"checkpoint"}


def forge(folder, entries):
    """A log, properly hashed and signed, that says whatever we like."""
    key = notes.SigningKey("forged.example/log", bytes(32))
    hashes = [tree.leaf_hash(entry) for entry in entries]
    for tile in tiles.of_size(0, len(entries), WIDTH):
        path = folder / tiles.path(tile, WIDTH)
        path.parent.mkdir(parents=True, exist_ok=True)
        start = tile.n * WIDTH
        if tile.level == tiles.ENTRIES:
            path.write_bytes(tiles.bundle(entries[start : start + tile.width]))
        else:
            unit = WIDTH**tile.level
            rows = [
                tree.root(hashes[i * unit : (i + 1) * unit]) for i in range(len(hashes) // unit)
            ]
            path.write_bytes(b"".join(rows[start : start + tile.width]))
    text = notes.Checkpoint(key.name, len(entries), tree.root(hashes)).text()
    (folder / "checkpoint").write_text(key.sign(text))
    (folder / "policy").write_text(policy.write(key.verifier.vkey))


def bodies(count):
    always = {"actor_org": "", "actor_role": "x", "recorded_at": "2026-01-01T00:00:00.000000Z"}
    for i in range(count):
        yield {
            "_sd": [],
            "_sd_alg": "sha-256",
            "at": f"2026-01-01T00:00:0{i}.000000Z",
            "case": "G-7K2M9Q4TX5",
            "cases": [["G-7K2M9Q4TX5", i]],
            "data": always,
            "log": "forged.example/log",
            "seq": i,
            "type": "gift.count",
            "uid": f"019b76daa800700080000000000000{i:02d}",
            "v": 1,
        }


def test_every_altered_field_of_a_forged_log_is_found(tmp_path):
    changes = {
        "seq": 9,
        "prev": "00" * 32,
        "at": "2025-01-01T00:00:00.000000Z",
        "cases": [["G-7K2M9Q4TX5", 7]],
        "log": "other.example/log",
        "uid": "019b76daa80070008000000000000000",
        "type": "Count",
        "v": 2,
        "_sd": ["x"],
        "data": {},
        "extra": 1,
    }
    for number, (name, value) in enumerate([("v", 1), *changes.items()]):
        folder, prev, entries = tmp_path / str(number), tree.EMPTY, []
        for body in bodies(7):
            body["prev"] = prev.hex()
            if body["seq"] == 3:
                body[name] = value
            entries.append(canonical.encode(body))
            prev = tree.leaf_hash(entries[-1])
        forge(folder, entries)

        report = check(Folder(folder), width=WIDTH)

        if number:
            assert 3 in {found["entry"] for found in report.damage}, name
        else:
            assert report.damage == []


def test_balances_that_do_not_hold_are_named(tmp_path):
    gift, entries, prev = "G-7K2M9Q4TX5", [], tree.EMPTY
    for body in bodies(2):
        row = {"amount": 3, "from": f"stock:{gift}", "gift": gift, "item": "mask", "lot": ""}
        row["to"] = f"lost:{gift}"
        if body["seq"] == 0:
            row |= {"from": f"donor:{gift}", "to": f"stock:{gift}", "amount": 2}
        body["prev"], body["data"] = prev.hex(), {**body["data"], "postings": [row]}
        entries.append(canonical.encode(body))
        prev = tree.leaf_hash(entries[-1])
    forge(tmp_path, entries)

    assert damaged(tmp_path) == set()
    assert damaged(tmp_path, balances=True) == {"tile/entries/000.p/2"}


def run(*words):
    words = [sys.executable, "-m", "ledger.verify", *map(str, words)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


def test_the_command_without_django(log, story, seal):
    story.tell(5)
    seal()
    publishing.sign_and_publish(at=timezone.now())

    good = run(log.dir, "--json", "--balances")
    (log.dir / "tile/0/000.p/6").write_bytes(bytes(192))
    bad = run(log.dir, "--policy", log.dir / "policy")
    absent = run(log.dir / "nowhere")

    assert (good.returncode, json.loads(good.stdout)["size"]) == (0, 6)
    assert bad.returncode == 1
    assert "DAMAGED tile/0/000.p/6 entry 0" in bad.stdout
    assert absent.returncode == 2
    code = "import sys, ledger.verify.__main__; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.django_db(transaction=True)
def test_a_log_behind_an_address(log, story, seal, live_server):
    story.tell(5)
    seal()
    publishing.sign_and_publish(at=timezone.now())
    source = open_source(f"{live_server.url}/ledger/")

    good = check(source)
    (log.dir / "tile/entries/000.p/6").write_bytes(b"\0\1x" * 6)
    bad = check(source)

    assert (good.size, good.damage) == (6, [])
    assert {found["file"] for found in bad.damage} == {"tile/entries/000.p/6"}


@pytest.mark.parametrize("target", ["http://shanji.example/", "https://127.0.0.1:1/"])
def test_what_cannot_be_read_is_exit_2(target, capsys):
    assert command.main([target]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_folder_without_a_log_is_unreadable(tmp_path):
    with pytest.raises(Unreachable):
        check(Folder(tmp_path))
