"""The verifier and the log's keys: before, at and after a rotation, and without one."""

import shutil

import pytest
from django.utils import timezone

from ledger import cosigned, creating, proving, publishing, rotating, sealing
from ledger.core import leaf, notes, policy, rotation, tiles, tree
from ledger.models import Head, SealedEntry, StoredCheckpoint
from ledger.verify import bundles, remembering
from ledger.verify.checking import check
from ledger.verify.proving import check as check_proofs
from ledger.verify.sources import Folder
from tests.browser.made_proofs import proof_text

WIDTH = 4
ORIGIN = "tests.shanji.example/ledger"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grow(db, log_files, story, settings):
    settings.LEDGER_CHECKS = []
    creating.create(at=timezone.now(), width=WIDTH)

    def more(count):
        story.tell(count)
        sealing.seal_all(at=timezone.now(), width=WIDTH)
        publishing.sign_and_publish(at=timezone.now(), width=WIDTH)

    return more


@pytest.fixture
def rotated(grow, log_files, settings):
    """Entries 0 to 8 under the old key, 9 hands the log on; the old key, as a thief has it."""
    grow(8)
    old = notes.parse_skey(settings.LEDGER_KEY_FILE.read_text().strip())
    rotating.rotate(at=timezone.now(), width=WIDTH)
    return old


def verdict(folder, logs=None, **more):
    """The reasons why it is refused; `logs`: the reader's own policy."""
    demanded = policy.write(*logs).encode() if logs else None
    report = check(Folder(folder), demanded, width=WIDTH, **more)
    return [f"{one['file']}: {one['reason']}" for one in report.damage]


def resign(folder, *keys):
    path = folder / "checkpoint"
    text = notes.parse_note(path.read_bytes())[0]
    path.write_text(notes.sign_note(text, keys))


def vkeys():
    head = Head.objects.get()
    return head.vkey, head.retired


def test_t_l18_both_policies_accept_while_both_keys_sign(rotated, grow, log_files):
    grow(5)
    new, old = vkeys()

    for logs in (None, [old], [new], [new, old]):
        assert verdict(log_files.dir, logs) == []


def test_t_l18_a_reader_who_knows_the_old_key_follows_the_rotation(rotated, grow, log_files):
    rotating.retire(at=timezone.now(), width=WIDTH)
    grow(5)
    new, old = vkeys()

    for logs in (None, [old], [new], [new, old]):
        assert verdict(log_files.dir, logs) == []
    stranger = notes.SigningKey(ORIGIN, b"\7" * 32).verifier.vkey
    assert verdict(log_files.dir, [stranger]) == ["checkpoint: no signature of a known key"]


def test_t_l18_many_rotations_are_followed(rotated, grow, log_files):
    first = vkeys()[1]
    for _ in range(3):
        rotating.retire(at=timezone.now(), width=WIDTH)
        grow(3)
        rotating.rotate(at=timezone.now(), width=WIDTH)
    rotating.retire(at=timezone.now(), width=WIDTH)
    grow(1)

    assert verdict(log_files.dir, [first]) == []


def test_t_l18_the_old_key_stolen_afterwards_cannot_extend(rotated, grow, log_files):
    grow(5)
    new, old = vkeys()
    resign(log_files.dir, rotated)

    for logs in (None, [old], [new, old]):
        for jobs in (1, 2):
            assert verdict(log_files.dir, logs, jobs=jobs) == [
                "checkpoint: the key that entry 9 names has not signed it"
            ]
    assert verdict(log_files.dir, [new]) == ["checkpoint: no signature of a known key"]


def test_t_l18_without_the_entry_no_other_key_is_accepted(grow, log_files):
    grow(8)
    old, _ = vkeys()
    other = notes.SigningKey(ORIGIN, b"\7" * 32)
    resign(log_files.dir, other)
    (log_files.dir / "policy").write_text(policy.write(other.verifier.vkey, old))

    assert verdict(log_files.dir) == [
        "checkpoint: the policy knows a key that this log has not: an older log, or a fork of it"
    ]
    assert verdict(log_files.dir, [old, other.verifier.vkey]) == [
        "checkpoint: the key that entry 0 names has not signed it"
    ]
    assert verdict(log_files.dir, [old]) == ["checkpoint: no signature of a known key"]


def test_t_l18_a_fork_from_before_the_rotation_is_refused(grow, log_files, tmp_path):
    """The thief goes on from the last checkpoint that the old key signed alone."""
    grow(8)
    before = tmp_path / "before"
    shutil.copytree(log_files.dir, before)
    rotating.rotate(at=timezone.now(), width=WIDTH)
    new, old = vkeys()

    assert verdict(before, [old]) == []
    assert verdict(before, [new, old]) == [
        "checkpoint: the policy knows a key that this log has not: an older log, or a fork of it"
    ]


def bundle(index):
    """The proof of one entry under the newest checkpoint, as a folder holds it."""
    stored = StoredCheckpoint.objects.order_by("-size").first()
    path = proving.paths([index], stored.size, width=WIDTH)[index]
    proof = proof_text(index, path, stored.note.encode())
    entry = bytes(SealedEntry.objects.get(idx=index).entry)
    return {f"{index}.tlog-proof": proof, f"{index}.entry": entry}


