"""Drop the public tables and fill them again from the ledger."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.tracking.projection import projecting


class Command(BaseCommand):
    help = "Drop the public tables and fill them again from the sealed entries."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{projecting.rebuild()} entries projected")
