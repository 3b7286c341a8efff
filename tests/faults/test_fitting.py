"""F-28: tables of one time and a log of another are found when a worker starts, and nothing is
taken on them until somebody has decided."""

import pytest
from django.utils import timezone

import ledger.api as ledger
from ledger import fitting, releasing, tasks
from ledger.models import Journal
from portal.stages.models import Trail
from tests.factories.needs import create_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return timezone.now()


def put_back(rows):
    """Only the portal's own table, as it was then."""
    Trail.objects.all().delete()
    Trail.objects.bulk_create(rows)


def test_f_28_tables_older_than_the_log_close_it_until_it_is_decided(sealed, at, client):
    create_need()
    sealed()
    old = list(Trail.objects.all())
    create_need()
    first, *_more = (entry for entry in sealed()[-4:] if entry.uid not in {t.uid for t in old})
    put_back(old)

    why = fitting.check(at=at)

    assert f"older than the log: they do not know entry {first.index} (" in why
    assert ledger.mode() == "readonly"
    assert client.post("/accounts/login/").status_code == 503
    assert Journal.objects.filter(kind="mode").latest("id").text == f"readonly: {why}"
    assert fitting.check(at=at) == ""  # closed already: one line is enough
    releasing.reopen("no newer backup is left", at=at)
    assert fitting.check(at=at) == ""  # accepted as it is
    create_need()
    sealed()
    assert (fitting.check(at=at), ledger.mode()) == ("", "ok")


def test_f_28_tables_newer_than_the_log_close_it_too(sealed, at):
    need = create_need()
    sealed()
    later = Trail.objects.latest("pk")
    later.pk, later.uid = None, "0" * 32  # sealed once, in a log that is not here
    later.save()

    why = fitting.check(at=at)

    assert why == (
        "the portal's own tables are newer than the log: no entry says"
        f" need.{later.move} of {need.code}"
    )
    assert ledger.mode() == "readonly"


def test_what_waits_to_be_sealed_and_a_database_without_a_log_are_no_trouble(sealed, at):
    create_need()
    assert (ledger.pending()[0] > 0, fitting.check(at=at)) == (True, "")
    sealed()

    assert (fitting.check(at=at), ledger.mode()) == ("", "ok")


@pytest.mark.django_db(transaction=True)
def test_f_28_a_starting_worker_asks(sealed, log):
    create_need()
    sealed()
    Trail.objects.all().delete()

    tasks.check_before_work()

    assert ledger.mode() == "readonly"


@pytest.mark.django_db(transaction=True)
def test_a_worker_starts_where_there_is_no_log_yet():
    tasks.check_before_work()
