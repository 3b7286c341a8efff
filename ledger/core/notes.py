"""Signed notes and keys (c2sp.org/signed-note), checkpoints (tlog-checkpoint), cosignatures.

    text, ending in LF
    (empty line)
    one or more lines:  U+2014 SP key-name SP base64(key ID (4 bytes) || signature) LF

    key ID  = SHA256(name || 0x0A || alg || public key)[:4]
    vkey    = name+hex8(key ID)+base64(alg || public key)         published
    skey    = PRIVATE+KEY+name+hex8(key ID)+base64(0x01 || seed)  the key file

alg 0x01 is Ed25519 over the text with its last LF; 0x04 an Ed25519 cosignature/v1: u64 seconds and
a signature over "cosignature/v1 LF time <seconds> LF" and the text. Base64 is decoded strictly
(Python accepts trailing bits: two notes would carry one signature). Small-order and non-canonical
keys are refused: with one of them a signature fits messages its owner never saw.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_NOTE = 1_000_000
MAX_LINES = 100
_PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_FIELD = 2**255 - 19
_SMALL = {  # with the top bit of byte 31 cleared: all encodings of the eight points of small order
    bytes(32),
    b"\x01" + bytes(31),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    b"\xed" + b"\xff" * 30 + b"\x7f",
    b"\xee" + b"\xff" * 30 + b"\x7f",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}


class WrongNote(ValueError):
    """The note, key or checkpoint is malformed or its signature is wrong; the text says which."""


def strict_base64(text: str) -> bytes:
    """Standard padded base64 with exactly one spelling for each value."""
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise WrongNote("not base64") from error
    if b64encode(data).decode() != text:
        raise WrongNote("base64 with trailing bits")
    return data


def check_public(public: bytes) -> None:
    """Refuse keys of small order and keys that are not written canonically."""
    if len(public) != 32:
        raise WrongNote("an Ed25519 key has 32 bytes")
    plain = public[:31] + bytes([public[31] & 0x7F])
    if plain in _SMALL:
        raise WrongNote("small-order key")
    if int.from_bytes(plain, "little") >= _FIELD:
        raise WrongNote("non-canonical key")


def key_id(name: str, alg: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([alg]) + public).digest()[:4]


@dataclass(frozen=True)
class Verifier:
    """A key that may stand under a note."""

    name: str
    alg: int
    public: bytes

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.alg, self.public)

    @property
    def vkey(self) -> str:
        encoded = b64encode(bytes([self.alg]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def verify(self, text: str, signature: bytes) -> int | None:
        """The time of a cosignature, None for a plain one; WrongNote if it is not right."""
        message, time = text.encode(), None
        if self.alg == COSIGNATURE:
            if len(signature) != 72:
                raise WrongNote(f"signature of {self.name} is malformed")
            time = int.from_bytes(signature[:8], "big")
            signature = signature[8:]
            message = cosigned_message(text, time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature as error:
            raise WrongNote(f"signature of {self.name} is wrong") from error
        return time


def cosigned_message(text: str, time: int) -> bytes:
    if not 0 < time < 2**63:
        raise WrongNote("a cosignature without a time")
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def parse_vkey(text: str) -> Verifier:
    """A vkey, split on its first two `+` only: base64 contains `+`."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    key = strict_base64(encoded)
    if not _NAME.fullmatch(name) or len(key) != 33 or key[0] not in (ED25519, COSIGNATURE):
        raise WrongNote("not an Ed25519 key")
    check_public(key[1:])
    verifier = Verifier(name, key[0], key[1:])
    if verifier.vkey != text:
        raise WrongNote("key ID does not fit the key")
    return verifier


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A private Ed25519 key with its name."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.seed) != 32:
            raise WrongNote("not a signing key")

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, ED25519, self._key.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        encoded = b64encode(bytes([ED25519]) + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{encoded}"

    def sign_bytes(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def sign(self, text: str) -> str:
        """The note: text, empty line, signature line. Ed25519 is deterministic: so is the note."""
        return sign_note(text, [self])


def sign_note(text: str, keys: Sequence[SigningKey]) -> str:
    """A line of each key, in this order."""
    check_text(text)
    return text + "\n" + "".join(line(k.verifier, k.sign_bytes(text.encode())) for k in keys)


def parse_skey(text: str) -> SigningKey:
    if not text.startswith(_PRIVATE):
        raise WrongNote("not a signing key")
    name, _, rest = text.removeprefix(_PRIVATE).partition("+")
    _, _, encoded = rest.partition("+")
    key = SigningKey(name, strict_base64(encoded)[1:])
    if key.skey != text:
        raise WrongNote("key ID does not fit the key")
    return key


def line(verifier: Verifier, signature: bytes) -> str:
    return Signature(verifier.name, verifier.id, signature).line()


def check_text(text: str) -> None:
    if not text.endswith("\n") or any((c < " " and c != "\n") or c == "\x7f" for c in text):
        raise WrongNote("note text has control characters or does not end its last line")


@dataclass(frozen=True)
class Signature:
    name: str
    id: bytes
    signature: bytes

    def line(self) -> str:
        return f"\u2014 {self.name} {b64encode(self.id + self.signature).decode()}\n"


def parse_note(data: bytes) -> tuple[str, list[Signature]]:
    """(text, signature lines), nothing verified yet."""
    if len(data) > MAX_NOTE:
        raise WrongNote("note is too long")
    try:
        note = data.decode()
    except ValueError as error:
        raise WrongNote("note is not UTF-8") from error
    check_text(note)
    text, gap, tail = note.rpartition("\n\n")
    lines = tail.removesuffix("\n").split("\n")
    if not gap or not text or len(lines) > MAX_LINES:
        raise WrongNote("note has no text or no signature lines")
    return text + "\n", [parse_line(signed) for signed in lines]


def parse_line(signed: str) -> Signature:
    parts = signed.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not _NAME.fullmatch(parts[1]):
        raise WrongNote("malformed signature line")
    data = strict_base64(parts[2])
    if len(data) < 5:
        raise WrongNote("malformed signature line")
    return Signature(parts[1], data[:4], data[4:])


def open_note(data: bytes, known: Sequence[Verifier]) -> tuple[str, dict[str, int | None]]:
    """(text, {vkey: time of its cosignature, or None}).

    Lines of unknown keys are ignored; a known one that is wrong refuses the note, and so does
    a note that no known key signed.
    """
    text, lines = parse_note(data)
    by_id = {(verifier.name, verifier.id): verifier for verifier in known}
    verified: dict[str, int | None] = {}
    for signed in lines:
        verifier = by_id.get((signed.name, signed.id))
        if verifier and verifier.vkey not in verified:
            verified[verifier.vkey] = verifier.verify(text, signed.signature)
    if not verified:
        raise WrongNote("no signature of a known key")
    return text, verified


@dataclass(frozen=True)
class Checkpoint:
    """What the log says of itself: origin LF size LF base64 root LF, nothing more."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Three lines; extension lines are refused, nobody could check them."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not NUMBER.fullmatch(lines[1]):
        raise WrongNote("malformed checkpoint")
    root = strict_base64(lines[2])
    if len(root) != 32:
        raise WrongNote("malformed checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def open_checkpoint(data: bytes, log: Verifier, others: Sequence[Verifier] = ()) -> Checkpoint:
    """The checkpoint of a note that this log signed."""
    return open_signed(data, [log], others)[0]


def open_signed(
    data: bytes, log: Sequence[Verifier], others: Sequence[Verifier] = ()
) -> tuple[Checkpoint, dict[str, int | None]]:
    """The checkpoint that one of the log's keys signed, and all that signed it (open_note)."""
    text, verified = open_note(data, [*log, *others])
    checkpoint = parse_checkpoint(text)
    signed = [key for key in log if key.vkey in verified]
    if not signed:
        raise WrongNote("the log did not sign it")
    if checkpoint.origin not in {key.name for key in signed}:
        raise WrongNote("origin is not the name of the log's key")
    return checkpoint, verified
