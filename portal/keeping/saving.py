"""Making a backup, beside running workers. One folder holds them all:

    20200201T030000Z/   manifest.json  database.sqlite3 or .dump  ledger/…  media/…  erased
    .new/               one that is being made, or was interrupted: the next run goes on with it
    .lock

Database and public checkpoint are of one moment, taken under the publisher's lock. The files of
the log, and photos and papers, are copied after it: all that the database knows of is among them,
and what has a name there never changes.
"""

import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from ledger import durable, history, publishing
from ledger.failpoints import fp
from portal.evidence import boxes
from portal.keeping import copying, databases, manifest
from portal.keeping.manifest import Manifest
from portal.keeping.refusing import Broken, Refused
from portal.keeping.taking import Taking, public, take_erasures, take_ledger, take_media

NEW, GONE, LOCK = ".new", ".gone", ".lock"
STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"([0-9]{8}T[0-9]{6}Z)(-[0-9]+)?", re.ASCII)


@dataclass
class Saved:
    """What was made, how many files of it are copies and not links, which old ones went."""

    folder: Path
    told: Manifest
    copied: int = 0
    dropped: list[str] = field(default_factory=list)


def save(folder: Path, *, at: datetime, keep_days: int | None = None) -> Saved:
    """Make a backup in this folder of backups; drop those older than `keep_days`, if given.

    Refused, Broken, OSError: there is no new one, and those that were there are as they were. Files
    of the log or photos that are damaged already are copied all the same, and named.
    """
    folder = folder.absolute()
    _refuse_served(folder)
    copying.make_folder(folder)
    with _alone(folder):
        taking = _begun(folder)
        told = _filled(taking, at)
        copying.settle(taking.folder)
        fp("backup.files")
        told.write(taking.folder)
        fp("backup.manifest")
        made = Saved(_free(folder, at), told, taking.copied)
        taking.folder.rename(made.folder)
        durable.sync_folder(folder)
        fp("backup.named")
        if keep_days is not None:
            made.dropped = _drop(folder, at - timedelta(days=keep_days))
    text = "; ".join([made.folder.name, *told.damaged[:5]])
    history.write(history.BACKUP, at=at, good=not told.damaged, text=text)
    return made


def complete(folder: Path) -> list[Path]:
    """The backups in this folder that have a manifest, oldest first."""
    found = [one for one in folder.iterdir() if _NAME.fullmatch(one.name)]
    return sorted(one for one in found if (one / manifest.NAME).is_file())


def _refuse_served(folder: Path) -> None:
    places = {
        "LEDGER_DIR": publishing.folder(),
        "MEDIA_DIR": boxes.folder(),
        "static in VAR": Path(settings.STATIC_ROOT),
        "static beside the code": Path(settings.BASE) / "static",
    }
    for name, place in places.items():
        if place is not None and folder.resolve().is_relative_to(place.resolve()):
            raise Refused(f"{folder} lies in {name}, which is served: name a folder outside of it.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with open(folder / LOCK, "ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(f"Another backup is being made in {folder}.") from error
        yield


def _begun(folder: Path) -> Taking:
    """A new one beside the newest that can be read; or the one that was interrupted."""
    taking = Taking(folder / NEW)
    copying.make_folder(taking.folder)
    (taking.folder / manifest.NAME).unlink(missing_ok=True)
    for before in reversed(complete(folder)):
        try:
            taking.known = manifest.read(before).files
        except Broken:
            continue  # nothing to build on; `--check` says so
        taking.before = before
        break
    return taking


def _filled(taking: Taking, at: datetime) -> Manifest:
    with databases.snapshot() as taken:
        with publishing.publisher():
            tree_size, root, origin = _head(taken)
            shown = public()
        fp("backup.moment")
        taken.copy(taking.folder)
        taking.note(databases.FILES[taken.kind])
        applied = taken.rows("SELECT app, name FROM django_migrations ORDER BY app, name")
    fp("backup.database")
    take_ledger(taking, shown)
    bucket = take_media(taking)
    take_erasures(taking)
    taking.tidy()
    return Manifest(
        made_at=at.astimezone(UTC).isoformat(),
        release=settings.RELEASE,
        origin=origin,
        tree_size=tree_size,
        root=bytes(root).hex(),
        checkpoint=shown.size,
        database=taken.kind,
        server=taken.server,
        migrations=[f"{app}.{name}" for app, name in applied],
        bucket=bucket,
        files=taking.files,
        damaged=taking.damaged,
    )


def _head(taken: databases.Snapshot) -> tuple[int, bytes, str]:
    try:
        rows = taken.rows("SELECT size, root, origin FROM ledger_head")
    except databases.ERRORS as error:
        raise Refused(f"This is no portal's database ({error}): run migrate first.") from error
    if not rows:
        raise Refused("There is no log in this database yet: run manage.py create_log.")
    size, root, origin = rows[0]
    return size, root, origin


def _free(folder: Path, at: datetime) -> Path:
    name = at.astimezone(UTC).strftime(STAMP)
    place, more = folder / name, 1
    while place.exists():
        more += 1
        place = folder / f"{name}-{more}"
    return place


def _drop(folder: Path, before: datetime) -> list[str]:
    """Delete the backups made before this time; never the newest."""
    gone, dropped = folder / GONE, list[str]()
    shutil.rmtree(gone, ignore_errors=True)  # killed while it did
    for one in complete(folder)[:-1]:
        stamp = _NAME.fullmatch(one.name)
        assert stamp
        if datetime.strptime(stamp[1], STAMP).replace(tzinfo=UTC) < before:
            one.rename(gone)
            fp("backup.dropped")
            shutil.rmtree(gone)
            dropped.append(one.name)
    return dropped
