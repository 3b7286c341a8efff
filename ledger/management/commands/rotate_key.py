"""A new key for the log; exit 1: the signer refuses, 2: not now."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import publishing, rotating
from ledger.reading import NoLog
from ledger.signer import SignerRefused


class Command(BaseCommand):
    help = "Hand the log on to a new key; for a while both sign, until --retire."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--resume", action="store_true", help="finish what was interrupted")
        which.add_argument("--retire", action="store_true", help="the old key signs no more")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        work = rotating.rotate
        if options["resume"] or options["retire"]:
            work = rotating.resume if options["resume"] else rotating.retire
        try:
            vkey = work(at=timezone.now())
        except (rotating.NotRotated, NoLog) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except (SignerRefused, publishing.Damaged) as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({"ok": True, "vkey": vkey}))
        else:
            self.stdout.write(vkey or "nothing to resume")
