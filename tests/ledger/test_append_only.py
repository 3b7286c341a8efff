"""Sealed rows cannot be changed, removed or replaced through the database."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ledger import anchoring, sealing, triggers
from ledger.models import APPEND_ONLY, sealed_tables

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows(log, story, publish_witnessed, authority):
    story.tell(5)
    sealing.seal_all(at=timezone.now(), width=4)
    publish_witnessed(4)
    anchoring.anchor(at=timezone.now())
    for model in APPEND_ONLY:
        assert model.objects.exists()


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model._meta.db_table)
def test_acceptance_15_a_sealed_row_can_neither_be_changed_nor_removed(rows, model):
    table, column = model._meta.db_table, model._meta.concrete_fields[-1].column
    wanted = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]  # noqa: S608 -- a name of ours
    if connection.vendor == "postgresql":
        wanted.append(f"TRUNCATE {table}")
    else:
        wanted.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 -- ours
    before = model.objects.count()

    for statement in wanted:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert model.objects.count() == before


def test_the_append_only_tables_are_those_with_triggers():
    listed = {table for table, facts in sealed_tables().items() if facts["append_only"]}

    assert listed == set(triggers.TABLES)


def test_the_list_of_sealed_tables_names_every_column():
    assert sealed_tables()["ledger_disclosure"] == {
        "append_only": False,
        "columns": ["uid", "digest", "class", "name", "disclosure_enc"],
    }
