"""Proofs as files: a portal's zip, one `.tlog-proof` beside its `.entry`, or a folder of such.

A zip is read as the browser reads it: stored files only, each with its check sum, all in one
folder, no comment. Nothing is ever unpacked onto the disk.
"""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from ledger.verify.sources import Unreachable

PROOF, ENTRY = ".tlog-proof", ".entry"
POLICY, VALUES = "policy", "disclosures.json"
MAX_BYTES = 64 * 2**20
MAX_FILES = 10_000
_END = struct.Struct("<4s4H2LH")
_LINE = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_HIDDEN = 0x0001 | 0x0008  # encrypted, or sizes told only afterwards


@dataclass
class Files:
    """By their plain names. `folder`: that of a zip, which the portal names after the case."""

    found: dict[str, bytes]
    whole: bool = False  # a zip: everything must be there
    folder: str = ""
    broken: list[str] = field(default_factory=list)  # whose check sum is wrong


def is_bundle(target: str) -> bool:
    """A file, or a folder that holds proofs and is no log."""
    if target.startswith(("http://", "https://")):
        return False
    path = Path(target)
    return path.is_file() or (not (path / "checkpoint").exists() and _home(path) is not None)


def read(target: str) -> Files:
    """Unreachable if it is none, or more than anybody should read."""
    path = Path(target)
    if path.is_dir():
        return _folder(_home(path) or path)
    return _single(path) if path.suffix == PROOF else _unzip(_bytes(path))


def _home(path: Path) -> Path | None:
    """Where the proofs lie: here, or in the only folder here that has any."""
    if not path.is_dir():
        return None
    if any(path.glob(f"*{PROOF}")):
        return path
    inner = {proof.parent for proof in path.glob(f"*/*{PROOF}")}
    return inner.pop() if len(inner) == 1 else None


def _bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreachable(f"{path.name}: longer than {MAX_BYTES} bytes, with what lies beside it")
    return data


def _single(path: Path) -> Files:
    names = [path.name, f"{path.name.removesuffix(PROOF)}{ENTRY}", POLICY]
    beside = [path.with_name(name) for name in names]
    return Files({one.name: _bytes(one) for one in beside if one.is_file()})


def _folder(path: Path) -> Files:
    known = sorted(
        file
        for file in path.iterdir()
        if file.name in (POLICY, VALUES) or file.suffix in (PROOF, ENTRY)
    )
    if len(known) > MAX_FILES:
        raise Unreachable(f"{path}: more than {MAX_FILES} files")
    files, left = Files({}), MAX_BYTES
    for file in known:
        files.found[file.name] = _bytes(file, left)
        left -= len(files.found[file.name])
    return files


def _must(right: bool, reason: str) -> None:
    if not right:
        raise Unreachable(f"zip: {reason}")


def _unzip(data: bytes) -> Files:
    try:
        return _read_zip(data)
    except (struct.error, UnicodeDecodeError) as error:
        raise Unreachable("zip: malformed") from error


def _read_zip(data: bytes) -> Files:
    end = len(data) - _END.size
    _must(end >= 0, "neither a zip nor a .tlog-proof")
    magic, _, _, _, count, _, at, comment = _END.unpack_from(data, end)
    _must(magic == b"PK\5\6" and comment == 0, "neither a zip nor a .tlog-proof")
    _must(count <= MAX_FILES, f"more than {MAX_FILES} files")
    files, folders, total = Files({}, whole=True), set(), 0
    for _ in range(count):
        name, content, crc, at = _file(data, at)
        total += len(content)
        _must(total <= MAX_BYTES, f"more than {MAX_BYTES} bytes")
        folder, plain = _parts(name)
        folders.add(folder)
        _must(plain not in files.found and len(folders) == 1, f"{name}: twice, or elsewhere")
        files.found[plain] = content
        if zlib.crc32(content) != crc:
            files.broken.append(plain)
    _must(at == end, "has something behind its directory")
    files.folder = "".join(folders)
    return files


def _file(data: bytes, at: int) -> tuple[str, bytes, int, int]:
    """(name, content, check sum, where the next line of the directory is)."""
    line = _LINE.unpack_from(data, at)
    magic, flags, method, crc, packed, size = line[0], line[3], line[4], *line[7:10]
    named, extra, comment, local = *line[10:13], line[16]
    after = at + _LINE.size + named
    name = data[at + _LINE.size : after]
    _must(magic == b"PK\1\2" and after <= len(data), "malformed")
    _must(method == 0 and not flags & _HIDDEN and packed == size, "holds files that are packed")
    first, *_, named, further = _LOCAL.unpack_from(data, local)
    start = local + _LOCAL.size + named
    _must(first == b"PK\3\4" and data[local + _LOCAL.size : start] == name, "malformed")
    start += further
    _must(start + size <= len(data), "cut")
    return name.decode(), data[start : start + size], crc, after + extra + comment


def _parts(name: str) -> tuple[str, str]:
    """(folder, name): at most one folder, and no name that leads elsewhere."""
    parts = name.split("/")
    odd = any(part in ("", ".", "..") or not part.isprintable() for part in parts)
    _must(not odd and len(parts) <= 2 and not set("\\:") & set(name), f"{name!r} is no name")
    return "/".join(parts[:-1]), parts[-1]
