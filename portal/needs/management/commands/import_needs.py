"""Make drafts of a list of needs: every row is placed, changed (how) or refused (why), by line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from portal.accounts.acting import Actor, acting_as
from portal.accounts.models import Person
from portal.accounts.roles import COORDINATOR
from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean
from portal.input.tables import bytes_of
from portal.needs import importing
from portal.needs.reading import Unreadable, read
from portal.needs.reporting import Report, report

BAD_INPUT = 2
WIDTH = 120


class Command(BaseCommand):
    help = (
        "Make drafts of a spreadsheet or CSV of needs. Organisations become listed only; a "
        "coordinator publishes each draft. The same file again makes nothing new."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX, at most 10 MiB and 5,000 rows")
        parser.add_argument("--as", dest="username", required=True, help="a coordinator's account")
        parser.add_argument("--source", default="", help="address, for rows that name none")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            actor, source = _actor(options["username"]), _source(options["source"])
            try:
                reading = read(bytes_of(options["file"]))
            except Unreadable as unreadable:
                raise CommandError(str(unreadable), returncode=BAD_INPUT) from unreadable
            if options["dry_run"]:
                found = importing.foresee(reading, source=source)
            else:
                found = importing.place(reading, actor=actor, source=source, at=timezone.now())
            said = report(reading, found, done=not options["dry_run"])
            if options["json"]:
                self.stdout.write(json.dumps(said.to_json(), ensure_ascii=False))
            else:
                self.stdout.write(_as_table(said))


def _actor(username: str) -> Actor:
    person = Person.objects.filter(username=username).first()
    found = acting_as(person, {COORDINATOR}) if person else []
    if not found:
        sentence = _("%(name)s is not the account of a coordinator.") % {"name": username}
        raise CommandError(sentence, returncode=BAD_INPUT)
    return found[0]


def _source(given: str) -> str:
    try:
        return clean_address(given) if given else ""
    except Unclean as unclean:
        raise CommandError(f"--source: {unclean}", returncode=BAD_INPUT) from unclean


def _as_table(said: Report) -> str:
    table = Table(title=_("Import of needs"))
    for heading in (_("Line"), _("Outcome"), _("Item"), _("Need"), _("Remarks")):
        table.add_column(heading, overflow="fold")
    for row in said.rows:
        where = f"{row.where} ({_('there before')})" if row.again else row.where
        table.add_row(str(row.line), row.label, row.item, where, "\n".join(row.notes))
    console = Console(width=WIDTH, markup=False, emoji=False, highlight=False)
    with console.capture() as written:
        console.print(table)
        for sentence in (*said.remarks, said.summary, said.news):
            console.print(sentence)
    return written.get()
