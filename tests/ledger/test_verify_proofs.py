"""Proofs checked offline: good ones hold, every damage is named by file, index and field."""

import io
import json
import random
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field, replace

import pytest

from ledger.core import canonical, commitments, notes, policy, tree
from ledger.verify import __main__ as command
from ledger.verify import bundles
from ledger.verify.sources import Unreachable
from tests.browser.made_proofs import (
    TAMPERINGS,
    cosigned,
    good,
    holds,
    proof_text,
    tampered,
    verified,
)

ORIGIN, OTHER = "tests.shanji.example/ledger", "other.shanji.example/ledger"
CASE, STRANGE = "G-7K2M9Q4TX5", "S-B8KD3M7QW7"
KEY = notes.SigningKey(ORIGIN, bytes(range(32)))
STRANGER = notes.SigningKey(ORIGIN, bytes(32))
PLACES = {2: 0, 5: 1, 6: 2, 10: 3}  # index: running number of the case
SIZE = 11


def value(index):
    return commitments.disclosure(f"salt-of-entry-{index}", "donor", "张三")


@dataclass(frozen=True)
class Told:
    """What a log seals and signs, right or wrong; its proofs are always made properly."""

    fields: dict = field(default_factory=dict)  # {index: fields of the entry}
    origin: str = ORIGIN
    key: notes.SigningKey = KEY

    def entry(self, index):
        body = {"_sd": [commitments.digest(value(index))], "cases": [[CASE, PLACES[index]]]}
        body |= {"log": ORIGIN, "seq": index, "v": 1} | self.fields.get(index, {})
        return canonical.encode(body)

    def files(self):
        entries = [self.entry(i) if i in PLACES else b"%d" % i for i in range(SIZE)]
        leaves = [tree.leaf_hash(entry) for entry in entries]
        text = notes.Checkpoint(self.origin, SIZE, tree.root(leaves)).text()
        note, read = self.key.sign(text).encode(), tree.reader(leaves)
        told = {"code": CASE, "disclosures": {str(i): [value(i)] for i in PLACES}, "not_yet": [12]}
        found = {"README.txt": b"", "policy": policy.write(KEY.verifier.vkey).encode()}
        found["disclosures.json"] = json.dumps(told).encode()
        for index in PLACES:
            path = tree.inclusion_proof(read, index, SIZE)
            found[f"{index}.tlog-proof"] = proof_text(index, path, note)
            found[f"{index}.entry"] = entries[index]
        return found


GOOD = Told().files()


