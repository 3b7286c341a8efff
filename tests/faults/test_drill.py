"""The drill: the published files alone give the ledger back, and what does not is said."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from ledger import publishing, sealing, triggers
from ledger.models import Journal, SealedEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def public(log, story):
    story.tell(7)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())
    story.tell(2)  # sealed, not published: the drill is of what is public
    sealing.seal_all(at=timezone.now())
    return log.dir


def test_the_published_files_alone_give_the_same_rows(public, capsys):
    call_command("drill")

    assert "8 entries rebuilt" in capsys.readouterr().out
    line = Journal.objects.get(kind="drill")
    assert (line.good, line.size) == (True, 10)


@pytest.mark.services
def test_a_drill_on_damaged_files_fails_and_is_kept(public):
    bundle = public / "tile/entries/000.p/8"
    data = bytearray(bundle.read_bytes())
    data[-9] ^= 1
    bundle.write_bytes(data)

    with pytest.raises(CommandError, match=r"rebuild_ledger: .*entries/000.p/8"):
        call_command("drill")

    assert Journal.objects.get(kind="drill").good is False


@pytest.mark.services
def test_a_drill_names_the_table_that_the_files_do_not_give(public):
    with triggers.lifted(connection):
        SealedEntry.objects.filter(idx=3).update(uid="0" * 32)

    with pytest.raises(CommandError, match="ledger_entry"):
        call_command("drill")
