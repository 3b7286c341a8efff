"""Make the log: keys, signer's memory, head, first entry."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import creating, signer


class Command(BaseCommand):
    help = "Make the log of LEDGER_ORIGIN, its keys and the signer's memory; does nothing twice."

    def handle(self, **options: Any) -> None:
        try:
            made = creating.create(at=timezone.now())
        except (creating.NotCreated, signer.SignerRefused) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        vkey = signer.signer().keys(settings.LEDGER_ORIGIN).signing[0]
        self.stdout.write(f"{'created' if made else 'exists'}: {vkey}")
