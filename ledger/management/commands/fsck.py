"""Re-derive everything; exit 0 good, 1 damage found, 2 there is no log."""

import argparse
import json
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import fsck
from ledger.reading import NoLog


class Command(BaseCommand):
    help = "Re-derive entries, tree, checkpoints, files and projections; name what differs."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        try:
            found = fsck.check(at=timezone.now())
        except (NoLog, ImproperlyConfigured) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not found, "differences": found}))
        else:
            for row in found:
                self.stdout.write(f"{row['table']} {row['index']} {row['field']}: {row['reason']}")
            self.stdout.write(f"{len(found)} differences" if found else "all is well")
        if found:
            sys.exit(1)
