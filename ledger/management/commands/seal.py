"""One round of sealing; safe beside running workers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import guarding, sealing
from ledger.models import FROZEN, OK


class Command(BaseCommand):
    help = "Seal what waits in the outbox."

    def handle(self, **options: Any) -> None:
        mode = guarding.check_mode(at=timezone.now())
        if mode not in (OK, FROZEN):
            raise CommandError(f"the log is {mode}: nothing is sealed", returncode=1)
        self.stdout.write(f"sealed {sealing.seal_all(at=timezone.now())}")
