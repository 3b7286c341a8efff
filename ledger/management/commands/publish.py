"""Sign the head, ask the witnesses, publish the files; idempotent."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import publishing, signer
from ledger.core.policy import WrongPolicy


class Command(BaseCommand):
    help = "Sign the head, have it cosigned, write the files, policy and checkpoint last."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="compare or write every file, not only the new ones"
        )

    def handle(self, **options: Any) -> None:
        try:
            size = publishing.sign_and_publish(at=timezone.now(), everything=options["all"])
        except (publishing.Damaged, signer.SignerRefused) as damage:
            raise CommandError(str(damage), returncode=1) from damage
        except WrongPolicy as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        self.stdout.write(f"published {size}")
