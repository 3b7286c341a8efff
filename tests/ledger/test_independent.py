"""Tools that this project did not write accept its public files: openssl and pymerkle."""

from base64 import b64decode

import pytest
from django.utils import timezone
from pymerkle import InmemoryTree

from ledger import api, creating, publishing, sealing
from ledger.core import notes, policy, tiles
from ledger.verify import proofs
from portal.tracking.proving.proofs import tlog_proof
from tests.authority import openssl

pytestmark = pytest.mark.django_db
DER = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of an Ed25519 key


@pytest.fixture
def files(log_files, story):
    """The published files of 300 entries: two tile levels, a partial bundle, many codes."""
    creating.create(at=timezone.now())
    for count in (7, 250, 42):
        story.tell(count)
        sealing.seal_all(at=timezone.now())
        publishing.sign_and_publish(at=timezone.now())
    return log_files.dir


def entries_of(files, size):
    found = []
    for tile in tiles.of_level(tiles.ENTRIES, 0, size):
        found += tiles.unbundle((files / tiles.path(tile)).read_bytes(), tile.width)
    return found


def test_openssl_verifies_a_checkpoint(files, tmp_path):
    text, _, lines = (files / "checkpoint").read_text().partition("\n\n")
    (key,) = policy.parse((files / "policy").read_bytes()).logs
    (tmp_path / "log.der").write_bytes(DER + key.public)
    (tmp_path / "cp.txt").write_text(text + "\n")
    (tmp_path / "cp.sig").write_bytes(b64decode(lines.split()[2])[4:])
    pem = openssl("pkey", "-pubin", "-inform", "DER", "-in", tmp_path / "log.der")
    (tmp_path / "log.pem").write_bytes(pem)
    words = ["pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "log.pem", "-rawin"]

    said = openssl(*words, "-in", tmp_path / "cp.txt", "-sigfile", tmp_path / "cp.sig")

    assert b"Verified Successfully" in said


def test_pymerkle_has_the_same_roots_and_paths(files):
    size = api.published().size
    assert size == 300
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries_of(files, size):
        tree.append_entry(entry)
    for stored in api.checkpoints(10):
        root = notes.parse_checkpoint(notes.parse_note(stored.note.encode())[0]).root
        assert tree.get_root(stored.size) == root

    for index in (0, 1, 7, 8, 255, 256, 257, 299):
        file = tlog_proof(index, api.proof(index, size), api.published().note)
        theirs = tree.prove_inclusion(index + 1, size).path
        assert theirs[1:] == proofs.parse(file).path  # path[0] is the leaf itself
        assert theirs[0] == api.entry(index).leaf