def zipped(files, folder=CASE, method=zipfile.ZIP_STORED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(f"{folder}/{name}" if folder else name)
            info.compress_type = method
            archive.writestr(info, content)
    return data.getvalue()


@pytest.fixture
def verify(tmp_path, capsys):
    """verify(files or bytes of a zip, ...): (exit code, what --json says)."""

    def run(files, *words):
        target = tmp_path / f"{CASE}.zip"
        target.write_bytes(zipped(files) if isinstance(files, dict) else files)
        code = command.main([str(target), "--json", *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return run


def flipped(name, place=-40):
    data = bytearray(GOOD[name])
    data[place] ^= 1
    return {**GOOD, name: bytes(data)}


def without(*names):
    return {name: data for name, data in GOOD.items() if name not in names}


def swapped(text, other, name="5.tlog-proof"):
    assert text in GOOD[name]
    return {**GOOD, name: GOOD[name].replace(text, other)}


def listed(**more):
    told = json.loads(GOOD["disclosures.json"]) | more
    return {**GOOD, "disclosures.json": json.dumps(told).encode()}


def withheld():
    rest = {index: texts for index, texts in listed_values().items() if index != "5"}
    kept = listed(disclosures=rest)
    return {name: data for name, data in kept.items() if not name.startswith("5.")}


def listed_values():
    return json.loads(GOOD["disclosures.json"])["disclosures"]


def crossed():
    return {**GOOD, "5.entry": GOOD["6.entry"], "6.entry": GOOD["5.entry"]}


def two_roots():
    other = Told({10: {"type": "other"}}).files()
    return {**GOOD, "10.entry": other["10.entry"], "10.tlog-proof": other["10.tlog-proof"]}


def unwitnessed():
    seven = notes.SigningKey("w.example", bytes([7]) * 32)
    lines = f"witness w {cosigned(seven, '', 1)[0].vkey}\nquorum w\n"
    return {**GOOD, "policy": GOOD["policy"].replace(b"quorum none\n", lines.encode())}


PROOF = GOOD["5.tlog-proof"]
HASH = PROOF.split(b"\n")[3]
FLIPPED = (b"B" if HASH[:1] == b"A" else b"A") + HASH[1:]
ROOT = PROOF.partition(b"\n\n")[2].split(b"\n")[2]
SIGNATURE = PROOF.split(b" ")[-1][:-1]
ALL = tuple(PLACES)
DAMAGED = {
    # what was done: (files, {(file, entry)}, a word of the reason)
    "a byte of an entry": (flipped("5.entry"), {("5.tlog-proof", 5)}, "path"),
    "a byte of the path": (swapped(HASH, FLIPPED), {("5.tlog-proof", 5)}, "path: it does not"),
    "a path that is no hash": (swapped(HASH, HASH[1:]), {("5.tlog-proof", 5)}, "path: not base64"),
    "a hash of the path": (swapped(HASH, ROOT), {("5.tlog-proof", 5)}, "path"),
    "a hash left out": (swapped(HASH + b"\n", b""), {("5.tlog-proof", 5)}, "path"),
    "the root": (swapped(ROOT, HASH), {("5.tlog-proof", 5)}, "checkpoint: signature of"),
    "the size": (swapped(b"\n11\n", b"\n12\n"), {("5.tlog-proof", 5)}, "checkpoint: signature of"),
    "the index": (swapped(b"index 5", b"index 6"), {("5.tlog-proof", 6), ("5.entry", 6)}, "seq"),
    "a malformed index": (swapped(b"index 5", b"index 05"), {("5.tlog-proof", None)}, "index"),
    "the first line": (swapped(b"@v1", b"@v2"), {("5.tlog-proof", None)}, "does not begin"),
    "a byte of the signature": (
        swapped(SIGNATURE, SIGNATURE[:-6] + b"AAAA=="),
        {("5.tlog-proof", 5)},
        "checkpoint: signature of",
    ),
    "a byte of the policy": (flipped("policy", -20), {("policy", None)}, "line 1"),
    "the key of the policy": (
        {**GOOD, "policy": policy.write(STRANGER.verifier.vkey).encode()},
        {(f"{index}.tlog-proof", index) for index in ALL},
        "no signature of a known key",
    ),
    "the policy left out": (without("policy"), {("policy", None)}, "is missing"),
    "the quorum": (unwitnessed(), {(f"{index}.tlog-proof", index) for index in ALL}, "quorum"),
    "the middle withheld": (withheld(), {("disclosures.json", None)}, f"numbers of {CASE}: 1"),
    "an entry left out": (without("5.entry"), {("5.entry", 5)}, "is missing"),
    "a proof left out": (without("5.tlog-proof"), {("5.entry", None)}, "has no proof"),
    "the list left out": (without("disclosures.json"), {("disclosures.json", None)}, "is missing"),
    "entries swapped": (
        crossed(),
        {(f"{index}.{kind}", index) for index in (5, 6) for kind in ("entry", "tlog-proof")},
        "seq",
    ),
    "an entry of another log": (Told({5: {"log": OTHER}}).files(), {("5.entry", 5)}, "log is"),
    "an entry of another place": (Told({5: {"seq": 6}}).files(), {("5.entry", 5)}, "seq is"),
    "an entry of version true": (Told({5: {"v": True}}).files(), {("5.entry", 5)}, "v is"),
    "a number given twice": (
        Told({6: {"cases": [[CASE, 1]]}}).files(),
        {("6.entry", 6), ("disclosures.json", None)},
        "number 1",
    ),
    "a number far away": (
        Told({10: {"cases": [[CASE, 2**53 - 1]]}}).files(),
        {("disclosures.json", None)},
        "withheld",
    ),
    "an entry of another case": (
        Told({10: {"cases": [[STRANGE, 0]]}}).files(),
        {("10.entry", 10)},
        "does not concern",
    ),
    "another log with this key": (
        Told(origin=OTHER).files(),
        {(f"{index}.tlog-proof", index) for index in ALL},
        "origin is not the name",
    ),
    "another name with this key": (
        Told(origin=OTHER, key=replace(KEY, name=OTHER)).files(),
        {(f"{index}.tlog-proof", index) for index in ALL},
        "no signature of a known key",
    ),
    "two roots of one size": (
        two_roots(),
        {(f"{index}.tlog-proof", index) for index in (2, 5, 6)},  # not as the first, which is 10
        "two roots for the size 11",
    ),
    "a value of another entry": (
        listed(disclosures={"5": [value(6)]}),
        {("disclosures.json", 5)},
        "value 0",
    ),
    "a value that is none": (
        listed(disclosures={"5": [value(5), "[" * 9999]}),
        {("disclosures.json", 5)},
        "value 1",
    ),
    "a value of nothing": (listed(disclosures={"3": [""]}), {("disclosures.json", 3)}, "not here"),
    "another case": (listed(code=STRANGE), {("2.entry", 2), ("disclosures.json", None)}, "folder"),
    "a code that is none": (listed(code="x"), {("disclosures.json", None)}, "code"),
    "a list that is none": (
        {**GOOD, "disclosures.json": b"[" * 9999},
        {("disclosures.json", None)},
        "is not JSON",
    ),
}  # fmt: skip


# one deed that breaks several things
SEVERAL = {"another case", "a byte of an entry"}


@pytest.mark.parametrize("what", DAMAGED)
def test_what_is_damaged_is_named_in_a_zip(verify, what):
    files, expected, word = DAMAGED[what]

    code, told = verify(files)

    found = {(one["file"], one["entry"]) for one in told["damage"]}
    assert (code, told["ok"]) == (1, False)
    assert expected <= found
    if what not in SEVERAL:
        assert found == expected
    assert any(word in one["reason"] for one in told["damage"])


@pytest.mark.parametrize("what", DAMAGED)
def test_what_is_damaged_is_found_in_a_folder(tmp_path, what, capsys):
    for name, data in DAMAGED[what][0].items():
        (tmp_path / name).write_bytes(data)

    code = command.main([str(tmp_path)])

    words = capsys.readouterr()
    if what == "the policy left out":
        assert (code, "give one with --policy" in words.err) == (2, True)
    elif what == "the list left out":  # a reader's own collection needs none
        assert (code, "whether one was left out was not checked" in words.out) == (0, True)
    else:
        assert code == 1


def test_a_good_zip_holds_and_says_what_it_does_not_prove(tmp_path, capsys):
    target = tmp_path / "any.zip"
    target.write_bytes(zipped(GOOD))
    (tmp_path / "policy").write_bytes(GOOD["policy"])

    inside = command.main([str(target)]), capsys.readouterr().out
    mine = (
        command.main([str(target), "--policy", str(tmp_path / "policy")]),
        capsys.readouterr().out,
    )

    assert (inside[0], mine[0]) == (0, 0)
    assert "proves nothing about who made them" in inside[1]
    assert mine[1].splitlines()[1:] == [
        "proved to stand in it: 2, 5, 6, 10",
        f"all of {CASE} from number 0 to 3, none left out between",
        "said to be sealed later, not proved here: 12",
        "4 values that may be erased are those sealed",
    ]


def test_the_readers_own_policy_decides(verify, tmp_path):
    (tmp_path / "mine").write_text(policy.write(STRANGER.verifier.vkey))

    code, told = verify(GOOD, "--policy", tmp_path / "mine")

    assert (code, len(told["damage"]), told["own_policy"]) == (1, 4, True)


def test_single_proofs_and_unpacked_zips_hold(tmp_path, capsys):
    (tmp_path / CASE).mkdir()
    for name, data in GOOD.items():
        (tmp_path / CASE / name).write_bytes(data)

    targets = [tmp_path, tmp_path / CASE, tmp_path / CASE / "5.tlog-proof"]
    codes = [command.main([str(target)]) for target in targets]

    told = capsys.readouterr().out
    assert codes == [0, 0, 0]
    assert told.count("proved to stand in it: 2, 5, 6, 10") == 2
    assert "proved to stand in it: 5\nno case is named" in told


def test_a_wrong_check_sum_names_the_file(verify):
    data = zipped(GOOD).replace(b"quorum none", b"quorum done")

    code, told = verify(data)

    assert code == 1
    assert {one["file"] for one in told["damage"]} == {"policy"}
    assert "check sum" in told["damage"][0]["reason"]


def test_no_changed_or_cut_byte_of_a_zip_passes_unseen(tmp_path, capsys):
    """Where the verdict stays good, every file is what it was."""
    rng, whole, target = random.Random(20), zipped(GOOD), tmp_path / "x.zip"
    kept = without("README.txt")
    codes = []
    for _ in range(250):
        changed = bytearray(whole)
        place = rng.randrange(len(whole))
        if rng.random() < 0.2:
            del changed[place : place + rng.randrange(1, 50)]
        else:
            changed[place] ^= 1 << rng.randrange(8)
        target.write_bytes(changed)
        codes.append(command.main([str(target), "--json"]))
        if codes[-1] == 0:
            found = bundles.read(str(target)).found
            assert {name: found[name] for name in kept} == kept
    assert {0, 1, 2} == set(codes)
    capsys.readouterr()


def twice():
    return zipped({"policy": b"", "polite": b""}).replace(b"polite", b"policy")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda: zipped(GOOD, folder=".."), "is no name"),
        (lambda: zipped(GOOD, folder="/etc"), "is no name"),
        (lambda: zipped(GOOD, folder="a/b"), "is no name"),
        (lambda: zipped(GOOD, folder="a\\b"), "is no name"),
        (lambda: zipped(GOOD, folder="C:"), "is no name"),
        (lambda: zipped({"a\x1b[2J": b""}), "is no name"),
        (lambda: zipped({"a": b"", "../b": b""}), "is no name"),
        (lambda: zipped({"a": b"", "b/c": b""}, folder=""), "twice, or elsewhere"),
        (twice, "twice, or elsewhere"),
        (lambda: zipped(GOOD, method=zipfile.ZIP_DEFLATED), "packed"),
        (lambda: zipped({f"{i}": b"" for i in range(10_001)}), "more than 10000 files"),
        (lambda: zipped(GOOD) + b"x", "neither a zip"),
        (lambda: b"x" + zipped(GOOD), "malformed"),
        (lambda: zipped(GOOD)[:-22] + b"x" + zipped(GOOD)[-22:], "behind its directory"),
        (lambda: b"", "neither a zip"),
        (lambda: zipped({"README.txt": b""}), "no .tlog-proof"),
    ],
)
def test_a_zip_that_is_not_as_the_portal_makes_it_is_not_read(tmp_path, capsys, data, reason):
    target = tmp_path / "x.zip"
    target.write_bytes(data())

    assert command.main([str(target)]) == 2
    assert reason in capsys.readouterr().err


