"""Leave mode frozen once its cause is gone; the reason is sealed."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import releasing, sealing, witnessing
from ledger.reading import NoLog, head


class Command(BaseCommand):
    help = "Leave mode frozen; exit code 1: the cause is not gone. The reason is public."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="what it was and what was done")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        try:
            seen = witnessing.sightings(head())
            uid = releasing.unfreeze(options["reason"], at=now, seen=seen)
        except NoLog as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except releasing.NotReleased as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        sealing.seal_all(at=now)
        self.stdout.write(f"unfrozen; {uid} says why")
