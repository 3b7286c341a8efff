"""Erase the personal values of a case or of an account; says how many there were and where."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import ledger.api as ledger
from portal.oversight.erasing import Unknown, erase


class Command(BaseCommand):
    help = "Erase named and private values everywhere; entries and proofs stay valid."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", metavar="CODE-or-PERSON", help="a code, or a sign-in name")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if ledger.standing().mode == "behind":
            # the files know entries that this database lacks: written anew they would lose values
            raise CommandError(
                "the log is behind: run rebuild_ledger first, then erase", returncode=1
            )
        try:
            found = erase(options["what"], at=timezone.now())
        except (Unknown, ledger.NoLog) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except ledger.StillRead as left:
            raise CommandError(str(left), returncode=1) from left
        told = {**dict(sorted((+found.counts).items())), "files written anew": found.files}
        if options["json"]:
            self.stdout.write(json.dumps({"ok": True, "erased": told}))
            return
        for place, count in told.items():
            self.stdout.write(f"{count:6} {place}")
