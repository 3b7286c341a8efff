"""What the signer remembers, in one file of its own outside the database:

    origin -> (size, root, frontier, vkey of the key that signed that size)

Only `create` makes it; what is lost is never taken for size 0.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger import durable
from ledger.core import tree


class SignerRefused(RuntimeError):
    """The signer's memory and the question do not fit; nothing was signed."""


class NoState(SignerRefused):
    """The signer's state file is missing: only create_log makes one."""


class WrongKey(SignerRefused):
    """The key is missing, cannot be read, or is not the one that signed last."""


class SignerAway(SignerRefused):
    """The signer's server cannot be reached, does not answer in time, or answers nonsense."""


@dataclass(frozen=True)
class Memory:
    """What was signed last, and by which key."""

    frontier: tree.Frontier
    vkey: str


@dataclass(frozen=True)
class StateFile:
    path: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One signer at a time, in whatever process or thread."""
        with durable.locked(self.path.with_name(self.path.name + ".lock")):
            yield

    def load(self) -> dict[str, Memory]:
        try:
            states = json.loads(self.path.read_bytes())
            return {origin: _parse(state) for origin, state in states.items()}
        except FileNotFoundError as error:
            raise NoState(f"{self.path.name} is missing") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise SignerRefused(f"{self.path.name} is damaged: {error}") from error
        except OSError as error:
            raise SignerRefused(f"{self.path.name} cannot be read: {error.strerror}") from error

    def store(self, states: Mapping[str, Memory]) -> None:
        durable.write_secret(self.path, state_bytes(states))


def of(origin: str, states: Mapping[str, Memory]) -> Memory:
    if origin not in states:
        raise NoState(f"the signer has no memory of {origin}")
    return states[origin]


def state_bytes(states: Mapping[str, Memory]) -> bytes:
    """The state file: one spelling."""
    plain = {
        origin: {
            "size": memory.frontier.size,
            "root": memory.frontier.root().hex(),
            "frontier": [node.hex() for node in memory.frontier.hashes],
            "vkey": memory.vkey,
        }
        for origin, memory in states.items()
    }
    return json.dumps(plain, sort_keys=True, indent=1).encode() + b"\n"


def _parse(state: dict[str, object]) -> Memory:
    match state:
        case {"size": int(size), "root": str(root), "frontier": list(nodes), "vkey": str(vkey)}:
            frontier = tree.Frontier(size, [bytes.fromhex(str(node)) for node in nodes])
            if frontier.root().hex() != root:
                raise ValueError("root and frontier differ")
            return Memory(frontier, vkey)
    raise ValueError("not a state")
