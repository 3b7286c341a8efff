"""Fixtures of the ledger: a log in folders of its own, and a flush that append-only tables bear."""

import shutil
from functools import wraps
from types import SimpleNamespace

import pytest
from celery import current_app
from django.conf import settings as configured
from django.contrib.contenttypes.management import create_contenttypes
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.signals import post_migrate
from django.utils import timezone

from ledger import creating, sealing, triggers, vault
from tests.remembering import memory, remembered


@pytest.fixture(scope="session", autouse=True)
def flush_lifts_triggers():
    """A flush deletes or truncates everything: without the triggers, which come back.

    PostgreSQL takes longer over truncating a hundred empty tables, and over making the triggers
    anew, than most tests over what they do; so only what has rows is emptied, and the triggers
    are passed over.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    @wraps(flush)
    def lifted(self, sql_list):
        memory.forget()
        if self.connection.vendor == "postgresql" and _may_pass_triggers(self.connection):
            _empty(self.connection)
            return
        with triggers.lifted(self.connection):
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = lifted
    yield
    BaseDatabaseOperations.execute_sql_flush = flush


def _may_pass_triggers(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()[0]


def _empty(connection):
    quoted = map(connection.ops.quote_name, connection.introspection.django_table_names())
    each = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in quoted)  # noqa: S608
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
        cursor.execute(" UNION ALL ".join(each))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


@pytest.fixture(scope="session", autouse=True)
def flush_is_quick():
    """After each flush Django makes a row for every model and for everything one may do with it.

    Nothing here reads them: who may do what stands in the stage tables. It took a quarter of the
    time of a test that commits.
    """
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session")
def first_files(tmp_path_factory):
    """Keys and signer's memory of a log of one entry; its tests have copies."""
    folder = tmp_path_factory.mktemp("log")
    vault.make_key(folder / "keys" / "field.key")
    return folder


@pytest.fixture
def log_files(settings, tmp_path, monkeypatch, first_files):
    """Keys, signer's memory and public files in a folder of this test; no log yet."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)  # tests survive no power cut
    settings.LEDGER_KEY_FILE = tmp_path / "keys" / "log.key"
    settings.FIELD_KEY_FILE = tmp_path / "keys" / "field.key"
    settings.RECEIPT_KEY_FILE = tmp_path / "keys" / "receipt.key"
    settings.LEDGER_DIR = tmp_path / "ledger"
    settings.LEDGER_STATE = tmp_path / "signer.json"
    settings.FIELD_KEY_FILE.parent.mkdir()
    shutil.copy2(first_files / "keys" / "field.key", settings.FIELD_KEY_FILE)
    return SimpleNamespace(
        dir=settings.LEDGER_DIR,
        key=settings.LEDGER_KEY_FILE,
        field=settings.FIELD_KEY_FILE,
        state=settings.LEDGER_STATE,
    )


@remembered
def first_entry():
    return creating.create(at=timezone.now())


@pytest.fixture
def log(db, log_files, first_files, tmp_path):
    """A log with its first entry, `ledger.create`, sealed."""
    if (first_files / "signer.json").exists():
        shutil.copytree(first_files, tmp_path, dirs_exist_ok=True)
        first_entry()
    else:
        first_entry()
        shutil.copytree(tmp_path, first_files, dirs_exist_ok=True)
    return log_files


@remembered
def seal_all(at):
    return sealing.seal_all(at=at or timezone.now())


@remembered
def project():
    current_app.tasks[configured.LEDGER_SEALED]()


@pytest.fixture
def seal(log):
    """seal(): everything that waits, now; how many entries it made."""
    return lambda at=None: seal_all(at)


@pytest.fixture
def seal_and_project(seal):
    """seal_and_project(): seal everything and run the task that follows a seal."""

    current_app.loader.import_default_modules()  # a worker does it when it starts

    def both(at=None):
        count = seal(at)
        project()
        return count

    return both
