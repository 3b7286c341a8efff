"""PostgreSQL's tools: found, new enough, told nothing that others could read; addresses."""

import os

import pytest
from django.db import connection

from portal import environment
from portal.evidence import boxes
from portal.keeping import databases
from portal.keeping.refusing import Broken, Refused
from portal.keeping.taking import Taking, take_media

SECRET = "p@ss/word: 密"


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """tool(name, script): the only one that is found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name, script):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return make


@pytest.fixture
def server(monkeypatch):
    told = {"NAME": "shanji", "USER": "a b", "PASSWORD": SECRET, "HOST": "db.example", "PORT": 5433}
    for name, value in {**told, "OPTIONS": {"sslmode": "verify-full"}}.items():
        monkeypatch.setitem(connection.settings_dict, name, value)


def test_a_password_goes_through_the_environment_alone(server, tool, tmp_path):
    tool("pg_dump", f'echo "$@" > {tmp_path}/words; echo "$PGPASSWORD $PGSSLMODE" > {tmp_path}/env')

    databases.run("pg_dump", ["-Fc"], then=("file",), name="other")

    assert (tmp_path / "words").read_text() == "-U a b -h db.example -p 5433 -Fc other file\n"
    assert (tmp_path / "env").read_text() == f"{SECRET} verify-full\n"


def test_what_a_tool_refuses_is_said_in_its_words(server, tool):
    tool("pg_restore", 'echo "pg_restore: error: no space left" >&2; exit 1')

    with pytest.raises(Broken, match="^pg_restore: pg_restore: error: no space left$"):
        databases.run("pg_restore", [])


def test_the_address_of_a_copy_leads_to_the_same_server(server, monkeypatch):
    monkeypatch.setenv("COPY", databases._address("copy"))

    told = environment.database("COPY", "")

    assert told["NAME"] == "copy"
    for key in ("USER", "PASSWORD", "HOST", "PORT"):
        assert told[key] == connection.settings_dict[key]
    assert told["OPTIONS"] == environment.POSTGRESQL_OPTIONS | {"sslmode": "verify-full"}


def test_a_socket_and_no_password_make_an_address_too(server, monkeypatch):
    for name in ("USER", "PASSWORD", "HOST", "PORT"):
        monkeypatch.setitem(connection.settings_dict, name, "")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})

    assert databases._address("copy") == "postgresql:///copy"


@pytest.mark.services
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("", "pg_dump is not there: install PostgreSQL's client tools of version"),
        ("echo 'pg_dump (PostgreSQL) 9.6.24'", r"is of version 9, the server of \d+: install"),
    ],
)
def test_tools_that_are_missing_or_too_old_are_named(tool, script, said):
    if script:
        tool("pg_dump", script)

    with pytest.raises(Refused, match=said), databases.snapshot():
        pytest.fail("no tool, no snapshot")


@pytest.mark.parametrize("name", [":memory:", "file:memorydb_default?mode=memory&cache=shared"])
def test_a_database_in_memory_has_no_backup(monkeypatch, name):
    monkeypatch.setitem(connection.settings_dict, "NAME", name)

    with pytest.raises(Refused, match="in memory"):
        databases._file()


def test_photos_in_a_bucket_stay_there_and_it_is_named(settings, tmp_path):
    bucket = {
        "BACKEND": "portal.evidence.buckets.Bucket",
        "OPTIONS": {"bucket_name": "photos", "endpoint_url": "http://127.0.0.1:1"},
    }
    settings.STORAGES = {**settings.STORAGES, "evidence": bucket}

    assert (take_media(Taking(tmp_path)), boxes.folder()) == ("photos", None)
    assert os.listdir(tmp_path) == []
