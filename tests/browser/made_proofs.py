"""Logs made up at random, proofs from them, and proofs that were tampered with."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace

from ledger.core import notes, policy, tree
from ledger.verify import proving
from ledger.verify.bundles import Files

ORIGIN = "tests.shanji.example/ledger"
FIRST = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Made:
    """A proof as its files are, with the policy it is checked by."""

    proof: bytes
    entry: bytes
    policy: bytes
    what: str = "good"


def key(rng, name=ORIGIN):
    return notes.SigningKey(name, rng.randbytes(32))


def leaf(seq, *, origin=ORIGIN, cases=(), **more):
    body = {"_sd": [], "cases": [list(one) for one in cases], "log": origin, "seq": seq, "v": 1}
    return json.dumps(
        {**body, **more}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def cosigned(witness, text, time):
    verifier = notes.Verifier(witness.name, notes.COSIGNATURE, witness.verifier.public)
    signature = witness.sign_bytes(notes.cosigned_message(text, time))
    return verifier, notes.line(verifier, time.to_bytes(8, "big") + signature)


def proof_text(index, path, note):
    hashes = [b64encode(one).decode() for one in path]
    return "\n".join([FIRST, f"index {index}", *hashes, "", ""]).encode() + note


def good(rng):
    """A random entry of a random log with 0 to 4 witnesses, of which k must have signed.

    Some logs are just handed on to a new key: both sign, and the reader knows one or both.
    """
    size = rng.choice([1, 2, 3, 7, 8, 255, 256, 257, rng.randrange(1, 400)])
    index = rng.randrange(size)
    entry = leaf(index, text=rng.choice(["口罩", "masks", "é"]) * rng.randrange(1, 30))
    leaves = [rng.randbytes(32) for _ in range(size)]
    leaves[index] = tree.leaf_hash(entry)
    keys = [key(rng) for _ in range(rng.choice([1, 1, 2]))]
    text = notes.Checkpoint(ORIGIN, size, tree.root(leaves)).text()
    note, known = notes.sign_note(text, keys), rng.sample(keys, rng.randrange(1, len(keys) + 1))
    lines = [f"log {one.verifier.vkey}" for one in known]
    witnesses = rng.randrange(5)
    for number in range(witnesses):
        verifier, line = cosigned(key(rng, f"w{number}.example"), text, rng.randrange(1, 2**40))
        lines.append(f"witness w{number} {verifier.vkey}")
        note += line
    if witnesses:
        members = " ".join(f"w{number}" for number in range(witnesses))
        lines.append(f"group all {rng.randrange(1, witnesses + 1)} {members}")
    lines.append(f"quorum {'all' if witnesses else 'none'}")
    path = tree.inclusion_proof(tree.reader(leaves), index, size)
    rules = "\n".join([*lines, ""]).encode()
    return Made(proof_text(index, path, note.encode()), entry, rules)


def _flip(rng, data):
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]


def flip_proof(rng, made):
    return replace(made, proof=_flip(rng, made.proof))


def flip_entry(rng, made):
    return replace(made, entry=_flip(rng, made.entry))


def flip_policy(rng, made):
    return replace(made, policy=_flip(rng, made.policy))


def cut_proof(rng, made):
    return replace(made, proof=made.proof[: rng.randrange(len(made.proof))])


def double_line(rng, made):
    lines = made.proof.split(b"\n")
    place = rng.randrange(len(lines))
    return replace(made, proof=b"\n".join(lines[: place + 1] + lines[place:]))


def drop_line(rng, made):
    lines = made.proof.split(b"\n")
    del lines[rng.randrange(len(lines))]
    return replace(made, proof=b"\n".join(lines))


def swap_lines(rng, made):
    lines = made.proof.split(b"\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return replace(made, proof=b"\n".join(lines))


def drop_policy_line(rng, made):
    lines = made.policy.split(b"\n")
    del lines[rng.randrange(len(lines))]
    return replace(made, policy=b"\n".join(lines))


def space_in(rng, made):
    place = rng.randrange(len(made.proof))
    odd = rng.choice([b" ", b"\r", b"\t", b"\0", "\u3000".encode(), b"=", b"\n", b"\xff"])
    return replace(made, proof=made.proof[:place] + odd + made.proof[place:])


def trailing_bits(rng, made):
    """Another spelling of the same bytes: QQ== and QR== both give A."""
    lines = made.proof.decode().split("\n")
    ends = [i for i, line in enumerate(lines) if line.endswith("=")]
    if not ends:
        return flip_proof(rng, made)
    place = rng.choice(ends)
    line = lines[place]
    at = len(line.rstrip("=")) - 1
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(line[at]) ^ 1]
    lines[place] = line[:at] + other + line[at + 1 :]
    return replace(made, proof="\n".join(lines).encode())


def other_scalar(rng, made):
    """S + L: the same signature written with a larger number."""
    lines = made.proof.decode().split("\n")
    places = [i for i, line in enumerate(lines) if line.startswith("\u2014 ")]
    place = rng.choice(places)
    dash, name, encoded = lines[place].split(" ")
    data = b64decode(encoded)
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(data[-32:], "little") + order
    lines[place] = f"{dash} {name} {b64encode(data[:-32] + larger.to_bytes(32, 'little')).decode()}"
    return replace(made, proof="\n".join(lines).encode())


def other_index(rng, made):
    head, tail = made.proof.split(b"\nindex ", 1)
    number, rest = tail.split(b"\n", 1)
    index = int(number)
    other = rng.choice([index + 1, index ^ 1, 0, 2**63, 2**64 + index, f"0{index}", f"+{index}"])
    return replace(made, proof=head + f"\nindex {other}\n".encode() + rest)


def other_log(rng, made):
    return replace(made, policy=good(rng).policy)


def forged_line(rng, made):
    """A line of somebody nobody knows: ignored, the proof stays good."""
    line = notes.line(key(rng, "nobody.example").verifier, rng.randbytes(64))
    return replace(made, proof=made.proof + line.encode())


def known_bad_line(rng, made):
    """The first of a known key decides; a wrong one in front of the right one refuses."""
    head, gap, note = made.proof.partition(b"\n\n")
    text, lines = note.rsplit(b"\n\n", 1)
    first = lines.decode().split("\n")[0].split(" ")
    data = bytearray(b64decode(first[2]))
    data[rng.randrange(4, len(data))] ^= 1
    bad = f"{first[0]} {first[1]} {b64encode(bytes(data)).decode()}\n".encode()
    return replace(made, proof=head + gap + text + b"\n\n" + bad + lines)


def repeated_line(rng, made):
    """A second line of a known key is not looked at: the proof stays good."""
    last = made.proof.decode().split("\n")[-2].split(" ")
    data = bytearray(b64decode(last[2]))
    data[rng.randrange(4, len(data))] ^= 1
    line = f"{last[0]} {last[1]} {b64encode(bytes(data)).decode()}\n"
    return replace(made, proof=made.proof + line.encode())


def extra_word(rng, made):
    """One word more, or one blank more, on any line."""
    lines = made.proof.split(b"\n")
    place = rng.choice([place for place, line in enumerate(lines) if line])
    lines[place] += rng.choice([b" x", b" "])
    return replace(made, proof=b"\n".join(lines))


TAMPERINGS = [
    flip_proof, flip_entry, flip_policy, cut_proof, double_line, drop_line, swap_lines,
    drop_policy_line, space_in, trailing_bits, other_scalar, other_index, other_log, forged_line,
    known_bad_line, repeated_line, extra_word,
]  # fmt: skip


def tampered(rng):
    how = rng.choice(TAMPERINGS)
    return replace(how(rng, good(rng)), what=how.__name__)


def verified(made):
    """What `python -m ledger.verify` says of it."""
    files = Files({"1.tlog-proof": made.proof, "1.entry": made.entry})
    return not proving.check(files, made.policy).damage


def holds(made):
    """What follows from ledger.core alone: tests/ledger compares the verifier with it."""
    try:
        rules = policy.parse(made.policy)
        head, gap, note = made.proof.partition(b"\n\n")
        first, *lines = head.decode().split("\n")
        if not gap or first != FIRST or not lines:
            return False
        if lines[0].startswith("extra "):
            notes.strict_base64(lines.pop(0)[6:])
        word, _, number = (lines.pop(0) if lines else "").partition(" ")
        if word != "index" or not notes.NUMBER.fullmatch(number) or len(lines) > 63:
            return False
        path = [notes.strict_base64(line) for line in lines]
        known = [*rules.logs, *rules.witnesses.values()]
        verified = notes.open_note(note, known)[1]
        log = next((one for one in rules.logs if one.vkey in verified), rules.logs[0])
        signed = notes.open_checkpoint(note, log)
        leaf_hash = tree.leaf_hash(made.entry)
        tree.verify_inclusion(leaf_hash, int(number), signed.size, path, signed.root)
    except ValueError:
        return False
    return rules.met(verified)
