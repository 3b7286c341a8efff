"""Take the moves that time brings about now; the worker does it every minute."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.stages.clock import tick


class Command(BaseCommand):
    help = "Take every move that is due by the clock: needs go stale, run out, and so on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        taken = tick(at=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"ok": True, "moves": taken}))
            return
        for part, count in taken.items():
            self.stdout.write(f"{part}: {count} moves by the clock")