def test_more_than_anybody_should_read_is_not_read(tmp_path, monkeypatch):
    target = tmp_path / "x.zip"
    with target.open("wb") as file:
        file.truncate(bundles.MAX_BYTES + 1)
    with pytest.raises(Unreachable, match="longer than"):
        bundles.read(str(target))

    monkeypatch.setattr(bundles, "MAX_BYTES", 1000)
    target.write_bytes(zipped(GOOD))  # files that lie in each other may be more than the zip
    with pytest.raises(Unreachable, match="more than 1000 bytes"):
        bundles.read(str(target))

    for number in range(3):
        (tmp_path / f"{number}.tlog-proof").write_bytes(bytes(400))
    with pytest.raises(Unreachable, match="longer than"):
        bundles.read(str(tmp_path))


@pytest.mark.parametrize("word", [["--balances"], ["--remember", "x"]])
def test_what_needs_the_whole_log_is_refused_for_proofs(tmp_path, word, capsys):
    (tmp_path / "x.zip").write_bytes(zipped(GOOD))

    with pytest.raises(SystemExit) as refused:
        command.main([str(tmp_path / "x.zip"), *word])

    assert refused.value.code == 2
    assert "need the whole log" in capsys.readouterr().err


def test_two_hundred_good_and_tampered_proofs_have_the_verdict_of_the_core():
    rng = random.Random(20260725)
    right = [good(rng) for _ in range(200)]
    wrong = [tampered(rng) for _ in range(200)]

    assert all(map(verified, right))
    assert [made.what for made in wrong if verified(made) != holds(made)] == []
    assert {made.what for made in wrong} == {how.__name__ for how in TAMPERINGS}


def test_proofs_are_checked_without_django(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped(GOOD))
    code = "import sys; from ledger.verify.__main__ import main; r = main(sys.argv[1:]); "
    code += "sys.exit(r or 'django' in sys.modules)"

    ran = subprocess.run([sys.executable, "-c", code, tmp_path / "x.zip"], check=False)

    assert ran.returncode == 0
