"""Make a backup, or try one out; exit 0 good, 1 damage is named, 2 it cannot be done here."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.keeping import saving, trying
from portal.keeping.refusing import as_exit_codes


class Command(BaseCommand):
    help = (
        "Copy database, public files, photos and papers as they are at one moment, beside running"
        " workers, into a folder that holds all backups. Keys and signer.json are never copied."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups are kept; for you alone")
        parser.add_argument(
            "--keep-days",
            type=int,
            metavar="N",
            help="afterwards delete backups older than that: no longer than you may take to erase",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="make none: restore the newest (or the one named) into a folder of its own, run"
            " fsck there and compare it with this log",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        if options["keep_days"] is not None and options["keep_days"] < 0:
            raise CommandError("--keep-days: 0 or more", returncode=2)
        with as_exit_codes():
            told = self._check(options) if options["check"] else self._save(options)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not told["damaged"], **told}))
        if told["damaged"]:
            said = "; ".join(told["damaged"])
            raise CommandError(f"made, but damaged was already: {said}", returncode=1)

    def _save(self, options: dict[str, Any]) -> dict[str, Any]:
        made = saving.save(options["folder"], at=timezone.now(), keep_days=options["keep_days"])
        size = sum(length for length, _digest in made.told.files.values())
        if not options["json"]:
            self.stdout.write(
                f"{made.folder}: {made.told.tree_size} entries, {len(made.told.files)} files,"
                f" {made.copied} of them new, {size} bytes"
            )
            if made.told.bucket:
                self.stdout.write(f"not in it: photos and papers, in bucket {made.told.bucket}")
            for name in made.dropped:
                self.stdout.write(f"deleted: {name}")
        return {
            "backup": str(made.folder),
            "tree_size": made.told.tree_size,
            "checkpoint": made.told.checkpoint,
            "files": len(made.told.files),
            "copied": made.copied,
            "bytes": size,
            "bucket": made.told.bucket,
            "dropped": made.dropped,
            "damaged": made.told.damaged,
        }

    def _check(self, options: dict[str, Any]) -> dict[str, Any]:
        tried = trying.try_out(options["folder"], at=timezone.now())
        if not options["json"]:
            self.stdout.write(
                f"{tried.backup}: restored and checked, {tried.told.tree_size} entries,"
                f" {len(tried.told.files)} files"
            )
        return {
            "backup": str(tried.backup),
            "tree_size": tried.told.tree_size,
            "files": len(tried.told.files),
            "damaged": tried.told.damaged,
        }
