"""Enter the authority, once: giving anybody a role needs its code, and nobody could enter it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

import ledger.api as ledger
from portal.accounts.acting import SYSTEM
from portal.organisations.forms import Entry
from portal.organisations.models import Organisation
from portal.organisations.stages import Entered, KnownFrom
from portal.stages import engine


class Command(BaseCommand):
    help = (
        "Enter the coordinating authority, by the rules of every entry; exit code 2: refused, and"
        " why. Who gets the role authority with its code verifies it and enters all others."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("legal_name")
        parser.add_argument("credit_code", help="unified social credit code, 18 characters")
        for name in ("name-en", "province", "city", "district"):
            parser.add_argument(f"--{name}", default="")

    def handle(self, **options: Any) -> None:
        if not ledger.size():
            raise CommandError("There is no log yet: run create_log first.", returncode=2)
        if first := Organisation.objects.order_by("pk").first():
            raise CommandError(
                f"There is {first.code} already, {first.legal_name}: who is coordinator or"
                " authority enters all others in the workbench.",
                returncode=2,
            )
        form = Entry({**options, "kind": Organisation.Kind.AUTHORITY})
        try:
            if not form.is_valid():
                texts = [f"{name}: {said}" for name, all_ in form.errors.items() for said in all_]
                raise CommandError(" ".join(texts), returncode=2)
            organisation = engine.begin(
                Organisation,
                "enter",
                actor=SYSTEM,
                facts=Entered(known_from=KnownFrom.APPLICATION),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except engine.MoveRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(
            f"{organisation.code}: give somebody the role authority with this code in /admin/"
        )
