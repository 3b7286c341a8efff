"""Full verification from files, beside SHA-256 of the same bytes."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import timezone

from ledger import publishing, sealing
from ledger.models import Head
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.bench.filling import fill
from tests.bench.measuring import Figures, keep, line, ratios, say, seconds, told

COUNT = 20_000


def hash_all(folder: Path) -> None:
    for file in (folder / "tile").rglob("*"):
        if file.is_file():
            sha256(file.read_bytes()).digest()


def verified(folder: Path, jobs: int) -> None:
    report = check(Folder(folder), jobs=jobs)
    assert report.damage == []


def rounds(folder: Path, works: dict[str, Callable[[], object]], count: int, times: int) -> Figures:
    figures: Figures = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            figures[name].append(count / seconds(work))
    return figures


def main() -> None:
    fill(COUNT, seed=7)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())
    folder, size = publishing.folder(), Head.objects.get().size
    works = {
        "one process": lambda: verified(folder, 1),
        "two processes": lambda: verified(folder, 2),
        "floor": lambda: hash_all(folder),
    }
    measured = rounds(folder, works, size, 3)
    say(f"full verification of {size} entries from files; floor: SHA-256 of the same bytes")
    figures: dict[str, Any] = {"size": size}
    for name in works:
        figures[name] = told(measured[name])
        line(name, figures[name], "entries/s")
    for name in ("one process", "two processes"):
        figures[f"ratio, {name}"] = ratios(measured, name, "floor")
        line(f"{name}, ratio to the floor", figures[f"ratio, {name}"], "")
    keep("verify", figures)
