"""Trying a backup out: restored into a database and folder of its own, where `fsck` derives
everything again; then held against this portal's log and what it has made public since.

The copy has no signer and no key but the one that opens personal values, so it cannot sign. What
`fsck` misses of the signer is the only thing that is passed over.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from ledger import drilling, guarding, history, reading
from portal.keeping import copying, databases, manifest, restoring
from portal.keeping.manifest import Manifest
from portal.keeping.refusing import Broken
from portal.keeping.taking import LEDGER

NOT_COPIED = {("signer", "state"), ("ledger_head", "mode")}  # the mode follows from the signer


@dataclass(frozen=True)
class Tried:
    """The backup that is good."""

    backup: Path
    told: Manifest


def try_out(folder: Path, *, at: datetime) -> Tried:
    """Try a backup, or the newest in a folder of them, and tell the journal. Broken, Refused."""
    here = "ledger_journal" in connection.introspection.table_names()
    try:
        tried = _tried(folder, at, compared=here)
    except Broken as damage:
        if here:
            history.write(history.BACKUP, at=at, good=False, text=str(damage))
        raise
    if here:
        text = f"{tried.backup.name} restored and checked"
        history.write(history.BACKUP, at=at, good=not tried.told.damaged, text=text)
    return tried


def _tried(folder: Path, at: datetime, *, compared: bool) -> Tried:
    backup = restoring.chosen(folder)
    told = manifest.read(backup)
    older = restoring.missing(told)
    manifest.check(backup, told)
    with TemporaryDirectory(prefix="shanji-backup-") as name:
        scratch = Path(name)
        for path in told.files:
            if path.startswith(f"{LEDGER}/"):
                copying.copy(backup / path, scratch / path)
        with databases.beside(told.database, backup, scratch) as address:
            environment = drilling.environment(scratch, address) | _kept()
            if older:
                _manage(["migrate", "--verbosity", "0"], environment)
            _check(environment, told)
    if compared:
        _compare(told)
    return Tried(backup, told)


def _kept() -> dict[str, str]:
    """What the copy needs of ours: to open values, and to know whose signatures count."""
    return {
        "LEDGER_DIR": "",  # in VAR
        "FIELD_KEY_FILE": str(settings.FIELD_KEY_FILE),
        "WITNESSES": settings.WITNESSES,
    }


def _check(environment: dict[str, str], told: Manifest) -> None:
    """A checkpoint may have been signed and not yet published at that moment: it is so for ever in
    the copy, and no damage."""
    found = json.loads(_manage(["fsck", "--json"], environment))["differences"]
    wrong = [
        one
        for one in found
        if (one["table"], one["field"]) not in NOT_COPIED
        and not one["reason"].startswith(f"says {told.checkpoint}, ")
    ]
    if wrong:
        first = "; ".join(
            f"{one['table']} {one['index']} {one['field']}: {one['reason']}" for one in wrong[:3]
        )
        raise Broken(f"fsck of the restored copy found {len(wrong)} differences: {first}")


def _manage(words: list[str], environment: dict[str, str]) -> str:
    """A command on the copy; what it wrote. It may end with 1, and says then what it found."""
    command = [sys.executable, str(settings.BASE / "manage.py"), *words]
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if ran.returncode and not ran.stdout.startswith("{"):
        said = ran.stderr.strip().splitlines()
        raise Broken(f"{words[0]} of the restored copy: {said[-1] if said else ran.returncode}")
    return ran.stdout


def _compare(told: Manifest) -> None:
    """The backup's tree is a beginning of ours, and ours goes on to the public checkpoint."""
    try:
        head = reading.head()
    except reading.NoLog:
        return
    if head.size < told.tree_size:
        raise Broken(f"this database has {head.size} entries only, the backup {told.tree_size}")
    if reading.frontier(told.tree_size).root().hex() != told.root:
        raise Broken(f"the {told.tree_size} entries of the backup are not those of this log")
    public = guarding.published_checkpoint(*reading.log_keys(head))
    if public and (public.size > head.size or reading.frontier(public.size).root() != public.root):
        raise Broken(f"the public checkpoint of {public.size} entries is not that of this database")
