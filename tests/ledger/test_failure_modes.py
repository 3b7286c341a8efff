"""Ways in which logs have died, each as a test; those of a part stand beside its other tests.

`tests/test_failures.py` lists all thirty-five with what is broken to see the test fail.
"""

import random
import threading

import pytest
from django.db import IntegrityError, connections
from django.utils import timezone

from ledger import api, publishing, sealing, tasks
from ledger.core import canonical, leaf, notes, policy, tiles, tree
from ledger.models import Intent, SealedEntry
from ledger.verify.__main__ import main as verify
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.browser.made_proofs import proof_text

WIDTH = 4
KEY = notes.SigningKey("forged.example/log", bytes(32))
WITNESSES = [notes.Verifier(f"witness-{n}", notes.COSIGNATURE, bytes([n]) * 32) for n in (3, 4, 5)]


def forge(folder, entries, key=KEY, rules=None):
    """A log of any content, properly hashed and signed."""
    hashes = [tree.leaf_hash(entry) for entry in entries]
    for tile in tiles.of_size(0, len(entries), WIDTH):
        start, unit = tile.n * WIDTH, WIDTH ** max(tile.level, 0)
        rows = [tree.root(hashes[i * unit : (i + 1) * unit]) for i in range(len(hashes) // unit)]
        stop = start + tile.width
        entries_bytes = tiles.bundle(entries[start:stop]) if tile.level == tiles.ENTRIES else b""
        path = folder / tiles.path(tile, WIDTH)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(entries_bytes or b"".join(rows[start:stop]))
    text = notes.Checkpoint(key.name, len(entries), tree.root(hashes)).text()
    (folder / "checkpoint").write_text(key.sign(text))
    (folder / "policy").write_text(rules or f"log {key.verifier.vkey}\nquorum none\n")


def body(seq, prev, **changed):
    always = {"actor_org": "", "actor_role": "x", "recorded_at": "2026-01-01T00:00:00.000000Z"}
    return {
        "_sd": [],
        "_sd_alg": "sha-256",
        "at": f"2026-01-01T00:00:0{seq}.000000Z",
        "case": "G-7K2M9Q4TX5",
        "cases": [["G-7K2M9Q4TX5", seq]],
        "data": always,
        "log": KEY.name,
        "prev": prev.hex(),
        "seq": seq,
        "type": "gift.count",
        "uid": f"019b76daa8007000800000000000000{seq}",
        "v": 1,
        **changed,
    }


def chain(third):
    """Six entries; `third(good bytes)` is what stands at 2."""
    prev, entries = tree.EMPTY, []
    for seq in range(6):
        entry = canonical.encode(body(seq, prev))
        entries.append(third(entry) if seq == 2 else entry)
        prev = tree.leaf_hash(entries[-1])
    return entries


def test_failure_06_writes_that_land_late_and_in_another_order_change_nothing(
    db, log_files, story, monkeypatch, tmp_path
):
    """What object stores do: every file of a path has one content, so order cannot matter."""
    from ledger import creating

    creating.create(at=timezone.now(), width=WIDTH)
    rounds, put = [], publishing.write_over

    def record(path, data):
        rounds[-1].append((path, data))
        put(path, data)

    monkeypatch.setattr(publishing, "write_over", record)
    for count in (5, 9, 7):
        rounds.append([])
        story.tell(count)
        sealing.seal_all(at=timezone.now(), width=WIDTH)
        publishing.sign_and_publish(at=timezone.now(), width=WIDTH)

    newest = log_files.dir
    fixed = [
        (path, data) for one in rounds for path, data in one if path.startswith(("tile/", "anchor"))
    ]
    assert len(fixed) > 15
    random.Random(6).shuffle(fixed)  # the oldest may land last
    for path, data in fixed:
        (newest / path).write_bytes(data)
    report = check(Folder(newest), width=WIDTH)
    assert (report.damage, report.size) == ([], 22)
    with pytest.raises(publishing.Damaged):
        publishing.write_once(fixed[0][0], fixed[0][1] + b"x")


@pytest.mark.django_db(transaction=True)
def test_failure_16_a_task_delivered_twice_at_once_seals_once(log, story):
    uids = story.tell(40)
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        tasks.seal()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    tasks.seal()

    assert sorted(entry.uid for entry in api.entries(1)) == sorted(uids)


@pytest.mark.django_db(transaction=True)
def test_failure_16_the_same_intent_cannot_be_sealed_again(log, story):
    (uid,) = story.tell(1)
    again = Intent.objects.get(uid=uid)
    sealing.seal_all(at=timezone.now())

    Intent.objects.bulk_create([again])
    with pytest.raises(IntegrityError):
        sealing.seal_all(at=timezone.now())

    assert SealedEntry.objects.filter(uid=uid).count() == 1


def test_failure_21_a_stolen_log_key_alone_convinces_nobody(tmp_path):
    names = " ".join(key.name for key in WITNESSES)
    lines = [f"log {KEY.verifier.vkey}"]
    lines += [f"witness {key.name} {key.vkey}" for key in WITNESSES]
    demanded = "\n".join([*lines, f"group members 2 {names}", "quorum members", ""])
    policy.parse(demanded.encode())
    forge(tmp_path, chain(lambda entry: entry), rules=demanded)

    report = check(Folder(tmp_path), demanded.encode(), width=WIDTH)

    assert [found["file"] for found in report.damage] == ["checkpoint"]
    assert "quorum" in report.damage[0]["reason"]
    alone = f"log {KEY.verifier.vkey}\nquorum none\n"
    (tmp_path / "policy").write_text(alone)
    assert check(Folder(tmp_path), alone.encode(), width=WIDTH).damage == []


@pytest.mark.parametrize("where", ["note", "entry", "key name"])
def test_failure_22_a_proof_of_another_log_with_the_same_key_is_refused(tmp_path, where):
    """Two logs of one key: what was proved in one must not pass in the other."""
    ours, other = "ours.example/log", "other.example/log"
    key = notes.SigningKey(ours, bytes(32))
    stranger = notes.SigningKey(other, bytes(32))
    origin = other if where == "note" else ours
    entries = [
        canonical.encode(body(n, tree.EMPTY, log=other if where == "entry" else ours))
        for n in range(3)
    ]
    leaves = [tree.leaf_hash(entry) for entry in entries]
    text = notes.Checkpoint(origin, 3, tree.root(leaves)).text()
    note = (stranger if where == "key name" else key).sign(text).encode()
    path = tree.inclusion_proof(tree.reader(leaves), 1, 3)
    (tmp_path / "1.tlog-proof").write_bytes(proof_text(1, path, note))
    (tmp_path / "1.entry").write_bytes(entries[1])
    (tmp_path / "mine").write_text(f"log {key.verifier.vkey}\nquorum none\n")

    assert verify([str(tmp_path / "1.tlog-proof"), "--policy", str(tmp_path / "mine")]) == 1


BAD = {  # each says something that two readers could read differently, or no entry may say
    "a key twice": lambda e: e.replace(b'"v":1', b'"v":1,"v":1'),
    "another key twice": lambda e: e.replace(b'"seq":2', b'"seq":9,"seq":2'),
    "a key in capitals": lambda e: e.replace(b'"seq":2', b'"SEQ":2'),
    "a float": lambda e: e.replace(b'"v":1', b'"v":1.0'),
    "an exponent": lambda e: e.replace(b'"v":1', b'"v":1e0'),
    "minus nought": lambda e: e.replace(b'"actor_role":"x"', b'"actor_role":"x","n":-0'),
    "2^53": lambda e: e.replace(b'"actor_role":"x"', b'"actor_role":"x","n":9007199254740992'),
    "-2^53": lambda e: e.replace(b'"actor_role":"x"', b'"actor_role":"x","n":-9007199254740992'),
    "NaN": lambda e: e.replace(b'"actor_role":"x"', b'"actor_role":"x","n":NaN'),
    "Infinity": lambda e: e.replace(b'"actor_role":"x"', b'"actor_role":"x","n":Infinity'),
    "a blank": lambda e: e.replace(b'"v":1', b'"v": 1'),
    "a line end": lambda e: e + b"\n",
    "a blank before": lambda e: b" " + e,
    "keys in another order": lambda e: b'{"v":1,' + e[1:].replace(b',"v":1', b""),
    "an escaped letter": lambda e: e.replace(b'"gift.count"', b'"\\u0067ift.count"'),
    "an escaped slash": lambda e: e.replace(b"example/log", b"example\\/log"),
    "a lone surrogate": lambda e: e.replace(b'"x"', b'"\\ud800"'),
    "decomposed letters": lambda e: e.replace(b'"x"', '"e\u0301"'.encode()),
    "a zero byte": lambda e: e.replace(b'"x"', b'"\\u0000"'),
    "a wrong byte": lambda e: e.replace(b'"x"', b'"\xff"'),
    "a byte order mark": lambda e: b"\xef\xbb\xbf" + e,
    "two values": lambda e: e + e,
    "a list": lambda e: b"[" + e + b"]",
    "nothing": lambda e: b"",
    "a key that is no name": lambda e: e.replace(b'"actor_role"', b'"Actor Role"'),
    "a Chinese key": lambda e: e.replace(b'"data":{', '"data":{"数":1,'.encode()),
    "true for 1": lambda e: e.replace(b'"v":1', b'"v":true'),
    "text for a number": lambda e: e.replace(b'"seq":2', b'"seq":"2"'),
    "a sequence in letters": lambda e: e.replace(b'"seq":2', '"seq":２'.encode()),
    "a leading nought": lambda e: e.replace(b'"seq":2', b'"seq":02'),
    "upper case hex": lambda e: e.replace(b'"prev":"', b'"prev":"A', 1).replace(b"AA", b"A"),
}


@pytest.mark.parametrize("what", BAD)
def test_failure_23_a_forged_log_with_a_leaf_of_another_spelling_is_refused(tmp_path, what):
    changed = chain(BAD[what])
    assert changed[2] != chain(lambda entry: entry)[2], "the alteration did not take"
    forge(tmp_path, changed)

    report = check(Folder(tmp_path), width=WIDTH)

    assert 2 in {found["entry"] for found in report.damage}


def test_failure_23_there_are_thirty_bad_leaves():
    assert len(BAD) >= 30


def test_failure_24_what_could_not_be_sealed_is_refused_before_it_is_recorded(log, submit):
    def text(length):
        return {"text": "x" * length}

    submit(data=text(64_000))
    with pytest.raises(api.NotSealable, match="65535"):
        submit(data=text(65_535))
    assert api.pending()[0] == 1
    sealing.seal_all(at=timezone.now())
    assert max(len(entry.raw) for entry in api.entries()) <= tiles.MAX_ENTRY


def test_failure_25_digests_of_guessable_values_are_found_by_nobody(log, submit, sealed):
    uid = submit(private={"phone": "13800000000"})
    (entry,) = [entry for entry in sealed() if entry.uid == uid]

    tried = {
        commitments_of(number, name)
        for number in range(13_800_000_000, 13_800_000_500)
        for name in ("phone", "")
    }

    assert len(entry.body["_sd"]) >= 4
    assert not tried & set(entry.body["_sd"])


def commitments_of(number, name):
    """What somebody without the salt can compute."""
    from ledger.core import commitments

    return commitments.digest(commitments.disclosure("", name, str(number)))


@pytest.mark.parametrize("n", range(len(WITNESSES)))
def test_failure_33_a_witness_of_small_order_stops_the_policy(n):
    weak = [notes.Verifier(k.name, k.alg, k.public) for k in WITNESSES]
    weak[n] = notes.Verifier("weak", notes.COSIGNATURE, b"\x01" + bytes(31))
    lines = [f"log {KEY.verifier.vkey}", *(f"witness {k.name} {k.vkey}" for k in weak)]

    with pytest.raises(policy.WrongPolicy, match=f"line {n + 2}: .*key"):
        policy.parse("\n".join([*lines, "quorum none", ""]).encode())


def test_failure_30_the_bytes_of_the_reference_leaf_have_not_drifted():
    """An upgrade that changed one byte of the encoding would end the log."""
    draft = leaf.draft(
        uid="019b76daa80070008000000000000001",
        type="shipment.confirm",
        case="S-B8KD3M7QW7",
        codes=["G-7K2M9Q4TX5", "N-3XW8H2PCAF", "U-5RD6V9KME4"],
        data={
            "recorded_at": "2025-12-31T23:59:59.000000Z",
            "actor_role": "hospital",
            "actor_org": "U-5RD6V9KME4",
            "postings": [
                {
                    "amount": 19980,
                    "item": "mask.gb19083-2010",
                    "gift": "G-7K2M9Q4TX5",
                    "lot": "B-4HT9X2PNCW",
                    "from": "transit:S-B8KD3M7QW7",
                    "to": "received:U-5RD6V9KME4",
                }
            ],
        },
        sd=[
            "DdL0Q9x75fHdklGPE0_mUutKUsk18t46FqKh1j1vFsE",
            "ERERERERERERERERERERERERERERERERERERERERERE",
            "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI",
            "divxPiqcoNPYv5_8oblavrU1MS_gjCjAzCBqWiS_1tw",
        ],
        log="ledger.example.org/donations",
    )
    numbered = [(code, 0) for code in canonical.parse(draft.codes.encode())]

    entry = draft.seal(
        log="ledger.example.org/donations",
        seq=0,
        prev=tree.EMPTY.hex(),
        at="2026-01-01T00:00:00.000000Z",
        cases=leaf.cases_text(numbered),
    )

    assert len(entry) == 811
    digest = "7c9bbafc53a3a51e6fb807dafb66bd1d12d8f8785a781f8123ad5773c4be4d39"
    assert tree.leaf_hash(entry).hex() == digest
