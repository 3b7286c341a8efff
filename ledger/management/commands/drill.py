"""Rebuild everything from the published files, beside the site; exit 0 equal, 1 not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import drilling


class Command(BaseCommand):
    help = "Rebuild ledger and public pages from the published files in a folder of their own."

    def handle(self, **options: Any) -> None:
        try:
            size = drilling.drill(at=timezone.now())
        except drilling.Failed as failure:
            raise CommandError(str(failure), returncode=1) from failure
        self.stdout.write(f"{size} entries rebuilt from files alone: equal row by row")
