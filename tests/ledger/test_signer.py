"""The signer behind a socket: its own process, its own memory, and no root but its own."""

import json
import os
import random
import socket
import stat
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from ledger import api, creating, fsck, publishing, rotating, sealing, signing
from ledger.core import notes, tree
from ledger.models import Head
from ledger.signer import (
    NoState,
    Signer,
    SignerRefused,
    SocketSigner,
    client,
    frames,
)
from ledger.signer import __main__ as command
from ledger.signer.server import Server

ORIGIN = "tests.shanji.example/ledger"
LEAVES = [tree.leaf_hash(bytes([n])) for n in range(9)]
LATER = timedelta(minutes=2)


@contextmanager
def serving(path, signer):
    with Server(path, signer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
    path.unlink()


@pytest.fixture
def local(tmp_path, monkeypatch):
    """The signer in this process, with a memory of nothing signed."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    made = Signer(tmp_path / "log.key", tmp_path / "signer.json")
    made.make_key(ORIGIN)
    made.create(ORIGIN)
    return made


@pytest.fixture
def remote(local, tmp_path):
    """The same one, over a socket."""
    with serving(tmp_path / "signer.sock", local):
        yield SocketSigner(tmp_path / "signer.sock")


@pytest.fixture(params=["local", "remote"])
def either(request):
    return request.getfixturevalue(request.param)


def opened(signer, note):
    return notes.open_checkpoint(note.encode(), notes.parse_vkey(signer.keys(ORIGIN).signing[0]))


def test_it_signs_the_root_that_it_computed_itself(either):
    note = either.sign(ORIGIN, 0, LEAVES[:5])

    assert opened(either, note) == notes.Checkpoint(ORIGIN, 5, tree.root(LEAVES[:5]))
    assert either.state(ORIGIN).root() == tree.root(LEAVES[:5])


def test_it_goes_on_from_its_own_size_alone(either):
    either.sign(ORIGIN, 0, LEAVES[:5])

    for old_size in (0, 4, 6):
        with pytest.raises(SignerRefused, match="signed 5 last"):
            either.sign(ORIGIN, old_size, LEAVES)

    assert opened(either, either.sign(ORIGIN, 5, LEAVES[5:])).root == tree.root(LEAVES)


def test_asked_again_it_gives_the_same_note(either):
    note = either.sign(ORIGIN, 0, LEAVES)

    assert either.sign(ORIGIN, len(LEAVES), []) == note


def test_it_knows_no_other_log(either):
    with pytest.raises(NoState):
        either.sign("other.example/log", 0, [])
    with pytest.raises(SignerRefused, match="knows .* already"):
        either.create(ORIGIN)


def test_a_memory_can_be_made_from_a_frontier(either, local):
    local.state_file.unlink()
    frontier = tree.Frontier()
    for leaf in LEAVES[:5]:
        frontier.append(leaf)

    either.create(ORIGIN, frontier)

    assert opened(either, either.sign(ORIGIN, 5, LEAVES[5:])).root == tree.root(LEAVES)


def test_t_l06_it_stamps_only_what_it_signed(either, local):
    (key,) = [notes.parse_skey(text) for text in local.key_file.read_text().split()]
    bigger = key.sign(notes.Checkpoint(ORIGIN, 7, bytes(32)).text())
    at = timezone.now()

    for note in ("", "anything\n", bigger, notes.SigningKey(ORIGIN, bytes(32)).sign("text\n")):
        with pytest.raises(SignerRefused):
            either.stamp(ORIGIN, note, at)

    assert len(either.stamp(ORIGIN, either.sign(ORIGIN, 0, LEAVES), at)) == 72


def test_t_l06_only_its_user_reads_the_key_and_only_its_group_asks(remote, local):
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in local.key_file.parent.iterdir()}

    assert modes[local.key_file] == modes[local.state_file] == 0o600
    assert modes[remote.path] == 0o660


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "sign", "origin": ORIGIN, "old_size": 0, "leaves": 0, "root": "00" * 32},
        {"ask": "sign", "origin": ORIGIN, "old_size": 0, "leaves": 0, "size": 5},
        {"ask": "sign", "origin": ORIGIN, "old_size": 0, "leaves": -1},
        {"ask": "sign", "origin": ORIGIN, "old_size": 0, "leaves": "many"},
        {"ask": "sign_bytes", "origin": ORIGIN, "text": "anything"},
        {"ask": "stamp", "origin": ORIGIN, "note": 1, "at": "now", "vkey": ""},
        {"ask": "create", "origin": "o", "size": 3, "frontier": "zz"},
        {"ask": "state"},
        {"origin": ORIGIN},
        {"ask": [], "origin": {}},
    ],
    ids=json.dumps,
)
def test_t_l06_a_root_of_our_own_is_no_question(remote, local, question):
    before = local.state_file.read_bytes()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(remote.path))
        frames.say(sock, **question)
        told = frames.hear(sock)

    assert told["ok"] is False
    assert "note" not in told
    assert local.state_file.read_bytes() == before


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\2hi",
        b"\0\0\0\2[]",
        b"\0\0\0\x0a" + b"[" * 10,
        b"\0\1\0\0" + b"[" * 65536,
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=lambda sent: repr(sent[:12]),
)
def test_garbage_is_refused_and_the_next_is_answered(remote, sent):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(2)
        sock.connect(str(remote.path))
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_WR)
        answer = sock.recv(4096)

    assert b'"ok":true' not in answer
    assert remote.state(ORIGIN).size == 0


def test_leaves_that_stop_coming_sign_nothing(remote):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(remote.path))
        frames.say(sock, ask="sign", origin=ORIGIN, old_size=0, leaves=3)
        assert frames.hear(sock) == {"ok": True, "send": True}
        frames.send(sock, b"".join(LEAVES[:2]))

    assert remote.state(ORIGIN).size == 0
    assert opened(remote, remote.sign(ORIGIN, 0, LEAVES[:1])).size == 1


def test_many_leaves_go_over_in_many_frames(remote):
    rng = random.Random(1)
    leaves = [rng.randbytes(32) for _ in range(100_000)]

    assert opened(remote, remote.sign(ORIGIN, 0, leaves)).root == tree.root(leaves)


@pytest.mark.long
def test_a_million_leaves(remote):
    rng = random.Random(1)
    leaves = [rng.randbytes(32) for _ in range(1_000_000)]
    begun = time.monotonic()

    note = remote.sign(ORIGIN, 0, leaves)

    assert time.monotonic() - begun < 30
    assert opened(remote, note).root == tree.root(leaves)


def test_t_l02_of_two_publishers_at_once_one_wins(remote):
    """Each comes with other entries for the same place: one signature, never two."""
    signed, refused = [], []

    def publish(first):
        try:
            signed.append(remote.sign(ORIGIN, 0, [bytes([first]) * 32, *LEAVES]))
        except SignerRefused as refusal:
            refused.append(str(refusal))

    threads = [threading.Thread(target=publish, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(signed), len(refused)) == (1, 7)
    assert opened(remote, signed[0]).root == remote.state(ORIGIN).root()


def test_the_server_needs_neither_django_nor_database(tmp_path):
    code = (
        "import sys, ledger.signer.__main__; from ledger.signer.local import Signer;"
        "found = {m.split('.')[0] for m in sys.modules} & {'django', 'psycopg', 'sqlite3',"
        " 'celery', 'redis'}; sys.exit(str(found) if found else 0)"
    )
    env = {"PATH": os.environ["PATH"]}

    ended = subprocess.run([sys.executable, "-c", code], env=env, check=False, capture_output=True)

    assert (ended.returncode, ended.stderr) == (0, b"")


@contextmanager
def process(local, path):
    """The real server, as the operator starts it."""
    words = ["--socket", path, "--key", local.key_file, "--state", local.state_file]
    child = subprocess.Popen(
        [sys.executable, "-m", "ledger.signer", *map(str, words)],
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"]},
    )
    try:
        assert b"listening" in child.stderr.readline()
        yield child
    finally:
        child.terminate()
        child.wait(10)
        child.stderr.close()


def test_f24_a_server_that_is_killed_goes_on_where_it_was(local, tmp_path):
    path = tmp_path / "s"
    with process(local, path) as child:
        first = SocketSigner(path).sign(ORIGIN, 0, LEAVES[:4])
        child.kill()
        child.wait(10)
        assert path.exists()
    with process(local, path) as child:
        again = SocketSigner(path).sign(ORIGIN, 4, [])
        child.terminate()
        ended = child.wait(10)

    assert (first, ended, path.exists()) == (again, 0, False)


def start(local, path, capsys):
    words = ["--socket", path, "--key", local.key_file, "--state", local.state_file]
    code = command.main(list(map(str, words)))
    return code, capsys.readouterr().err


def other_key(local):
    local.key_file.write_text(notes.SigningKey(ORIGIN, bytes(32)).skey + "\n")


def foreign_key(local):
    local.key_file.write_text(notes.SigningKey("other.example", bytes(32)).skey + "\n")


def open_key(local):
    local.key_file.chmod(0o644)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda local: local.key_file.unlink(), "log.key is missing"),
        (other_key, "another key than the one that signed last"),
        (foreign_key, "the key is for other.example"),
        (lambda local: local.key_file.write_text("nothing\n"), "not a signing key"),
        (lambda local: local.state_file.write_text("{"), "signer.json is damaged"),
        (open_key, "open to others"),
    ],
    ids=["missing", "other", "foreign", "damaged", "state", "open"],
)
def test_f24_it_does_not_start_with_a_wrong_key(local, tmp_path, capsys, spoil, said):
    spoil(local)

    code, told = start(local, tmp_path / "s", capsys)

    assert code == 2
    assert said in told
    assert not (tmp_path / "s").exists()


def test_one_server_at_a_socket(remote, local, tmp_path, capsys):
    (tmp_path / "file").write_text("precious")

    assert "answers at" in start(local, remote.path, capsys)[1]
    assert "is no socket" in start(local, tmp_path / "file", capsys)[1]
    assert (tmp_path / "file").read_text() == "precious"


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT", 0.1)
    monkeypatch.setattr(client, "PATIENCE", 0.1)


@pytest.mark.usefixtures("quick")
def test_whatever_the_server_says_is_checked(tmp_path):
    says = [
        b"",
        b"\xff\xff\xff\xff",
        b"\0\0\0\1x",
        b'\0\0\0\x0b{"ok":true}',
        b'\0\0\0\x0c{"ok":false}',
        b'\0\0\0\x23{"ok":true,"size":3,"frontier":"00"}'.replace(b"\x23", b"\x24"),
    ]
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer():
            for said in says:
                with listening.accept()[0] as sock:
                    frames.hear(sock)
                    sock.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        for _ in says:
            with pytest.raises(SignerRefused):
                SocketSigner(path).state(ORIGIN)
        thread.join()


# --- the whole log, signed over the socket


@pytest.fixture
def apart(db, log_files, settings, tmp_path):
    """A log whose signer is a server: .key, .state, stop() and start()."""
    settings.LEDGER_SIGNER, settings.LEDGER_CHECKS = str(tmp_path / "signer.sock"), []
    behind = Signer(tmp_path / "apart" / "log.key", tmp_path / "apart" / "signer.json")
    running = ExitStack()

    def start():
        running.enter_context(serving(tmp_path / "signer.sock", behind))

    start()
    creating.create(at=timezone.now())
    yield SimpleNamespace(
        key=behind.key_file, state=behind.state_file, start=start, stop=running.close
    )
    running.close()


@pytest.fixture
def seal_all(apart):
    return lambda: sealing.seal_all(at=timezone.now())


def publish(at=None):
    return publishing.sign_and_publish(at=at or timezone.now())


def differences():
    return fsck.differences(at=timezone.now())


def test_a_log_is_signed_by_a_server_of_its_own(apart, log_files, story, seal_all):
    story.tell(3)
    seal_all()

    assert publish() == 4
    assert differences() == []
    assert not log_files.key.exists()
    assert not log_files.state.exists()


def test_fsck_asks_the_server_for_its_memory(apart, story, seal_all):
    seal_all()
    publish()
    apart.state.write_text(apart.state.read_text().replace('"size": 1', '"size": 3'))

    assert ("signer", "state") in {(d["table"], d["field"]) for d in differences()}


def test_a_key_is_rotated_over_the_socket(apart, story, seal_all):
    old = Head.objects.get().vkey
    new = rotating.rotate(at=timezone.now())

    assert len(apart.key.read_text().split()) == 2
    assert differences() == []
    assert rotating.retire(at=timezone.now()) == new != old
    assert len(apart.key.read_text().split()) == 1
    assert differences() == []


def lose_key(apart):
    apart.key.rename(apart.key.with_name("elsewhere"))


def swap_key(apart):
    apart.key.write_text(notes.SigningKey(ORIGIN, bytes(32)).skey + "\n")


def die(apart):
    apart.stop()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fault", [die, lose_key, swap_key])
def test_f24_without_its_signer_the_log_seals_and_signs_nothing(apart, story, seal_all, fault):
    seal_all()
    publish()
    fault(apart)
    story.tell(3)

    for at in (timezone.now(), timezone.now() + LATER):  # a server may just be starting again
        assert signing.sign(at=at) is None
    assert api.mode() == "frozen"
    assert seal_all() == 3
    assert publish() == 1
    assert [checkpoint.size for checkpoint in api.checkpoints(5)] == [1]


@pytest.mark.usefixtures("quick")
def test_f24_a_slow_signer_freezes_and_holds_nobody_up(apart, story, seal_all, settings, tmp_path):
    seal_all()
    publish()
    story.tell(3)
    settings.LEDGER_SIGNER = str(tmp_path / "slow")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(settings.LEDGER_SIGNER)
        listening.listen()  # and never answers
        begun = time.monotonic()
        for at in (timezone.now(), timezone.now() + LATER):
            assert signing.sign(at=at) is None

    assert time.monotonic() - begun < 5
    assert api.mode() == "frozen"
    assert seal_all() == 3


@pytest.mark.usefixtures("quick")
def test_f24_a_server_that_was_started_again_is_no_fault(apart, story, seal_all):
    seal_all()
    publish()
    apart.stop()
    assert signing.sign(at=timezone.now()) is None
    apart.start()
    story.tell(1)
    seal_all()

    assert publish() == 2
    assert api.mode() == "ok"
