"""Refill the ledger's tables from published files: the way out of mode behind."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import recovering
from ledger.models import OK
from ledger.verify.sources import Unreachable


class Command(BaseCommand):
    help = (
        "Verify the published files of this log (a folder or an address) and refill its tables"
        " from them; exit code 1: refused, nothing was changed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", help="LEDGER_DIR, a mirror's folder, or an address")
        parser.add_argument("--policy", type=Path, help="whose signatures count; else our own key")
        parser.add_argument(
            "--keep-named",
            action="store_true",
            help="the files carry no personal values: keep those of the database",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        try:
            done = recovering.rebuild(
                options["target"],
                at=timezone.now(),
                demanded=options["policy"].read_bytes() if options["policy"] else None,
                keep_named=options["keep_named"],
            )
        except recovering.NotRebuilt as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        except (Unreachable, OSError) as error:
            raise CommandError(f"cannot be read: {error}", returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps({"ok": done.mode == OK, **asdict(done)}))
        else:
            self._say(done)

    def _say(self, done: recovering.Rebuilt) -> None:
        self.stdout.write(f"rebuilt {done.size} entries; the mode is {done.mode}")
        if done.back:
            self.stdout.write(f"{done.back} that the files lack wait to be sealed again")
        if done.differences:
            self.stdout.write(
                f"{done.differences} rows of the portal's own tables are not what the log says:"
                " they come from another time. fsck names them; put a whole, newer backup in"
                " place, and until then consider readonly"
            )
        if done.values_added or done.values_removed:
            self.stdout.write(
                f"named values: {done.values_added} taken from the files,"
                f" {done.values_removed} removed that are not there any more"
            )
        if done.erasures:
            self.stdout.write(
                f"{done.erasures} erasures were sealed after what this database had: what they took"
                " besides named values is back. Run erase --again with the time of that copy"
            )
