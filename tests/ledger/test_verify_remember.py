"""--remember: the last good checkpoint is kept; a log that goes back or forks is refused."""

import json
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ledger.core import canonical, notes, policy, tiles, tree
from ledger.verify import __main__ as command
from ledger.verify import remembering

ORIGIN, CASE = "tests.shanji.example/ledger", "G-7K2M9Q4TX5"
KEY = notes.SigningKey(ORIGIN, bytes(range(32)))


def entries(count, *, told="masks", since=0):
    """A log's entries; those from `since` on tell `told`."""
    return telling([told if i >= since else "masks" for i in range(count)])


def telling(words):
    """A log's entries that tell these words one after the other, each with its right hashes."""
    made, prev = [], tree.EMPTY
    for i, word in enumerate(words):
        at = f"2026-01-01T00:00:{i:02d}.000000Z"
        body = {"_sd": [], "_sd_alg": "sha-256", "at": at, "case": CASE, "cases": [[CASE, i]]}
        body["data"] = {"actor_org": "", "actor_role": word}
        body["data"]["recorded_at"] = at
        body |= {"log": ORIGIN, "prev": prev.hex(), "seq": i, "type": "gift.count", "v": 1}
        body["uid"] = f"019b76daa800700080000000000000{i:02d}"
        made.append(canonical.encode(body))
        prev = tree.leaf_hash(made[-1])
    return made


def publish(folder, sealed, *, key=KEY):
    """A log in this folder, properly hashed and signed."""
    for old in sorted(folder.rglob("*.p/*")):
        old.unlink()
    leaves, width = [tree.leaf_hash(entry) for entry in sealed], len(sealed)
    for level, data in ((tiles.ENTRIES, tiles.bundle(sealed)), (0, b"".join(leaves))):
        path = folder / tiles.path(tiles.Tile(level, 0, width))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    text = notes.Checkpoint(key.name, width, tree.root(leaves)).text()
    (folder / "checkpoint").write_text(key.sign(text))
    (folder / "policy").write_text(policy.write(key.verifier.vkey))


@pytest.fixture
def site(tmp_path):
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


@pytest.fixture
def known(tmp_path):
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "last.note"


@pytest.fixture
def verify(site, known, capsys):
    """verify(): (exit code, what is printed), in under a tenth of a second of work."""

    def run(*words, target=site):
        began = time.thread_time()
        code = command.main([str(target), "--remember", str(known), *words])
        assert time.thread_time() - began < 0.1
        assert [file.name for file in known.parent.iterdir()] in ([], [known.name])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_the_first_checkpoint_is_remembered_and_growth_is_well(site, known, verify):
    for size in (5, 5, 9):
        publish(site, entries(size))

        assert verify()[0] == 0
        assert known.read_bytes() == (site / "checkpoint").read_bytes()


def refused(site, known, verify, *, because):
    """Exit 1 with both notes; what was remembered stays."""
    before, now = known.read_text(), (site / "checkpoint").read_text()

    code, said = verify()

    assert code == 1
    assert f"DAMAGED checkpoint: {because}" in said
    assert said.endswith(f"\nREMEMBERED\n{before}\nFOUND\n{now}")
    assert known.read_text() == before


@pytest.mark.parametrize(
    ("later", "because"),
    [
        (entries(4), "rollback: 4 entries, remembered are 5"),
        (entries(5, told="gowns", since=4), "fork: another root than the one remembered for 5"),
        (entries(9, told="gowns"), "fork: its first 5 entries do not lead to"),
        (entries(9, told="gowns", since=4), "fork: its first 5 entries do not lead to"),
    ],
)
def test_a_rollback_or_a_fork_is_refused_with_both_notes(site, known, verify, later, because):
    publish(site, entries(5))
    verify()
    publish(site, later)

    refused(site, known, verify, because=because)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, id=what)
        for what, words in (
            ("edited", "abXde"),
            ("inserted", "abXcde"),
            ("deleted", "abdef"),
            ("reordered", "abdce"),
            ("tail cut", "abcd"),
            ("full rewrite", "uvwxy"),
        )
    ],
)
def test_acceptance_16_another_history_with_right_hashes_and_the_real_key_is_found(
    site, known, verify, words
):
    publish(site, telling("abcde"))
    assert verify()[0] == 0
    publish(site, telling(words))
    assert command.main([str(site)]) == 0, "it is whole: only who remembers can tell"

    assert verify()[0] == 1


def test_another_key_or_another_log_is_refused_with_both_notes(site, known, verify):
    publish(site, entries(5))
    verify()
    publish(site, entries(6), key=notes.SigningKey(ORIGIN, bytes(32)))
    refused(site, known, verify, because="another key")

    other = notes.SigningKey("other.shanji.example/ledger", bytes(32))
    known.write_text(other.sign(notes.Checkpoint(other.name, 1, bytes(32)).text()))
    refused(site, known, verify, because="another log")


def test_what_is_damaged_is_not_remembered(site, known, verify):
    publish(site, entries(5))
    verify()
    before = known.read_bytes()
    publish(site, entries(9))
    (site / "tile/0/000.p/9").write_bytes(bytes(32 * 9))

    code, said = verify()

    assert (code, "DAMAGED tile/0/000.p/9" in said) == (1, True)
    assert known.read_bytes() == before


def test_a_damaged_memory_is_never_taken_for_none(site, known, verify):
    publish(site, entries(5))
    verify()
    note = known.read_bytes()
    for broken in (b"", note[:-2], note[:-9] + b"AAAAAA==\n", note.replace(b"\n5\n", b"\n4\n")):
        known.write_bytes(broken)

        code, said = verify()

        assert (code, "cannot be read" in said) == (2, True), broken
        assert known.read_bytes() == broken


def test_the_memory_is_replaced_and_never_written_over(site, known, verify, tmp_path):
    publish(site, entries(5))
    verify()
    before = known.read_bytes()
    (tmp_path / "link").hardlink_to(known)
    publish(site, entries(9))
    verify()

    assert (tmp_path / "link").read_bytes() == before != known.read_bytes()


def test_a_memory_that_cannot_be_written_is_said_and_stays(site, known, verify, monkeypatch):
    publish(site, entries(5))
    verify()
    before = known.read_bytes()
    publish(site, entries(9))

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(remembering.os, "fsync", full)

    assert verify()[0] == 2
    assert known.read_bytes() == before


def test_json_carries_both_notes(site, known, verify):
    publish(site, entries(5))
    verify()
    publish(site, entries(4))

    told = json.loads(verify("--json")[1])

    assert told["ok"] is False
    assert told["evidence"] == [known.read_text(), (site / "checkpoint").read_text()]
    assert "leaves" not in told


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Says nothing."""


def test_an_address_is_remembered_too(site, known, verify):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    target = f"http://127.0.0.1:{server.server_port}"
    try:
        publish(site, entries(5))
        first = verify(target=target)[0]
        publish(site, entries(4))
        code, said = verify(target=target)
    finally:
        server.shutdown()
        server.server_close()

    assert (first, code) == (0, 1)
    assert "rollback" in said
