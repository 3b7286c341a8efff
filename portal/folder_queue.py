"""Celery's queue in a folder, for one machine without servers: kombu's, but a file appears whole.

kombu opens a message under its final name and writes then; a worker that comes between takes an
empty file and dies of it. Here a file gets its name when all is in it.
"""

import fcntl
import os
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

FRESH = ".new"  # not ".msg", not ".exchange": nobody reads it yet


def write_whole(target: Path, value: object) -> None:
    """JSON that other processes find whole or not at all."""
    fresh = target.with_name(f"{uuid.uuid4()}{FRESH}")
    fresh.write_text(dumps(value))
    os.replace(fresh, target)


class Channel(filesystem.Channel):
    """As kombu's; only how files come about differs."""

    def _put(  # type: ignore[override]  # the stubs disagree with each other
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        write_whole(Path(self.data_folder_out, name), payload)

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None
    ) -> None:
        self.control_folder.mkdir(exist_ok=True)
        row = (routing_key or "", pattern or "", queue or "")
        with Path(self.control_folder, "binding.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # until it is closed
            known = [tuple(bound) for bound in self.get_table(exchange)]
            if row not in known:
                write_whole(Path(self.control_folder, f"{exchange}.exchange"), [row, *known])


class Transport(filesystem.Transport):
    Channel = Channel
