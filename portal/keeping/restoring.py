"""Putting a backup back: into an empty database, and nothing that is there is written over.

Everything is checked first. Public files come before the database and the database comes whole, so
that a restoration that was killed is simply run again. Keys and the signer's memory are none of
its business: the guard (ledger.guarding) then says how the log stands against them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from ledger import guarding, history, modes, publishing, reading, witnessing
from ledger.core import notes
from ledger.failpoints import fp
from ledger.models import BEHIND, FROZEN, OK, READONLY
from portal.evidence import boxes
from portal.keeping import copying, databases, manifest, saving
from portal.keeping.manifest import Manifest
from portal.keeping.refusing import Broken, Refused
from portal.keeping.taking import ERASED, LEDGER, MEDIA
from portal.oversight import erasures

UNKNOWN = "unknown"  # the mode of tables that are older than this release


@dataclass
class Restored:
    """What came back from which backup; how the log stands now, and why; what to do next."""

    backup: Path
    told: Manifest
    mode: str = UNKNOWN
    why: str = ""
    next: list[str] = field(default_factory=list)


def restore(folder: Path, *, at: datetime) -> Restored:
    """Put a backup, or the newest of a folder of backups, where the settings say.

    Refused: the place is not empty, or the backup is not for this log, release or kind of database.
    Broken: it is not as it was written. In both cases nothing is changed.
    """
    backup = chosen(folder)
    told = manifest.read(backup)
    databases.refuse_if_used()
    _refuse_other(told)
    manifest.check(backup, told)
    for path, target, mode in _files(told):
        copying.copy(backup / path, target, mode=mode)
        fp("restore.file")
    fp("restore.files")
    databases.put(backup)
    fp("restore.database")
    done = Restored(backup, told)
    if missing(told):
        done.next = ["migrate: the backup is of an earlier release", "start one worker"]
        return done
    _stand(done, at)
    done.next = list(_next(done))
    return done


def chosen(folder: Path) -> Path:
    """The backup itself, or the newest complete one in the folder. Refused, Broken."""
    if not folder.is_dir():
        raise Refused(f"{folder} is not a folder.")
    if (folder / manifest.NAME).exists():
        return folder
    if found := saving.complete(folder):
        return found[-1]
    raise Broken(f"{folder} holds no complete backup: {manifest.NAME} is missing")


def missing(told: Manifest) -> set[str]:
    """Migrations of this release that the backup has not had yet. Refused: it had later ones."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours, theirs = {f"{app}.{name}" for app, name in known or ()}, set(told.migrations)
    if later := sorted(theirs - ours):
        raise Refused(
            f"The backup is of another release ({told.release}), which had {later[0]}: install"
            " that one, restore, and only then go on to this one."
        )
    return ours - theirs


def _refuse_other(told: Manifest) -> None:
    missing(told)
    if told.database != connection.vendor:
        raise Refused(
            f"The backup holds a database of {told.database}, DATABASE_URL names one of"
            f" {connection.vendor}: name an empty one of the same kind."
        )
    origins, size = {told.origin: "the backup", settings.LEDGER_ORIGIN: "LEDGER_ORIGIN"}, None
    if note := _published():
        checkpoint = notes.parse_checkpoint(notes.parse_note(note)[0])
        origins[checkpoint.origin], size = "LEDGER_DIR", checkpoint.size
    if len(origins) > 1:
        said = ", ".join(f"{who}: {origin}" for origin, who in origins.items())
        raise Refused(f"These are different logs ({said}).")
    if size is not None and size < (told.checkpoint or 0):
        raise Refused(
            f"LEDGER_DIR holds {size} entries, the backup {told.checkpoint}: put those files away;"
            " nothing is ever written over."
        )


def _published() -> bytes:
    try:
        note = (publishing.folder() / "checkpoint").read_bytes()
        notes.parse_checkpoint(notes.parse_note(note)[0])
    except FileNotFoundError:
        return b""
    except notes.WrongNote as error:
        raise Refused(f"LEDGER_DIR holds a damaged checkpoint ({error}): put it away.") from error
    return note


def _files(told: Manifest) -> Iterator[tuple[str, Path, int]]:
    """(path in the backup, where it goes, mode) of what is not there; the checkpoint last.

    Of public files that are newer only tiles are filled in, which never change: values erased since
    must not come back.
    """
    newer, media = bool(_published()), boxes.folder()
    for path in sorted(told.files, key=lambda path: (path == f"{LEDGER}/checkpoint", path)):
        shelf, _, name = path.partition("/")
        target = publishing.folder() / name
        if shelf == LEDGER and (not newer or (name.startswith("tile/") and not target.exists())):
            yield path, target, 0o644
        elif shelf == MEDIA and media is not None and not (media / name).exists():
            yield path, media / name, 0o600
        elif shelf == ERASED and not erasures.place().exists():
            yield path, erasures.place(), 0o600


def _stand(done: Restored, at: datetime) -> None:
    """Judge the log by all that is known outside the backup, as the worker does when it starts."""
    head = reading.head()
    seen = witnessing.sightings(head)
    done.mode = guarding.check_mode(at=at, seen=seen)
    history.write(history.BACKUP, at=at, good=True, text=f"restored from {done.backup.name}")
    line = modes.newest()
    if done.mode == OK:
        done.why = "database, signer and published files agree"
    elif line:
        done.why = line.text.partition(": ")[2]


def _next(done: Restored) -> Iterator[str]:
    """What the operator does now, in this order."""
    if done.mode == BEHIND:
        yield (
            f"rebuild_ledger {publishing.folder()}, or the folder or address of a mirror: entries"
            f" after {done.told.tree_size} are in the files only"
        )
    elif done.mode == FROZEN:
        yield "remove the cause (docs/operations.md), then unfreeze --reason TEXT"
    elif done.mode == READONLY:
        yield "readonly --leave --reason TEXT, once the machine before this one is off for good"
    yield f"erase --again {done.told.made_at}: what was erased since is back"
    if done.told.bucket:
        yield f"photos and papers are in the bucket {done.told.bucket}: run scrub"
    yield "fsck, invariants and check_public; then start web, worker and clock"