def proved(files, *logs):
    return check_proofs(bundles.Files(files), policy.write(*logs).encode()).damage == []


def test_t_l18_proofs_from_before_at_and_after_the_rotation_hold(rotated, grow):
    """9 is the entry that hands on. The overlap's old line is enough for who knows the old key."""
    new, old = vkeys()
    grow(3)
    overlap = [bundle(index) for index in (8, 9, 10)]
    rotating.retire(at=timezone.now(), width=WIDTH)
    grow(1)
    alone = [bundle(index) for index in (8, 9, 10)]

    for files in overlap:
        assert proved(files, old)
        assert proved(files, new)
    for files in alone:
        assert proved(files, new, old)
        assert proved(files, new)
        assert not proved(files, old)  # a proof has no entry to follow: this reader needs news


def test_t_l18_a_proof_of_long_ago_holds_for_ever(grow):
    grow(8)
    before = bundle(8)
    old = vkeys()[0]
    rotating.rotate(at=timezone.now(), width=WIDTH)
    rotating.retire(at=timezone.now(), width=WIDTH)
    grow(1)

    published = cosigned.policy_text(Head.objects.get(), newest()).decode()

    assert published.splitlines()[1] == f"log {old}"
    assert proved(before, *vkeys())


def newest():
    return StoredCheckpoint.objects.order_by("-size").first().note.encode()


def made_up(folder, entry_data, signer):
    """A log of two entries whose second hands the key on, and the checkpoint."""
    first = notes.SigningKey(ORIGIN, b"\1" * 32)
    always = {
        "recorded_at": "2026-01-01T00:00:00.000000Z",
        "actor_role": "system",
        "actor_org": "",
    }
    entries, prev = [], tree.EMPTY
    for seq, (kind, data) in enumerate(
        [(rotation.CREATE, {"vkey": first.verifier.vkey}), (rotation.ROTATE, entry_data)]
    ):
        draft = leaf.draft(
            uid=leaf.new_uid(timezone.now()),
            type=kind,
            case="",
            codes=[],
            data={**always, **data},
            sd=[],
            log=ORIGIN,
        )
        at = "2026-01-01T00:00:00.000000Z"
        entries.append(draft.seal(log=ORIGIN, seq=seq, prev=prev.hex(), at=at, cases="[]"))
        prev = tree.leaf_hash(entries[-1])
    leaves = [tree.leaf_hash(entry) for entry in entries]
    files = {
        "tile/entries/000.p/2": tiles.bundle(entries),
        "tile/0/000.p/2": b"".join(leaves),
        "policy": policy.write(first.verifier.vkey).encode(),
        "checkpoint": signer.sign(notes.Checkpoint(ORIGIN, 2, tree.root(leaves)).text()).encode(),
    }
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return first


FIRST, SECOND, THIEF = (notes.SigningKey(ORIGIN, bytes([n]) * 32) for n in (1, 2, 3))


def bent(**changes):
    return {**rotation.data(FIRST, SECOND), **changes}


def test_a_made_up_log_is_followed(tmp_path):
    made_up(tmp_path, bent(), SECOND)

    assert verdict(tmp_path) == []


@pytest.mark.parametrize(
    ("data", "signer"),
    [
        (bent(old_sig="00" * 64), SECOND),
        (bent(new_sig="00" * 64), SECOND),
        (bent(old_sig=bent()["new_sig"]), SECOND),
        (rotation.data(THIEF, SECOND), SECOND),
        (bent(), THIEF),
        (bent(), FIRST),
    ],
    ids=["old", "new", "swapped", "thief", "signer", "first"],
)
def test_t_l18_a_rotation_needs_both_signatures(tmp_path, data, signer):
    made_up(tmp_path, data, signer)

    assert verdict(tmp_path) != []


def test_a_note_by_a_known_key_with_a_wrong_line_of_the_new_one_is_refused(rotated, log_files):
    path = log_files.dir / "checkpoint"
    note = path.read_text()
    lines = note.splitlines(keepends=True)
    lines[4] = lines[4][:-8] + ("AAAA" if lines[4][-8:-4] != "AAAA" else "BBBB") + lines[4][-4:]
    path.write_text("".join(lines))

    assert verdict(log_files.dir, [vkeys()[1]]) != []


def test_what_was_remembered_under_the_old_key_is_compared(grow, log_files, tmp_path):
    grow(8)
    file, old = tmp_path / "remembered", vkeys()[0]
    remembering.keep(file, (log_files.dir / "checkpoint").read_bytes())
    rotating.rotate(at=timezone.now(), width=WIDTH)
    rotating.retire(at=timezone.now(), width=WIDTH)
    grow(3)

    for logs in ([old], [vkeys()[0]]):
        report = check(Folder(log_files.dir), policy.write(*logs).encode(), width=WIDTH)
        remembering.compare(file, report)
        assert report.damage == []
