"""Read every stored photo and paper and compare it with what was sealed."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.evidence.boxes import Away
from portal.evidence.scrubbing import scrub

DAMAGE, UNREACHED = 1, 2


class Command(BaseCommand):
    help = "Name every photo or paper that is damaged, lost, or not what was sealed; 1 if any is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = scrub(at=timezone.now())
        except Away as away:
            self.stderr.write(
                f"Nothing was checked to its end: the store cannot be reached. {away}"
            )
            raise SystemExit(UNREACHED) from away
        if options["json"]:
            told = {"files": report.files, "findings": [asdict(f) for f in report.findings]}
            self.stdout.write(json.dumps(told))
        else:
            for finding in report.findings:
                self.stdout.write(str(finding))
            self.stdout.write(f"{report.files} files, {len(report.damage)} findings")
        if report.damage:
            raise SystemExit(DAMAGE)
