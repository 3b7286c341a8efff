"""The database at one moment, beside running writers, and put back into an empty one.

SQLite by its online backup, PostgreSQL by its own client tools; passwords reach them through the
environment, never as an argument.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.postgresql.client import DatabaseClient

from portal.keeping import copying
from portal.keeping.refusing import Broken, Refused

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
ERRORS = (DatabaseError, sqlite3.DatabaseError)
TOGETHER = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file in use


class Snapshot(Protocol):
    """The database as it was at one moment, for as long as it is held."""

    kind: str
    server: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the query answered at that moment."""

    def copy(self, folder: Path) -> None:
        """Write all of it into the folder, as FILES names it. Broken."""


def snapshot() -> AbstractContextManager[Snapshot]:
    """The database from here on, however others write to it. Refused."""
    return _sqlite() if connection.vendor == "sqlite" else _postgres()


class _Lite:
    kind, server = "sqlite", sqlite3.sqlite_version

    def __init__(self, source: sqlite3.Connection) -> None:
        self._source = source

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._source.execute(query).fetchall()

    def copy(self, folder: Path) -> None:
        part = folder / f"{FILES[self.kind]}{copying.SCRATCH}"
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with closing(sqlite3.connect(part)) as target:
                self._source.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")  # one file, whole in itself
                (said,) = target.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise Broken(f"the database is damaged: {error}") from error
        if said != "ok":
            raise Broken(f"the database is damaged: {said}")
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        part.replace(folder / FILES[self.kind])


@contextmanager
def _sqlite() -> Iterator[_Lite]:
    path = _file()
    if not path.is_file():
        raise Refused(f"{path.name} is not there: run migrate and create_log first.")
    with closing(sqlite3.connect(path, isolation_level=None)) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from now on
        yield _Lite(source)


def _file() -> Path:
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or name.startswith("file:"):
        raise Refused("The database is in memory: name a file in DATABASE_URL.")
    return Path(name)


class _Pg:
    kind = "postgresql"

    def __init__(self, name: str, server: str) -> None:
        self._name, self.server = name, server

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def copy(self, folder: Path) -> None:
        part = folder / f"{FILES[self.kind]}{copying.SCRATCH}"
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        how = ["-Fc", "--no-owner", "--no-privileges", f"--snapshot={self._name}", "-f", str(part)]
        run("pg_dump", how)
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        part.replace(folder / FILES[self.kind])


@contextmanager
def _postgres() -> Iterator[_Pg]:
    _fitting("pg_dump")
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
            name, server = cursor.fetchone()
        yield _Pg(name, server)


def _fitting(tool: str) -> None:
    """Refused unless the tool is there and not older than the server."""
    connection.ensure_connection()
    server = connection.pg_version // 10_000  # type: ignore[attr-defined]  # PostgreSQL's own
    how = f"install PostgreSQL's client tools of version {server} or later"
    if shutil.which(tool) is None:
        raise Refused(f"{tool} is not there: {how} (Debian: postgresql-client).")
    said = subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout
    if (own := int(said.split()[2].partition(".")[0].partition("devel")[0])) < server:
        raise Refused(f"{tool} is of version {own}, the server of {server}: {how}.")


def run(tool: str, words: list[str], *, then: tuple[str, ...] = (), name: str = "") -> None:
    """One of PostgreSQL's tools on our database, or on another of the same server. Broken."""
    told = {**connection.settings_dict, **({"NAME": name} if name else {})}
    (_psql, *arguments), more = DatabaseClient.settings_to_cmd_args_env(told, words)
    command, environment = [tool, *arguments, *then], {**os.environ, **(more or {})}
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        raise Broken(f"{tool}: {said[0] if said else f'ended with {ran.returncode}'}")


def refuse_if_used() -> None:
    """Refused unless the database that the settings name is empty, and nobody has it open."""
    if connection.vendor == "postgresql":
        _fitting("pg_restore")
    elif not _file().exists():
        return
    tables = connection.introspection.table_names()
    if tables:
        raise Refused(
            f"The database is not empty: it has {len(tables)} tables. Name an empty one in"
            " DATABASE_URL, or put this one away; nothing is ever written over."
        )
    connections.close_all()
    if connection.vendor == "sqlite":
        path = _file()
        if any(path.with_name(path.name + end).exists() for end in TOGETHER):
            raise Refused("The database is open: stop web, worker and clock first.")


def put(folder: Path) -> None:
    """The backup's database into the empty one, whole or not at all. Broken."""
    if connection.vendor == "postgresql":
        _restore(folder)
    else:
        copying.copy(folder / FILES["sqlite"], _file(), mode=0o644)
    connections.close_all()


@contextmanager
def beside(kind: str, backup: Path, scratch: Path) -> Iterator[str]:
    """The backup's database in one of its own, for a while; its address. Refused, Broken."""
    if kind == "sqlite":
        copying.copy(backup / FILES[kind], scratch / "db.sqlite3")
        yield f"sqlite:///{scratch / 'db.sqlite3'}"
        return
    if connection.vendor != kind:
        raise Refused("A backup of PostgreSQL is tried out where DATABASE_URL names PostgreSQL.")
    _fitting("pg_restore")
    name = f"{connection.settings_dict['NAME']}_backup_{os.getpid()}"
    try:
        run("createdb", ["--template=template0"], name=name)
    except Broken as refusal:
        raise Refused(
            f"No database can be made to try it out in ({refusal}): give this role CREATEDB, or"
            " run restore on another machine."
        ) from refusal
    try:
        _restore(backup, name=name)
        yield _address(name)
    finally:
        run("dropdb", ["--if-exists", "--force"], name=name)


def _restore(backup: Path, *, name: str = "") -> None:
    how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "-d"]
    run("pg_restore", how, then=(str(backup / FILES["postgresql"]),), name=name)


def _address(name: str) -> str:
    """Of a database on our server, for a child's environment."""
    told = connection.settings_dict
    user, password, host = (quote(str(told[key]), safe="") for key in ("USER", "PASSWORD", "HOST"))
    sign_in = f"{user}{':' if password else ''}{password}@" if user else ""
    port = f":{told['PORT']}" if told["PORT"] else ""
    options = {key: value for key, value in told["OPTIONS"].items() if key.startswith("ssl")}
    more = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{sign_in}{host}{port}/{name}{more}"
