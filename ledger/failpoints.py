"""Points at which tests and the demo may kill, stop or break sealing and publishing.

FAILPOINTS="seal.entries=kill,publish.tile=pause" in the environment; settings refuse it elsewhere.
kill: SIGKILL. raise: FailpointReached. pause: touch <name>.paused, wait for <name>.go, both in
VAR/failpoints. jitter: sleep up to 5 ms, to shuffle what runs at once. `*` means every point.
"""

import os
import random
import signal
import time
from functools import lru_cache
from pathlib import Path

from django.conf import settings

POINTS = (
    *("seal.locked", "seal.read", "seal.numbered", "seal.made", "seal.entries", "seal.cases"),
    *("seal.hashes", "seal.counts", "seal.head", "seal.deleted", "seal.committed"),
    *("sign.locked", "sign.guarded", "sign.state", "sign.signed", "sign.stored", "sign.committed"),
    *("cosign.begun", "cosign.asked", "cosign.answered", "cosign.proved", "cosign.verified"),
    *("cosign.stored", "cosign.committed"),
    *("publish.locked", "publish.bundle", "publish.tile", "publish.tiles", "publish.rooted"),
    *("publish.disclosure", "publish.disclosures", "publish.receipt", "publish.policy"),
    *("publish.checkpoint", "publish.published", "publish.cleared", "tidy.file", "tidy.folder"),
    *("rebuild.verified", "rebuild.locked", "rebuild.emptied", "rebuild.entries"),
    *("rebuild.refilled", "rebuild.head", "rebuild.checkpoint", "rebuild.outbox"),
    *("rebuild.values", "rebuild.before_commit", "rebuild.committed", "rebuild.pages"),
    *("rebuild.leaving", "rebuild.left", "unfreeze.changed", "unfreeze.committed"),
    *("mirror.fetched", "mirror.verified", "mirror.file", "mirror.removed", "mirror.policy"),
    *("mirror.remembered", "mirror.checkpoint", "mirror.stored"),
    *("rotate.made", "rotate.prepared", "rotate.locked", "rotate.submitted", "rotate.recorded"),
    *("rotate.taken", "rotate.sealed", "rotate.swapped", "rotate.adopted", "rotate.published"),
    *("rotate.told", "rotate.remembered", "rotate.retired"),
    *("anchor.asked", "anchor.stored", "anchor.file"),
    *("erase.rows", "erase.event", "erase.committed", "erase.file"),
    *("backup.moment", "backup.database", "backup.file", "backup.files", "backup.manifest"),
    *("backup.named", "backup.dropped", "restore.file", "restore.files", "restore.database"),
)


class FailpointReached(Exception):
    """Raised on purpose by a test."""


def fp(name: str) -> None:
    """Nothing, unless FAILPOINTS names this point."""
    wanted = settings.FAILPOINTS
    if wanted:
        _act(name, _parse(wanted))


@lru_cache(maxsize=4)
def _parse(wanted: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in wanted.split(","))


def _act(name: str, actions: dict[str, str]) -> None:
    match actions.get(name, actions.get("*")):
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise FailpointReached(name)
        case "pause":
            folder = Path(settings.VAR, "failpoints")
            folder.mkdir(exist_ok=True)
            (folder / f"{name}.paused").touch()
            while not (folder / f"{name}.go").exists():
                time.sleep(0.01)
        case "jitter":
            time.sleep(random.random() / 200)  # noqa: S311 -- no secret
