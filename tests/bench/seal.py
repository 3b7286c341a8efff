"""Entries sealed and published a second: python -m tests.bench.seal [COUNT] [BATCH ...]

Uses the database of DATABASE_URL and a VAR of its own; a measurement, not a test.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BENCH = Path(os.environ.get("VAR", "var"))
SCRATCH = tempfile.mkdtemp(prefix="shanji-bench-")
os.environ |= {"TESTS_VAR": SCRATCH}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402 -- the environment comes first

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from django.utils import timezone  # noqa: E402

from ledger import creating, fsck, publishing, sealing  # noqa: E402
from ledger.core import canonical, codes, commitments, leaf  # noqa: E402
from ledger.models import Head, Intent  # noqa: E402


def fill(count: int) -> None:
    """Intents as the portal writes them: three codes, a posting, four digests."""
    at = timezone.now()
    gifts = [codes.mint("G") for _ in range(200)]
    lot, stock = codes.mint("B"), codes.mint("W")
    rows = []
    for i in range(count):
        gift = gifts[i % 200]
        row = {"amount": 10, "item": "mask.n95", "gift": gift, "lot": lot}
        row |= {"from": f"donor:{gift}", "to": f"stock:{stock}"}
        data = {"recorded_at": leaf.time_text(at), "actor_role": "warehouse", "actor_org": ""}
        rows.append(
            Intent(
                uid=leaf.new_uid(at),
                type="gift.count",
                case=gift,
                codes=canonical.text(sorted([gift, lot, stock])),
                data=canonical.text({**data, "postings": [row]}),
                sd=canonical.text(commitments.padded([])),
                created_at=at,
            )
        )
    Intent.objects.bulk_create(rows, batch_size=2000)


FIGURES: list[dict[str, object]] = []


def keep() -> None:
    """The figures of this run, for comparing: VAR/bench/seal-<database>.json."""
    folder = BENCH / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seal-{connection.vendor}.json").write_text(json.dumps(FIGURES, indent=2) + "\n")


def say(what: str, count: int, work: Callable[[], object]) -> None:
    """Entries a second by the wall, and by this process's own time on a busy machine."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    wall, own = time.perf_counter() - wall, time.process_time() - own
    sys.stdout.write(
        f"{connection.vendor:>10}  {what:<18} {count / wall:>9,.0f} entries/s"
        f"  {own / count * 1e6:>7.1f} µs each of our own\n"
    )
    sys.stdout.flush()
    FIGURES.append({"what": what, "per_second": round(count / wall), "own_us": own / count * 1e6})


def main(count: int, batches: list[int]) -> None:
    at = timezone.now()
    creating.create(at=at)
    for batch in batches:
        amount = min(count, batch * 200)
        fill(amount)
        say(f"seal by {batch}", amount, lambda b=batch: sealing.seal_all(at=at, batch=b))
    size = Head.objects.get().size
    say("sign and publish", size, lambda: publishing.sign_and_publish(at=at))
    say("fsck", size, lambda: fsck.differences(at=at))


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    made = setup_databases(verbosity=0, interactive=False)
    try:
        main(words[0] if words else 20_000, words[1:] or [1, 100, 1000])
        keep()
    finally:
        teardown_databases(made, verbosity=0)
