"""Bring the catalogue to what its data file says."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.catalogue.commands import load


class Command(BaseCommand):
    help = "Publish new items of the catalogue's data file and revise changed ones; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load(at=timezone.now())
        self.stdout.write(
            f"{len(loaded.published)} published, {len(loaded.revised)} revised, "
            f"{len(loaded.unchanged)} unchanged"
        )
