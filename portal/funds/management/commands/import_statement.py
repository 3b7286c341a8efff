"""Book a bank statement: every line once; what is not understood is said, by line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor, acting_as
from portal.accounts.models import Person
from portal.accounts.roles import FINANCE
from portal.campaigns.models import Campaign
from portal.funds import importing
from portal.funds.statements import Unreadable, read
from portal.input.tables import bytes_of

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Book a bank statement (CSV or XLSX) of a campaign's account, every line once. The same "
        "file again books nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX, at most 10 MiB and 5,000 rows")
        parser.add_argument("--campaign", required=True, help="code of the campaign of the account")
        parser.add_argument("--as", dest="username", required=True, help="a finance account")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            campaign = Campaign.objects.filter(code=options["campaign"]).first()
            if campaign is None:
                raise CommandError(_("There is no such campaign."), returncode=BAD_INPUT)
            actor = finance_actor(options["username"], org=campaign.org.code)
            try:
                lines = read(bytes_of(options["file"]))
            except Unreadable as unreadable:
                raise CommandError(str(unreadable), returncode=BAD_INPUT) from unreadable
            if options["dry_run"]:
                done = importing.foresee(lines, campaign=campaign)
            else:
                done = importing.book(lines, campaign=campaign, actor=actor, at=timezone.now())
            self._say(done, as_json=options["json"])

    def _say(self, done: importing.Done, *, as_json: bool) -> None:
        if as_json:
            rows = [{"line": n, "outcome": o.value, "said": said} for n, o, said in done.rows]
            told = {"counts": done.counts, "rows": rows}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for number, outcome, said in done.rows:
            self.stdout.write(f"{number:>6}  {outcome.value:<13} {said}")
        self.stdout.write(", ".join(f"{name} {n}" for name, n in done.counts.items() if n))


def finance_actor(username: str, *, org: str) -> Actor:
    person = Person.objects.filter(username=username).first()
    held = acting_as(person, {FINANCE}) if person else []
    found = [actor for actor in held if actor.org == org]
    if not found:
        sentence = _("%(name)s is not a finance account of this organisation.") % {"name": username}
        raise CommandError(sentence, returncode=BAD_INPUT)
    return found[0]
