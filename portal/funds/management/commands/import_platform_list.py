"""Turn a designated platform's sum into the gifts of its list: all of them, or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.funds import platform
from portal.funds.management.commands.import_statement import BAD_INPUT, finance_actor
from portal.funds.models import Fund
from portal.funds.statements import Unreadable
from portal.input.tables import bytes_of
from portal.stages.engine import MoveRefused


class Command(BaseCommand):
    help = "Turn a platform's sum on the account into the gifts of its list (CSV or XLSX)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX, at most 2,000 gifts")
        parser.add_argument("--sum", required=True, help="code of the sum, not identified yet")
        parser.add_argument("--fund", required=True, help="code of the fund it was given for")
        parser.add_argument("--as", dest="username", required=True, help="a finance account")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            fund = Fund.objects.filter(code=options["fund"]).first()
            if fund is None:
                raise CommandError(_("There is no such fund."), returncode=BAD_INPUT)
            actor = finance_actor(options["username"], org=fund.org.code)
            try:
                data = bytes_of(options["file"])
                rows = platform.read(data)
                if not options["dry_run"]:
                    platform.book(
                        rows,
                        lump=options["sum"],
                        fund=fund,
                        data=data,
                        actor=actor,
                        at=timezone.now(),
                    )
            except (Unreadable, MoveRefused) as refused:
                raise CommandError(str(refused), returncode=BAD_INPUT) from refused
            for row in rows:
                self.stdout.write(f"{row.line:>6}  {row.amount:>14}  {row.name}")
