"""Sign the head and publish the files; idempotent."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import publishing, signer, signing


class Command(BaseCommand):
    help = "Sign the head, then write bundles, tiles, disclosures, policy and checkpoint."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="compare or write every file, not only the new ones"
        )

    def handle(self, **options: Any) -> None:
        try:
            signing.sign(at=timezone.now())
            size = publishing.publish(everything=options["all"])
        except (publishing.Damaged, signer.SignerRefused) as damage:
            raise CommandError(str(damage), returncode=1) from damage
        self.stdout.write(f"published {size}")
