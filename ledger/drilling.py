"""The rebuild drill: whether the published files alone give the same ledger and the same pages.

A fresh SQLite database in a folder of its own is filled by the real commands, each a process
that has neither the keys of the log nor the signer's memory: `migrate`, `rebuild_ledger`,
`check_public`. Then its rows are compared with those of this database, up to the published size.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from ledger import history
from ledger.core import notes

ROWS = {  # what two databases must hold alike below a size
    "ledger_entry": "SELECT idx, uid, leaf, entry FROM ledger_entry WHERE idx < {} ORDER BY idx",
    "ledger_case": "SELECT code, n, idx FROM ledger_case WHERE idx < {} ORDER BY idx, code",
}


class Failed(RuntimeError):
    """The files did not give the ledger back; the text says at which step, and what was said."""


def drill(*, at: datetime) -> int:
    """Rebuild from LEDGER_DIR beside everything, compare, and tell the journal; the size."""
    try:
        size = _drill(Path(settings.LEDGER_DIR))
    except Failed as failure:
        history.write(history.DRILL, at=at, good=False, text=str(failure))
        raise
    history.write(history.DRILL, at=at, good=True, text=f"{size} entries, equal row by row")
    return size


def _drill(files: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="shanji-drill-") as folder:
        database = Path(folder, "db.sqlite3")
        own = environment(Path(folder), f"sqlite:///{database}")
        for words in (
            ["migrate", "--verbosity", "0"],
            ["rebuild_ledger", str(files), "--policy", str(files / "policy")],
            ["check_public"],
        ):
            _run(words, own)
        size = _size(files)
        with sqlite3.connect(database) as rebuilt:
            for table, query in ROWS.items():
                asked = query.format(size)
                if _digest(rebuilt.execute(asked)) != _digest(_ours(asked)):
                    raise Failed(f"{table}: the rebuilt rows are not those of this database")
        rebuilt.close()
    return size


def environment(folder: Path, database: str) -> dict[str, str]:
    """Ours, on this database (its address), without our keys, memory and broker."""
    own = {"VAR": str(folder), "DATABASE_URL": database, "REDIS_URL": ""}
    own |= {"LEDGER_DIR": "", "LEDGER_STATE": "", "LEDGER_KEY_FILE": "", "RECEIPT_KEY_FILE": ""}
    own |= {"FIELD_KEY_FILE": "", "LEDGER_SIGNER": "", "WITNESSES": "", "FAILPOINTS": ""}
    own |= {"LEDGER_ORIGIN": settings.LEDGER_ORIGIN, "SECRET_KEY": settings.SECRET_KEY}
    own |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SITE_ORIGIN": settings.SITE_ORIGIN,
        "DEMO": "1" if settings.DEMO else "",
    }
    return {**os.environ, **own}


def _run(words: list[str], own: dict[str, str]) -> None:
    command = [sys.executable, str(settings.BASE / "manage.py"), *words]
    ran = subprocess.run(command, env=own, check=False, capture_output=True, text=True)
    if ran.returncode:
        said = (ran.stderr or ran.stdout).strip().splitlines()
        raise Failed(f"{words[0]}: {said[-1] if said else f'ended with {ran.returncode}'}")


def _size(files: Path) -> int:
    return notes.parse_checkpoint(notes.parse_note((files / "checkpoint").read_bytes())[0]).size


def _ours(query: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(1000):
            yield from rows


def _digest(rows: Iterable[tuple[Any, ...]]) -> str:
    digest = sha256()
    for row in rows:
        plain = [bytes(v).hex() if isinstance(v, bytes | memoryview) else v for v in row]
        digest.update(repr(plain).encode())
    return digest.hexdigest()
