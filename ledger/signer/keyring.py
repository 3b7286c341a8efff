"""The key file: a signing key a line, the newest first; beside it `<name>.new`, one prepared.

While there are two, both sign (the overlap of a rotation). Files are replaced whole, so there is
no moment without a key.
"""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from ledger import durable
from ledger.core import notes
from ledger.signer.memory import WrongKey


@dataclass(frozen=True)
class KeyFile:
    path: Path

    @property
    def next(self) -> Path:
        return self.path.with_name(self.path.name + ".new")

    def read(self, origin: str) -> list[notes.SigningKey]:
        """The keys that sign; WrongKey if one is not this log's."""
        return _read(self.path, origin)

    def prepared(self, origin: str) -> notes.SigningKey | None:
        """The key that waits to be adopted; one that signs already waits no more."""
        if not self.next.exists():
            return None
        (key,) = _read(self.next, origin)[:1]
        return None if key in self.read(origin) else key

    def make(self, origin: str) -> None:
        """The first key, unless there is one."""
        if not self.path.exists():
            _write(self.path, [_new(origin)])

    def prepare(self, origin: str) -> notes.SigningKey:
        """The next key: as it was prepared before, else a new one."""
        key = self.prepared(origin)
        if key is None:
            key = _new(origin)
            _write(self.next, [key])
        return key

    def write(self, keys: list[notes.SigningKey]) -> None:
        _write(self.path, keys)

    def tidy(self, origin: str) -> None:
        """Remove the copy of a key that waits no more."""
        if self.next.exists() and self.prepared(origin) is None:
            self.next.unlink()
            durable.sync_folder(self.next.parent)


def _new(origin: str) -> notes.SigningKey:
    return notes.SigningKey(origin, token_bytes(32))


def _write(path: Path, keys: list[notes.SigningKey]) -> None:
    durable.write_secret(path, "".join(f"{key.skey}\n" for key in keys).encode())


def _read(path: Path, origin: str) -> list[notes.SigningKey]:
    try:
        keys = [notes.parse_skey(text) for text in path.read_text().strip().split("\n")]
    except FileNotFoundError as error:
        raise WrongKey(f"{path.name} is missing") from error
    except ValueError as error:
        raise WrongKey(f"{path.name}: {error}") from error
    except OSError as error:
        raise WrongKey(f"{path.name} cannot be read: {error.strerror}") from error
    for key in keys:
        if key.name != origin:
            raise WrongKey(f"the key is for {key.name}, not for {origin}")
    return keys
