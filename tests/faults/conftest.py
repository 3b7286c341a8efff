"""A log whose process dies: in a child, by SIGKILL, at a named point."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from ledger import api, creating, fsck, publishing, sealing, triggers
from ledger.models import CaseCount, CaseNumber, Head, SealedEntry, StoredCheckpoint, TileHash
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.ledger.conftest import story, submit

__all__ = ["story", "submit"]
TABLES = (Head, SealedEntry, CaseNumber, CaseCount, TileHash, StoredCheckpoint)


def copied(*more):
    """The ledger's tables as a backup holds them; `more`: of other models too."""
    return {model: list(model.objects.all()) for model in (*TABLES, *more)}


def restore(backup):
    """Put the backup in place of what is there."""
    with triggers.lifted(connection):
        for model, rows in backup.items():
            model.objects.all().delete()
            model.objects.bulk_create(rows)


@pytest.fixture
def log(transactional_db, settings, monkeypatch):
    """A log in the folders that child processes know, its own test's alone."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    settings.LEDGER_CHECKS = []
    settings.LEDGER_REBUILT = []
    for path in ("ledger", "keys", "failpoints"):
        shutil.rmtree(settings.VAR / path, ignore_errors=True)
    settings.LEDGER_STATE.unlink(missing_ok=True)
    creating.create(at=timezone.now())
    return SimpleNamespace(dir=settings.LEDGER_DIR, state=settings.LEDGER_STATE)


@pytest.fixture
def grow(log, story):
    """grow(n): n more events, sealed and public; their uids."""

    def tell(count):
        uids = story.tell(count)
        sealing.seal_all(at=timezone.now())
        publishing.sign_and_publish(at=timezone.now())
        return uids

    return tell


@pytest.fixture
def whole(log):
    """whole(uids): rerun, then verify everything: each event once, no gap, files and tables."""

    def verify(uids):
        sealing.seal_all(at=timezone.now())
        publishing.sign_and_publish(at=timezone.now())
        sealed = [entry.uid for entry in api.entries(1)]
        assert Counter(sealed) == Counter(uids)
        assert fsck.differences(at=timezone.now()) == []
        report = check(Folder(log.dir), balances=True)
        assert (report.damage, report.size, report.ahead) == ([], len(uids) + 1, 0)

    return verify


@pytest.fixture
def begun(log, settings):
    """begun(work, point): a forked process that runs it with this failpoint; its number."""

    def begin(work, points):
        connections.close_all()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                settings.FAILPOINTS = points
                work()
                status = 0
            finally:
                os._exit(status)
        return pid

    return begin


@pytest.fixture
def child(begun):
    """child(work, point): run it in a forked process with this failpoint; its exit status."""
    return lambda work, points: os.waitpid(begun(work, points), 0)[1]


@pytest.fixture
def manage(child_env):
    """manage(command, points): a real `manage.py`; its exit status, -9 if killed."""

    def run(command, points="", **env):
        words = [sys.executable, "manage.py", *command.split()]
        env = {**child_env, "FAILPOINTS": points, **env}
        return subprocess.run(words, env=env, check=False, timeout=120, capture_output=True)

    return run


def killed(status):
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def until(true):
    """Wait, a tenth of a minute at most."""
    end = time.monotonic() + 6
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def commanded(*words):
    """(exit code, what it said) of a command in this process."""
    out = io.StringIO()
    try:
        call_command(*map(str, words), stdout=out)
    except CommandError as refusal:
        return refusal.returncode, str(refusal)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def elsewhere(log, tmp_path):
    """elsewhere(work): what it returns, in a process of its own whose database is an empty one."""
    database = connection.settings_dict
    beside = f"{database['NAME']}_elsewhere"
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{beside}" TEMPLATE template0')
    else:
        beside = str(tmp_path / "elsewhere.sqlite3")

    def run(work):
        connections.close_all()
        told = tmp_path / "told.json"
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                database["NAME"] = beside
                told.write_text(json.dumps(work()))
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        assert os.waitpid(pid, 0)[1] == 0
        return json.loads(told.read_text())

    yield run
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{beside}" WITH (FORCE)')


@pytest.fixture
def media(settings):
    """Photos and papers: none yet; nobody was erased."""
    (settings.VAR / "erased").unlink(missing_ok=True)
    shutil.rmtree(settings.VAR / "media", ignore_errors=True)
    return settings.VAR / "media"


@pytest.fixture
def store(tmp_path, media):
    """A folder for backups."""
    return tmp_path / "backups"
