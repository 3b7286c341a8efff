"""The reference witness: every answer of the status table, hostile input, kills, lost memory."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from ledger import durable
from ledger.core import notes, tree, witness
from ledger.witness import __main__ as command
from ledger.witness.memory import Lost, Memory
from ledger.witness.serving import Server
from tests.witness_fixtures import ToyLog, key_of, served

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "notes.json").read_text())
KEY = key_of("newspaper.example")
COSIGNER = witness.cosigner(KEY)


@pytest.fixture
def toy():
    return ToyLog().grow(5)


@pytest.fixture
def memory(tmp_path, toy, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    made = Memory(tmp_path / "state", KEY, [toy.key.verifier])
    made.take_up()
    return made


@pytest.fixture
def ask(memory):
    """ask(body): over HTTP; (status, body, type)."""
    with served(Server("127.0.0.1", 0, memory, seconds=0.5)) as address:

        def asked(body, *, path="/add-checkpoint", method="POST", headers=()):
            connection = HTTPConnection(urlsplit(address).netloc, timeout=5)
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            data = response.read()
            connection.close()
            return response.status, data, response.headers["Content-Type"]

        asked.address = address
        yield asked


def cosigned(body, text):
    """The time in the answer, which verifies."""
    return witness.parse_answer(body, text, COSIGNER, now=int(time.time()))[1]


def test_the_first_checkpoint_of_a_log_is_trusted(ask, toy):
    status, body, _type = ask(toy.request(0))

    assert status == 200
    assert abs(cosigned(body, toy.checkpoint().text()) - time.time()) < 5


def test_growth_is_cosigned_and_shown(ask, toy):
    ask(toy.request(0))
    toy.grow(4)

    status, body, _type = ask(toy.request(5))

    assert status == 200
    path = f"/{witness.checkpoint_path(toy.origin)}"
    assert ask(None, path=path, method="GET")[:2] == (200, toy.note().encode() + body)


def test_the_vectors_request_is_answered_as_the_vectors_say(tmp_path):
    log = notes.parse_vkey(VECTORS["keys"]["log"]["vkey"])
    known = Memory(tmp_path, KEY, [log])
    known.take_up()
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaf_hashes"]]
    seed = bytes.fromhex(VECTORS["keys"]["log"]["seed"])
    third = notes.Checkpoint(log.name, 3, tree.root(leaves[:3]))
    note = notes.SigningKey(log.name, seed).sign(third.text())
    body = VECTORS["add_checkpoint_3_to_7"].encode()

    assert known.add_checkpoint(witness.make_request(0, [], note.encode()), now=9).status == 200
    assert known.add_checkpoint(body.replace(b"old 3", b"old 2"), now=9).status == 409
    answer = known.add_checkpoint(body, now=1767225607)

    text = VECTORS["checkpoint"].partition("\n\n")[0] + "\n"
    assert answer.status == 200
    assert witness.parse_answer(answer.body.encode(), text, COSIGNER, now=1767225607)
    own = [f"— {log.name} ", "— newspaper.example "]
    stored = known.shown(witness.checkpoint_path(log.name)).decode().partition("\n\n")[2]
    assert [line.rpartition(" ")[0] + " " for line in stored.splitlines()] == own


def test_a_wrong_old_size_is_told_the_right_one(ask, toy):
    ask(toy.request(0))
    toy.grow(3)

    assert ask(toy.request(3)) == (409, b"5\n", "text/x.tlog.size")
    assert ask(toy.request(0)) == (409, b"5\n", "text/x.tlog.size")


def test_the_same_size_again_has_a_new_time(memory, toy):
    memory.add_checkpoint(toy.request(0), now=1000)

    again = memory.add_checkpoint(toy.request(5), now=4600)

    assert cosigned(again.body.encode(), toy.checkpoint().text()) == 4600


def test_a_clock_at_zero_is_never_written(memory, toy):
    answer = memory.add_checkpoint(toy.request(0), now=0)

    assert cosigned(answer.body.encode(), toy.checkpoint().text()) == 1


def forks(toy):
    fork = ToyLog(leaves=toy.leaves[:3]).grow(2, word="other")
    longer = ToyLog(leaves=toy.leaves[:3]).grow(6, word="other")
    return {
        "the same size with another root": fork.request(5),
        "a longer tree that does not contain the old one": longer.request(5),
        "a proof cut short": witness.make_request(5, [], longer.note().encode()),
        "a proof too long": witness.make_request(5, [bytes(32)], toy.note().encode()),
    }


@pytest.mark.parametrize("what", sorted(forks(ToyLog().grow(5))))
def test_failure_11_a_rewritten_history_signed_with_the_real_key_is_refused(ask, toy, what):
    ask(toy.request(0))
    before = ask(None, path=f"/{witness.checkpoint_path(toy.origin)}", method="GET")

    status, body, _type = ask(forks(toy)[what])

    assert (status, b"consistent" in body) == (422, True)
    assert ask(None, path=f"/{witness.checkpoint_path(toy.origin)}", method="GET") == before


def test_a_shorter_tree_is_refused(ask, toy):
    ask(toy.request(0))

    assert ask(witness.make_request(3, [], toy.note(3).encode()))[:2] == (409, b"5\n")
    assert ask(witness.make_request(5, [], toy.note(3).encode()))[0] == 400


def test_size_0_has_one_root_only(ask, toy):
    wrong = toy.key.sign(notes.Checkpoint(toy.origin, 0, bytes(32)).text())

    assert ask(witness.make_request(0, [], wrong.encode()))[0] == 422
    assert ask(ToyLog().request(0))[0] == 200


def test_strangers_are_refused(ask, toy):
    thief = ToyLog(leaves=toy.leaves, seed="another key")
    other = ToyLog(origin="other.example/log", leaves=toy.leaves)
    flipped = toy.request(0).replace(b"toy.example/log\n5\n", b"toy.example/log\n6\n")

    assert ask(thief.request(0))[0] == 403
    assert ask(other.request(0))[0] == 404
    assert ask(flipped)[0] == 403
    assert ask(None, path=f"/{witness.checkpoint_path(toy.origin)}", method="GET")[0] == 404


def bad(toy):
    good = toy.request(0)
    grown = ToyLog(leaves=[*toy.leaves]).grow(3).request(5)
    return {
        "nothing": b"",
        "no old": good.replace(b"old 0\n", b""),
        "a word": good.replace(b"old 0", b"old zero"),
        "a leading zero": good.replace(b"old 0", b"old 00"),
        "a sign": good.replace(b"old 0", b"old +0"),
        "a number without end": good.replace(b"old 0", b"old " + b"9" * 30),
        "an Arabic digit": good.replace(b"old 0", "old ٠".encode()),
        "hashes although old is 0": grown.replace(b"old 5", b"old 0"),
        "a short hash": good.replace(b"old 0\n", b"old 3\nQUJD\n"),
        "trailing bits": good.replace(b"old 0\n", b"old 3\n" + b"A" * 42 + b"B=\n"),
        "64 hashes": good.replace(b"old 0\n", b"old 3\n" + (b"A" * 43 + b"=\n") * 64),
        "no checkpoint": b"old 0\n\n",
        "an extension line": witness.make_request(
            0, [], toy.key.sign(toy.checkpoint().text() + "more\n").encode()
        ),
        "no signature": b"old 0\n\n" + toy.checkpoint().text().encode() + b"\n",
        "carriage returns": good.replace(b"\n", b"\r\n"),
        "not UTF-8": good + b"\xff\n",
        "nulls": b"\0" * 1000,
    }


@pytest.mark.parametrize("what", sorted(bad(ToyLog().grow(5))))
def test_a_malformed_request_is_refused(memory, toy, what):
    assert memory.add_checkpoint(bad(toy)[what], now=9).status == 400


def test_a_long_request_is_refused_unread(ask):
    assert ask(b"x" * (witness.MAX_REQUEST + 1))[0] == 413
    assert ask(None, headers={"Content-Length": "-1"}.items())[0] == 400
    assert ask(iter([b"old 0\n"]), headers={"Transfer-Encoding": "chunked"}.items())[0] == 400


def test_a_forged_line_with_the_witnesss_own_name_is_not_kept(ask, toy):
    """T-L16: stored as it came, such a line would make the witness refuse its own memory."""
    forged = notes.line(COSIGNER, b"\0" * 72) + notes.line(toy.key.verifier, b"\0" * 64)

    assert ask(toy.request(0) + forged.encode())[0] == 200

    stored = ask(None, path=f"/{witness.checkpoint_path(toy.origin)}", method="GET")[1]
    assert stored.count("—".encode()) == 2
    toy.grow(2)
    assert ask(toy.request(5))[0] == 200


def test_slow_clients_are_cut_off_and_do_not_hold_up_others(ask, toy):
    host = urlsplit(ask.address)
    slow = [socket.create_connection((host.hostname, host.port)) for _ in range(5)]
    for connection in slow:
        connection.sendall(b"POST /add-checkpoint HTTP/1.0\r\nContent-Length: 100\r\n\r\nold")

    assert ask(toy.request(0))[0] == 200

    began = time.monotonic()
    for connection in slow:
        connection.settimeout(5)
        assert connection.recv(100) == b""
        connection.close()
    assert time.monotonic() - began < 3


def test_of_many_at_once_only_one_moves_from_a_size(ask, toy):
    ask(toy.request(0))
    heads = [ToyLog(leaves=[*toy.leaves]).grow(n, word=f"w{n}") for n in range(1, 9)]
    statuses = []
    threads = [
        Thread(target=lambda head=head: statuses.append(ask(head.request(5))[0])) for head in heads
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] + [409] * 7


def forked(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def test_killed_between_store_and_answer_it_still_knows(memory, toy):
    memory.add_checkpoint(toy.request(0), now=9)
    toy.grow(2)

    def work():
        memory.add_checkpoint(toy.request(5), now=9)
        os.kill(os.getpid(), signal.SIGKILL)

    assert os.WTERMSIG(forked(work)) == signal.SIGKILL
    fork = ToyLog(leaves=toy.leaves[:5]).grow(2, word="other")

    assert memory.add_checkpoint(fork.request(5), now=9).body == "7\n"
    assert memory.add_checkpoint(fork.request(7, 7), now=9).status == 422
    assert memory.add_checkpoint(toy.request(7), now=9).status == 200


def test_killed_before_the_store_it_has_not_answered_and_not_moved(memory, toy, monkeypatch):
    memory.add_checkpoint(toy.request(0), now=9)
    toy.grow(2)

    def work():
        monkeypatch.setattr(durable.os, "replace", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        memory.add_checkpoint(toy.request(5), now=9)

    assert os.WTERMSIG(forked(work)) == signal.SIGKILL

    assert memory.add_checkpoint(toy.request(5), now=9).status == 200


def test_a_full_disk_is_no_cosignature(ask, toy, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.os, "replace", full)
    with pytest.raises(Exception, match="closed"):
        ask(toy.request(0))

    monkeypatch.undo()
    assert ask(toy.request(0))[0] == 200


def test_a_log_is_trusted_on_first_use_once(memory, toy, ask):
    ask(toy.request(0))
    (memory.folder / witness.checkpoint_path(toy.origin)).unlink()

    status, body, _type = ask(toy.request(0))

    assert (status, b"gone" in body) == (500, True)
    with pytest.raises(Lost, match="put .* back"):
        memory.take_up()


def test_a_damaged_memory_is_not_size_0(memory, toy):
    memory.add_checkpoint(toy.request(0), now=9)
    file = memory.folder / witness.checkpoint_path(toy.origin)
    good = file.read_bytes()
    for place in range(0, len(good), 3):
        changed = bytearray(good)
        changed[place] ^= 1
        file.write_bytes(changed)
        answer = memory.add_checkpoint(toy.request(0), now=9)
        assert answer.status in (500, 409), place
        assert answer.body != "0\n"


def test_a_new_log_may_be_added_later(memory, toy):
    other = ToyLog(origin="other.example/log").grow(2)
    memory.add_checkpoint(toy.request(0), now=9)
    both = Memory(memory.folder, KEY, [toy.key.verifier, other.key.verifier])

    assert both.add_checkpoint(other.request(0), now=9).status == 500
    both.take_up()

    assert both.add_checkpoint(other.request(0), now=9).status == 200
    assert both.add_checkpoint(toy.request(5), now=9).status == 200


def test_the_command_makes_a_key_serves_and_remembers(tmp_path, toy):
    words = [sys.executable, "-m", "ledger.witness", "--key", tmp_path / "key"]
    made = subprocess.run([*words, "--make-key", "w.example"], capture_output=True, check=True)
    key = notes.parse_vkey(made.stdout.decode().strip())
    serve = [*words, "--port", "0", "--state", tmp_path / "s", "--log", toy.key.verifier.vkey]

    def once(body):
        with subprocess.Popen(serve, stdout=subprocess.PIPE) as child:
            vkey, address = child.stdout.readline().decode().split()
            assert vkey == key.vkey
            connection = HTTPConnection(urlsplit(address).netloc, timeout=5)
            connection.request("POST", "/add-checkpoint", body)
            response = connection.getresponse()
            told = response.status, response.read()
            connection.close()
            child.kill()
        return told

    status, body = once(toy.request(0))
    assert (status, key.name in body.decode()) == (200, True)
    assert once(toy.grow(1).request(0)) == (409, b"5\n")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--key", "KEY", "--make-key", "again.example"], "exists already"),
        (["--key", "KEY", "--port", "0", "--state", "S", "--log", "nonsense"], "not"),
        (["--key", "NONE", "--port", "0", "--state", "S", "--log", "LOG"], "NONE"),
        (["--key", "KEY", "--port", "0", "--state", "S", "--log", "SAME"], "own key"),
        (["--key", "KEY", "--port", "0", "--state", "S", "--log", COSIGNER.vkey], "of logs"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, toy, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    Path("KEY").write_text(KEY.skey)
    named = {"LOG": toy.key.verifier.vkey, "SAME": KEY.verifier.vkey}

    assert command.main([named.get(word, word) for word in words]) == 2

    assert said in capsys.readouterr().err
