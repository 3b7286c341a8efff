"""Erase the personal values of a case or of an account; says how many there were and where."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import ledger.api as ledger
from portal.oversight import erasures
from portal.oversight.erasing import Again, Erased, Unknown, erase, erase_again


class Command(BaseCommand):
    help = "Erase named and private values everywhere; entries and proofs stay valid."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("what", nargs="?", metavar="CODE-or-PERSON", help="or a sign-in name")
        what.add_argument(
            "--again",
            type=datetime.fromisoformat,
            metavar="SINCE",
            help="what was erased after this time (of the backup that was put back), from the list",
        )
        parser.add_argument("--list", type=Path, help="with --again: the list, else VAR/erased")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if ledger.standing().mode == "behind":
            # the files know entries that this database lacks: written anew they would lose values
            raise CommandError(
                "the log is behind: run rebuild_ledger first, then erase", returncode=1
            )
        try:
            found = self._erase(options)
        except (Unknown, ledger.NoLog) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except OSError as error:
            raise CommandError(f"the list cannot be read: {error}", returncode=2) from error
        except ledger.StillRead as left:
            raise CommandError(str(left), returncode=1) from left
        told = {**dict(sorted((+found.counts).items())), "files written anew": found.files}
        if isinstance(found, Again):
            told |= {"erased again": found.known, "not in this database": found.unknown}
        if options["json"]:
            self.stdout.write(json.dumps({"ok": True, "erased": told}))
            return
        for place, count in told.items():
            self.stdout.write(f"{count:6} {place}")

    def _erase(self, options: dict[str, Any]) -> Erased:
        begin, now = options["again"], timezone.now()
        if begin is None:
            return erase(options["what"], at=now)
        if begin.tzinfo is None:
            raise CommandError("--again: a time with its zone, as restore says it", returncode=2)
        return erase_again(begin, file=options["list"] or erasures.place(), at=now)
