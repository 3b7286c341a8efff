"""Make the log: keys, signer's memory, head, first entry; or its lost memory anew."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import creating, relearning, signer
from ledger.reading import NoLog


class Command(BaseCommand):
    help = "Make the log of LEDGER_ORIGIN, its keys and the signer's memory; does nothing twice."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--from-witnesses",
            action="store_true",
            help="the signer's memory is lost: make it anew from what the witnesses cosigned last",
        )

    def handle(self, **options: Any) -> None:
        if options["from_witnesses"]:
            self._relearn()
            return
        try:
            made = creating.create(at=timezone.now())
        except (creating.NotCreated, signer.SignerRefused) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        vkey = signer.signer().keys(settings.LEDGER_ORIGIN).signing[0]
        self.stdout.write(f"{'created' if made else 'exists'}: {vkey}")

    def _relearn(self) -> None:
        try:
            size = relearning.relearn(at=timezone.now())
        except (NoLog, relearning.NotRelearned, signer.SignerRefused) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(f"the signer remembers {size} entries again; now run unfreeze")
