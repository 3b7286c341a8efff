"""Replay the ledger and compare every public row with what it says."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

import ledger.api as ledger
from portal.tracking.projection import checking, projecting


class Command(BaseCommand):
    help = "Replay the ledger against the public tables; exit code 1 names every difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = checking.differences()
        seen = projecting.seen()
        if options["json"]:
            said = {"ok": not found, "projected": seen, "sealed": ledger.size()}
            self.stdout.write(json.dumps({**said, "differences": found}, ensure_ascii=False))
        else:
            for row in found:
                self.stdout.write(f"{row['table']} {row['index']} {row['field']}: {row['reason']}")
            self.stdout.write(
                f"{seen} of {ledger.size()} entries compared, {len(found)} differences"
            )
        if found:
            sys.exit(1)
