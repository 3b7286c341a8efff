"""Write the documents that are made from the tables, or compare them (`--check`)."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger.models import sealed_tables
from portal.stages.documents import as_json, documents


class Command(BaseCommand):
    help = "Diagrams, event schemas, the matrix of moves and the list of sealed tables, into docs/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; exit 1 if stale")

    def handle(self, *args: Any, **options: Any) -> None:
        docs = settings.BASE / "docs"
        found = {**documents(), "sealed-tables.json": as_json(sealed_tables())}
        if options["check"]:
            stale = [n for n, text in found.items() if _read(docs / n) != text]
            kept = [
                p.relative_to(docs).as_posix()
                for d in ("lifecycles", "events")
                for p in (docs / d).glob("*")
            ]
            stale += [name for name in kept if name not in found]
            if stale:
                raise CommandError(f"stale, run `manage.py lifecycles`: {', '.join(sorted(stale))}")
            return
        for folder in ("lifecycles", "events"):
            for old in (docs / folder).glob("*"):
                old.unlink()
        for name, text in found.items():
            path = docs / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(found)} documents written")


def _read(path: Any) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
