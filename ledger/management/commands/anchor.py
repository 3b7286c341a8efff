"""Have the newest published checkpoint time-stamped now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import anchoring, reading


class Command(BaseCommand):
    help = "Ask ANCHOR_URL for a time stamp of the newest published checkpoint, and publish it."

    def handle(self, **options: Any) -> None:
        if not settings.ANCHOR_URL:
            raise CommandError("ANCHOR_URL is not set: there is nobody to ask.", returncode=2)
        try:
            made = anchoring.anchor(at=timezone.now())
        except reading.NoLog as error:
            raise CommandError(str(error), returncode=2) from error
        except anchoring.NotAnchored as error:
            raise CommandError(str(error), returncode=1) from error
        if made is None:
            self.stdout.write("nothing new: the newest published checkpoint has its stamp")
        else:
            self.stdout.write(f"anchored {made.size} at {made.at.isoformat()}")
