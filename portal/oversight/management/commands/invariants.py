"""Check what must hold of all tables; exit code 1 names every place where it does not."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.oversight.invariants import INVARIANTS, broken


class Command(BaseCommand):
    help = "Check the rules of balance and of moves over all tables; exit code 1 if any is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = broken()
        if options["json"]:
            said = {"ok": not found, "rules": len(INVARIANTS), "broken": found}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            for row in found:
                place = f"{row['table']} {row['index']} {row['field']}"
                self.stdout.write(f"{row['invariant']} {place}: {row['reason']}")
            self.stdout.write(f"{len(INVARIANTS)} rules checked, {len(found)} broken")
        if found:
            sys.exit(1)
