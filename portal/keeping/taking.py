"""What goes into a backup beside the database: the public files of the log, photos and papers.

Only what is named here is taken, so keys and the signer's memory never are. What a backup before
this one holds already gets a second name (hard link) instead of a second copy.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from ledger import durable, publishing
from ledger.core import notes, tiles
from ledger.failpoints import fp
from ledger.verify.sources import Folder
from portal.evidence import boxes
from portal.keeping import copying
from portal.keeping.manifest import Files, measured
from portal.keeping.refusing import Broken
from portal.oversight import erasures

LEDGER, MEDIA, ERASED = "ledger", "media", "erased"
_STORED = re.compile(r"(closed|public)/([0-9a-f]{2})/(\2[0-9a-f]{62})", re.ASCII)


@dataclass
class Taking:
    """A backup being made in `folder`; `before` and `known` are the one before it."""

    folder: Path
    before: Path = field(default_factory=Path)
    known: Files = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    copied: int = 0

    def write(self, path: str, data: bytes) -> None:
        """A small file that was read already."""
        copying.make_folder((self.folder / path).parent)
        durable.write(self.folder / path, data, mode=0o600)
        self.note(path)

    def note(self, path: str) -> None:
        """This file is in its place."""
        self.files[path] = measured(self.folder / path)

    def take(self, source: Path, path: str, *, named: str = "") -> None:
        """Copy or link one file. `named`: the SHA-256 that its name gives, else it is read."""
        target = self.folder / path
        wanted = (source.stat().st_size, named) if named else measured(source)
        if not self._has(target, wanted):
            target.unlink(missing_ok=True)
            linked = self.known.get(path) == wanted and copying.link(self.before / path, target)
            if not linked:
                wanted = copying.copy(source, target)
                self.copied += 1
        self.files[path] = wanted
        if named and wanted[1] != named:
            self.damaged.append(f"{path} does not have the SHA-256 that is its name")
        fp("backup.file")

    @staticmethod
    def _has(target: Path, wanted: tuple[int, str]) -> bool:
        """Whether an interrupted run has copied it already."""
        return target.exists() and target.stat().st_size == wanted[0] and measured(target) == wanted

    def tidy(self) -> None:
        """Remove what an interrupted run left and is gone since, such as what was erased."""
        for path in Folder(self.folder).paths():
            if path not in self.files:
                (self.folder / path).unlink()


@dataclass
class Public:
    """What is public at one moment: the files that change, and the names of those that do not."""

    small: dict[str, bytes] = field(default_factory=dict)
    size: int | None = None
    names: list[str] = field(default_factory=list)


def public() -> Public:
    """Under the publisher's lock: checkpoint, policy, newest disclosures, and what belongs to them.

    Broken: the checkpoint is damaged.
    """
    source, found = publishing.folder(), Public()
    try:
        note = (source / "checkpoint").read_bytes()
        found.size = notes.parse_checkpoint(notes.parse_note(note)[0]).size
    except FileNotFoundError:
        return found  # nothing is public yet
    except notes.WrongNote as error:
        raise Broken(f"the published checkpoint is damaged ({error}): see fsck") from error
    last = -(-found.size // tiles.WIDTH) - 1
    shown = [f"disclosures/{tiles.number(n)}" for n in range(last + 1)]
    found.names = [tiles.path(tile) for tile in tiles.of_size(0, found.size)]
    found.names += [f"anchor/{file.name}" for file in sorted((source / "anchor").glob("*.*"))]
    found.names += [path for path in shown[:-1] if (source / path).exists()]
    for path in ("checkpoint", "policy", "receipt.vkey", *shown[-1:]):
        if (source / path).exists():
            found.small[path] = (source / path).read_bytes()
    return found


def take_ledger(taking: Taking, shown: Public) -> None:
    """The files of that checkpoint; one that is missing is noted as damage."""
    for name in shown.names:
        try:
            taking.take(publishing.folder() / name, f"{LEDGER}/{name}")
        except FileNotFoundError:
            if not name.startswith("disclosures/"):  # these go when their last value is erased
                taking.damaged.append(f"{LEDGER}/{name} is missing")
    for name, data in shown.small.items():
        taking.write(f"{LEDGER}/{name}", data)


def take_media(taking: Taking) -> str:
    """Photos and papers, by their names; or the name of the bucket that holds them."""
    source = boxes.folder()
    if source is None:
        return str(settings.STORAGES["evidence"]["OPTIONS"]["bucket_name"])
    for file in sorted(source.glob("*/*/*")):
        if stored := _STORED.fullmatch(file.relative_to(source).as_posix()):
            try:
                taking.take(file, f"{MEDIA}/{stored[0]}", named=stored[3])
            except FileNotFoundError:
                continue  # erased a moment ago
    return ""


def take_erasures(taking: Taking) -> None:
    """The list of what was erased, which an older backup than this one may need."""
    if erasures.place().exists():
        taking.take(erasures.place(), ERASED)
