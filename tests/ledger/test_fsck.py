"""Every column and every file: whatever is altered, fsck names it."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ledger import anchoring, creating, fsck, publishing, sealing, triggers
from ledger.models import SEALED, Head, SealedEntry

WIDTH = 4
COLUMNS = [(model, field) for model in SEALED for field in model._meta.concrete_fields]

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(db, log_files, story, settings, publish_witnessed, authority):
    """21 entries of width 4, three witnessed checkpoints, two of them stamped, disclosures of both
    classes, files."""
    settings.LEDGER_CHECKS = []
    creating.create(at=timezone.now(), width=WIDTH)
    for count in (6, 7, 7):
        story.tell(count)
        sealing.seal_all(at=timezone.now(), width=WIDTH)
        publish_witnessed(WIDTH)
        if count == 7:
            anchoring.anchor(at=timezone.now())
    return log_files


def found(at=None):
    return fsck.differences(at=at or timezone.now(), width=WIDTH)


def flipped(value):
    """Another value of the same sort, one bit or one digit away."""
    match value:
        case bytes() | memoryview():
            changed = bytearray(value)
            if not changed:
                return b"\1"
            changed[len(changed) // 2] ^= 1
            return bytes(changed)
        case int():
            return value ^ 1
        case "":
            return "x"
        case str():
            place = len(value) // 2
            return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    return value + timedelta(microseconds=1)


def test_a_whole_log_has_no_differences(whole):
    assert found() == []


@pytest.mark.parametrize(
    ("model", "field"), COLUMNS, ids=lambda x: getattr(x, "column", None) or x._meta.db_table
)
def test_failure_09_every_altered_column_is_named_or_refused(whole, model, field):
    table, name = model._meta.db_table, connection.ops.quote_name(field.column)
    keys = list(model._meta.pk_fields)
    rows = list(model.objects.order_by(*[f.attname for f in keys]))
    row = rows[len(rows) // 2]
    where = " AND ".join(f"{connection.ops.quote_name(f.column)} = %s" for f in keys)
    values = [f.get_db_prep_value(getattr(row, f.attname), connection) for f in keys]

    def alter(value):
        with transaction.atomic(), connection.cursor() as cursor:
            new = [field.get_db_prep_value(value, connection), *values]
            cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {where}", new)  # noqa: S608
            assert cursor.rowcount == 1

    with triggers.lifted(connection):
        with pytest.raises(IntegrityError):
            alter(None)
        try:
            alter(flipped(getattr(row, field.attname)))
        except IntegrityError:
            return  # the database itself refuses it

    assert (table, field.column) in {(d["table"], d["field"]) for d in found()}


@pytest.mark.parametrize("model", SEALED[1:6], ids=lambda model: model._meta.db_table)
def test_a_row_that_is_gone_is_named(whole, model):
    with triggers.lifted(connection):
        row = list(model.objects.order_by("pk"))[1]
        model.objects.filter(pk=row.pk).delete()

    tables = {difference["table"] for difference in found()}

    assert model._meta.db_table in tables or model._meta.db_table == "ledger_checkpoint"


def test_an_index_is_named_with_its_column(whole):
    with triggers.lifted(connection):
        SealedEntry.objects.filter(idx=9).update(leaf=bytes(32))

    (difference,) = [d for d in found() if d["table"] == "ledger_entry"]

    assert (difference["index"], difference["field"]) == (9, "leaf")


def test_failure_10_every_altered_file_is_named(whole, settings):
    good = {p: p.read_bytes() for p in settings.LEDGER_DIR.rglob("*") if p.is_file()}
    for path, data in good.items():
        name = path.relative_to(settings.LEDGER_DIR).as_posix()
        for place in (len(data) // 2, len(data) - 1):
            changed = bytearray(data)
            changed[place] ^= 1
            path.write_bytes(changed)
            assert name in {d["index"] for d in found() if d["table"] == "file"}
        path.unlink()
        if name != "checkpoint" and ".p/" not in name:
            assert name in {d["index"] for d in found() if d["table"] == "file"}
        path.write_bytes(data)
    assert found() == []


@pytest.mark.parametrize("which", ["state", "key"])
def test_every_altered_byte_of_signer_and_key_is_named(whole, which):
    path = getattr(whole, which)
    good = path.read_bytes()
    for place in range(0, len(good.rstrip()), 7):
        changed = bytearray(good)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert {"signer", "key"} & {d["table"] for d in found()}, place
    path.write_bytes(good)
    assert found() == []


def test_an_unknown_file_is_named(whole, settings):
    (settings.LEDGER_DIR / "notes.txt").write_text("x")

    assert [d["index"] for d in found()] == ["notes.txt"]


def test_an_older_checkpoint_is_named_once_the_promise_is_past(
    whole, settings, story, publish_witnessed
):
    old = (settings.LEDGER_DIR / "checkpoint").read_bytes()
    story.tell(3)
    sealing.seal_all(at=timezone.now(), width=WIDTH)
    publish_witnessed(WIDTH)
    (settings.LEDGER_DIR / "checkpoint").write_bytes(old)

    later = found(timezone.now() + timedelta(seconds=61))

    assert "checkpoint" in {d["index"] for d in later}


def test_a_missing_signer_state_is_named_and_freezes(whole):
    whole.state.unlink()

    assert {(d["table"], d["field"]) for d in found()} == {
        ("signer", "state"),
        ("ledger_head", "mode"),
    }


def test_erased_values_are_no_difference(whole, settings):
    from ledger.models import Disclosure

    Disclosure.objects.all().delete()
    for n in range(6):
        publishing.write_disclosures(n, size=21, width=WIDTH)

    assert found() == []
    assert not list((settings.LEDGER_DIR / "disclosures").iterdir())


def test_checks_of_other_parts_are_run(whole, settings):
    settings.LEDGER_CHECKS = ["tests.ledger.test_fsck.always_wrong"]

    assert found() == always_wrong()


def always_wrong():
    return [{"table": "t", "index": 1, "field": "f", "reason": "r"}]


def test_the_command_says_it_in_json(log, settings, story, seal, capsys):
    settings.LEDGER_CHECKS = []
    story.tell(3)
    seal()
    publishing.sign_and_publish(at=timezone.now())

    call_command("fsck", "--json")
    Head.objects.update(at="2020-01-01T00:00:00.000000Z")
    with pytest.raises(SystemExit) as ended:
        call_command("fsck", "--json")

    good, bad = map(json.loads, capsys.readouterr().out.splitlines())
    assert good == {"ok": True, "differences": []}
    assert ended.value.code == 1
    assert [d["field"] for d in bad["differences"]] == ["at"]
