"""What every test may ask for."""

import gc
import os
import sys

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation

import ledger.api as ledger
from tests.remembering import memory, watch

pytest_plugins = ["tests.ledger_fixtures", "tests.witness_fixtures"]


DATABASE = {"db", "transactional_db", "live_server"}  # fixtures; `log` and others ask for them


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is collected stays: nobody need look through it for garbage, neither now nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(tryfirst=True)  # before pytest picks by mark
def pytest_collection_modifyitems(items):
    """Mark what touches neither database nor server: the same on every one of them.

    pytest-django lets nobody else near the database, so `make test-services` need not repeat them.
    """
    for item in items:
        asks = DATABASE & set(getattr(item, "fixturenames", ()))
        if not asks and not any(map(item.get_closest_marker, ("django_db", "services"))):
            item.add_marker(pytest.mark.pure)


@pytest.fixture(autouse=True)
def empty_cache():
    """Nothing counted or remembered by the test before."""
    cache.clear()
    ContentType.objects.clear_cache()


@pytest.fixture(scope="session", autouse=True)
def writes_are_seen():
    connection.execute_wrappers.append(watch)


@pytest.fixture(autouse=True)
def remembering(monkeypatch):
    """What factories build is built once: `tests/remembering.py`."""
    memory.begin(monkeypatch)


@pytest.fixture(autouse=True)
def english():
    """Outside a request the tests read English; a page's language is its request's."""
    with translation.override("en"):
        yield


@pytest.fixture
def still(monkeypatch):
    """The clock stands, so that no limit's minute or hour ends in the middle of the test."""
    at = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: at)


@pytest.fixture
def english_workbench(settings):
    """Staff pages, whose addresses name no language, are in English too."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def child_env(tmp_path):
    """The environment of a child process that shares this test's database and files.

    Only for tests marked transactional: others never commit, so a child would see nothing.
    """
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{database['NAME']}"
    else:
        user, host, port = database["USER"], database["HOST"], database["PORT"]
        address = f"postgresql://{user}@{host}:{port}/{database['NAME']}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": address,
        "TESTS_VAR": str(settings.VAR),
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]),
    }


@pytest.fixture
def sealed(seal):
    """Seal what waits and list every entry."""

    def entries():
        seal()
        return list(ledger.entries())

    return entries
