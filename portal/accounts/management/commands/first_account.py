"""Make the security officer, once; the password is asked for, or read from a file."""

import argparse
import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.accounts import first
from portal.accounts.forms import LONGEST_PASSWORD


class Command(BaseCommand):
    help = (
        "Make the first account, the security officer's, who makes all others in /admin/; exit"
        " code 2: refused, and why."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default="security", help="to sign in with")
        parser.add_argument(
            "--password-file",
            metavar="FILE",
            help="its first line is the password; - for standard input. Else it is asked for",
        )

    def handle(self, **options: Any) -> None:
        given = options["password_file"]
        password = _line(given) if given else _asked()
        try:
            person = first.make_first(
                username=options["username"], password=password, at=timezone.now()
            )
        except (first.NotFirst, first.Wrong) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(f"{person.username} may sign in at /accounts/login/ as security officer")


def _line(name: str) -> str:
    most = 8 * LONGEST_PASSWORD
    try:
        if name == "-":
            line = sys.stdin.buffer.readline(most)
        else:
            with open(name, "rb") as file:
                line = file.readline(most)
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise CommandError("The password's file is not UTF-8.", returncode=2) from error
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=2) from error


def _asked() -> str:
    """Typed twice, and seen by nobody."""
    if not sys.stdin.isatty():
        raise CommandError(
            "There is no terminal to ask on: give --password-file FILE, or - for standard input.",
            returncode=2,
        )
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise CommandError("The two are not the same: nothing was made.", returncode=2)
    return password
