"""Verify another portal's published files and keep a copy of them."""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger import mirroring
from ledger.models import Head
from ledger.verify.sources import Unreachable


class Command(BaseCommand):
    help = (
        "Fetch what is new, verify all of it, and only then replace the copy; exit code 1:"
        " refused (damage, rollback, fork), 2: cannot be reached."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", help="address of a log, or a folder of its files")
        parser.add_argument("--once", action="store_true", help="one round; else until stopped")
        parser.add_argument("--every", type=int, default=300, help="seconds between rounds")
        parser.add_argument("--to", type=Path, help="folder of the copy; else LEDGER_DIR")
        parser.add_argument("--policy", type=Path, help="whose signatures you demand")
        parser.add_argument("--json", action="store_true", help="one JSON object a round")

    def handle(self, **options: Any) -> None:
        folder = options["to"] or Path(settings.LEDGER_DIR)
        if folder == Path(settings.LEDGER_DIR) and Head.objects.exists():
            raise CommandError(
                "LEDGER_DIR holds this portal's own log: name another folder with --to",
                returncode=2,
            )
        demanded = options["policy"].read_bytes() if options["policy"] else None
        while True:
            try:
                done = mirroring.mirror(options["target"], folder, demanded=demanded)
            except mirroring.NotMirrored as refusal:
                raise CommandError("\n".join([str(refusal), *refusal.evidence])) from refusal
            except (Unreachable, OSError) as error:
                if options["once"]:
                    raise CommandError(f"cannot be reached: {error}", returncode=2) from error
                self.stderr.write(f"cannot be reached: {error}")
            else:
                self._say(done, as_json=options["json"])
            if options["once"]:
                return
            time.sleep(options["every"])

    def _say(self, done: mirroring.Mirrored, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"ok": True, **asdict(done)}))
        else:
            self.stdout.write(
                f"{done.size} entries verified; {done.fetched} files new, {done.removed} removed"
            )
