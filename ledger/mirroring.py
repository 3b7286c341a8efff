"""A copy of another portal's public files, never worse than the copy before.

Everything new is fetched beside the copy, verified together with what is there already as a whole
log, held against what was remembered, and only then moved in: tiles, disclosures, policy, and
`checkpoint` last. Files that never change are fetched once and never replaced. Disclosures are
asked for every time and go when the origin does not list them any more. Who is killed leaves the
older copy, whole, with some files of the newer one.

Whose signatures count says the reader's own policy; without one, the policy of the first copy,
which a later one must satisfy too. Beside the folder lie `<folder>.remembered` (the last good
checkpoint: a log that goes back or forks is refused), `<folder>.lock` and `<folder>.new`.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ledger import durable
from ledger.core import notes, policy, tiles
from ledger.failpoints import fp
from ledger.verify import remembering, signed
from ledger.verify.checking import check
from ledger.verify.reports import LogReport
from ledger.verify.sources import SCRATCH, Folder, Source, open_source

CHANGING = ("receipt.vkey", "policy")  # in this order; `checkpoint` comes after all


class NotMirrored(RuntimeError):
    """What was offered is refused; the copy is as it was. `evidence`: two notes, if they fork."""

    def __init__(self, reason: str, evidence: list[str] | None = None) -> None:
        super().__init__(reason)
        self.evidence = evidence or []


@dataclass(frozen=True)
class Mirrored:
    size: int
    fetched: int
    removed: int


@dataclass
class _Copy:
    """The copy as it will be: what was fetched, over what is there."""

    stored: Path
    fetched: Path
    gone: set[str] = field(default_factory=set)

    def read(self, path: str) -> bytes | None:
        for folder in (self.fetched, self.stored):
            if path not in self.gone and (folder / path).is_file():
                return (folder / path).read_bytes()
        return None

    def paths(self) -> list[str]:
        return sorted({*Folder(self.stored).paths(), *self.new()} - self.gone)

    def new(self) -> list[str]:
        return Folder(self.fetched).paths()

    def has(self, path: str) -> bool:
        return (self.stored / path).is_file()

    def keep(self, path: str, data: bytes) -> None:
        target = self.fetched / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def mirror(
    target: str, folder: Path, *, demanded: bytes | None = None, width: int = tiles.WIDTH
) -> Mirrored:
    """Bring the copy in `folder` up to what `target` publishes now. Safe to repeat."""
    source = open_source(target)
    copy = _Copy(folder, folder.with_name(folder.name + ".new"))
    remembered = folder.with_name(folder.name + ".remembered")
    with durable.locked(folder.with_name(folder.name + ".lock")):
        shutil.rmtree(copy.fetched, ignore_errors=True)
        for made in (folder, copy.fetched):
            durable.make_folder(made)
        if demanded is None and copy.has("policy"):
            demanded = (folder / "policy").read_bytes()
        size = _fetch(source, copy, demanded, width)
        fp("mirror.fetched")
        report = _verified(copy, demanded, remembered, width)
        fp("mirror.verified")
        done = Mirrored(size, len(copy.new()), len(copy.gone))
        _move_in(copy, remembered, report.note)
        shutil.rmtree(copy.fetched)
    return done


def _fetch(source: Source, copy: _Copy, demanded: bytes | None, width: int) -> int:
    note, served = _needed(source, "checkpoint"), _needed(source, "policy")
    try:
        checkpoint, met = signed.checkpoint(policy.parse(demanded or served), note)
    except (notes.WrongNote, policy.WrongPolicy) as error:
        raise NotMirrored(f"checkpoint or policy: {error}") from error
    if not met:
        raise NotMirrored("checkpoint: the quorum of the policy has not signed it")
    for tile in tiles.of_size(0, checkpoint.size, width):
        if not copy.has(tiles.path(tile, width)):
            _fetch_tile(source, copy, tile, width)
    for n in range(-(-checkpoint.size // width)):
        _fetch_changing(source, copy, f"disclosures/{tiles.number(n)}")
    _fetch_changing(source, copy, "receipt.vkey")
    for path in _anchors(source, checkpoint.size):
        if not copy.has(path) and (data := source.read(path)) is not None:
            copy.keep(path, data)
    copy.keep("policy", served)
    copy.keep("checkpoint", note)
    return checkpoint.size


def _anchors(source: Source, size: int) -> list[str]:
    """Those that are listed; of an address, the newest checkpoint's."""
    listed = source.paths()
    if listed is None:
        return [f"anchor/{size}.note", f"anchor/{size}.tsr"]
    return [path for path in listed if path.startswith("anchor/")]


def _fetch_tile(source: Source, copy: _Copy, tile: tiles.Tile, width: int) -> None:
    """The tile; of a partial one that is gone, the full one."""
    for wanted in dict.fromkeys((tile, tiles.Tile(tile.level, tile.n, width))):
        path = tiles.path(wanted, width)
        data = source.read(path)
        if data is not None:
            if not copy.has(path):
                copy.keep(path, data)
            return
    raise NotMirrored(f"{tiles.path(tile, width)} is missing at the origin")


def _fetch_changing(source: Source, copy: _Copy, path: str) -> None:
    data = source.read(path)
    if data is None:
        if copy.has(path):
            copy.gone.add(path)
    elif copy.read(path) != data:
        copy.keep(path, data)


def _needed(source: Source, path: str) -> bytes:
    data = source.read(path)
    if data is None:
        raise NotMirrored(f"{path} is missing at the origin")
    return data


def _verified(copy: _Copy, demanded: bytes | None, remembered: Path, width: int) -> LogReport:
    report = check(copy, demanded, width=width)
    for known in (remembered, copy.stored / "checkpoint"):
        remembering.compare(known, report)
    if report.damage:
        first = report.damage[0]
        own = " (a file of the copy itself: remove it and run again)"
        where = first["file"] + (own if copy.has(first["file"]) else "")
        raise NotMirrored(f"{where}: {first['reason']}", report.evidence)
    return report


def _move_in(copy: _Copy, remembered: Path, note: bytes) -> None:
    for path in _in_order(copy.new()):
        _write(copy, path)
        fp("mirror.file")
    for path in sorted(copy.gone):
        (copy.stored / path).unlink(missing_ok=True)
    fp("mirror.removed")
    for path in CHANGING:
        if path in copy.new():
            _write(copy, path)
    fp("mirror.policy")
    remembering.keep(remembered, note)
    fp("mirror.remembered")
    _write(copy, "checkpoint")
    fp("mirror.checkpoint")
    shutil.rmtree(copy.stored / SCRATCH, ignore_errors=True)
    fp("mirror.stored")


def _in_order(paths: list[str]) -> Iterator[str]:
    """Bundles and tiles before the disclosures, which open digests in them."""
    first = [path for path in paths if path.startswith("tile/")]
    yield from first
    yield from (path for path in paths if path not in {*first, *CHANGING, "checkpoint"})


def _write(copy: _Copy, path: str) -> None:
    scratch = copy.stored / SCRATCH
    durable.make_folder(scratch)
    durable.write(copy.stored / path, (copy.fetched / path).read_bytes(), scratch=scratch)
