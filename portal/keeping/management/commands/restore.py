"""Put a backup back; exit 0 done, 1 the backup is damaged, 2 this is not the place for it."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.keeping import restoring
from portal.keeping.refusing import as_exit_codes


class Command(BaseCommand):
    help = (
        "Check a backup and put it into an empty database; files that are there stay. Never"
        " touches keys or signer.json; says how the log stands and what to do next."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a backup, or the folder of all: the newest")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        with as_exit_codes():
            done = restoring.restore(options["folder"], at=timezone.now())
        if options["json"]:
            said = {"backup": str(done.backup), "tree_size": done.told.tree_size}
            said |= {"mode": done.mode, "why": done.why}
            self.stdout.write(json.dumps({"ok": True, **said, "next": done.next}))
            return
        self.stdout.write(f"restored {done.told.tree_size} entries from {done.backup}")
        self.stdout.write(f"the mode is {done.mode}{': ' if done.why else ''}{done.why}")
        for step in done.next:
            self.stdout.write(f"next: {step}")
