"""Verify another portal's published files, keep a copy of them, and fill a mirror's pages."""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import following, mirroring
from ledger.models import Head
from ledger.verify.sources import Unreachable


class Command(BaseCommand):
    help = (
        "Fetch what is new, verify all of it, and only then replace the copy; exit code 1:"
        " refused (damage, rollback, fork), 2: cannot be reached."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "target", nargs="?", help="address of a log, or a folder of its files; else MIRROR_OF"
        )
        parser.add_argument("--once", action="store_true", help="one round; else until stopped")
        parser.add_argument("--every", type=int, default=300, help="seconds between rounds")
        parser.add_argument("--to", type=Path, help="folder of the copy; else LEDGER_DIR")
        parser.add_argument("--policy", type=Path, help="whose signatures you demand")
        parser.add_argument("--json", action="store_true", help="one JSON object a round")

    def handle(self, **options: Any) -> None:
        folder, target = _checked(options)
        demanded = options["policy"].read_bytes() if options["policy"] else None
        while True:
            try:
                done = mirroring.mirror(target, folder, demanded=demanded)
                site = _follow(folder)
            except mirroring.NotMirrored as refusal:
                raise CommandError("\n".join([str(refusal), *refusal.evidence])) from refusal
            except following.NotFollowed as refusal:
                raise CommandError(str(refusal), returncode=2) from refusal
            except (Unreachable, OSError) as error:
                if options["once"]:
                    raise CommandError(f"cannot be reached: {error}", returncode=2) from error
                self.stderr.write(f"cannot be reached: {error}")
            else:
                self._say(done, site, as_json=options["json"])
                if site and site.differences:
                    raise CommandError("the pages are not what the entries say; see fsck")
            if options["once"]:
                return
            time.sleep(options["every"])

    def _say(
        self, done: mirroring.Mirrored, site: following.Followed | None, *, as_json: bool
    ) -> None:
        if as_json:
            more = {"site": asdict(site)} if site else {}
            self.stdout.write(json.dumps({"ok": True, **asdict(done), **more}))
            return
        self.stdout.write(
            f"{done.size} entries verified; {done.fetched} files new, {done.removed} removed"
        )
        if site:
            self.stdout.write(f"{site.new} entries new on the pages; {site.differences} differ")


def _checked(options: dict[str, Any]) -> tuple[Path, str]:
    """The folder of the copy, and where from."""
    folder = options["to"] or Path(settings.LEDGER_DIR)
    target = options["target"] or (settings.MIRROR_OF and f"{settings.MIRROR_OF}/ledger")
    if not target:
        raise CommandError("name the address of a log, or set MIRROR_OF", returncode=2)
    own = Head.objects.exists() and not settings.MIRROR_OF
    if folder == Path(settings.LEDGER_DIR) and own:
        raise CommandError(
            "LEDGER_DIR holds this portal's own log: name another folder with --to", returncode=2
        )
    return folder, target


def _follow(folder: Path) -> following.Followed | None:
    """The site's tables too, where this portal is a mirror and the copy is its own."""
    if not settings.MIRROR_OF or folder != Path(settings.LEDGER_DIR):
        return None
    return following.follow(folder, at=timezone.now())
