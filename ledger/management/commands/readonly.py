"""Take nothing any more, or again; an operator's decision."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import releasing, witnessing
from ledger.reading import NoLog, head


class Command(BaseCommand):
    help = "Set mode readonly; with --leave, back to what the guard allows."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="stands in the journal")
        parser.add_argument("--leave", action="store_true", help="write again")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        try:
            if options["leave"]:
                seen = witnessing.sightings(head())
                mode = releasing.reopen(options["reason"], at=now, seen=seen)
            else:
                releasing.close(options["reason"], at=now)
                mode = "readonly"
        except (NoLog, releasing.NotReleased) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(f"the mode is {mode}")
