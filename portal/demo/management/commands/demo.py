"""The whole portal in one command: database, story, witnesses, web server, worker and clock."""

import argparse
import fcntl
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.progress import Progress

import ledger.api as ledger
from ledger import publishing
from portal.demo import cast, running, story, witnesses

WORKER = [
    *("celery", "-A", "portal", "worker", "-B", "-P", "solo", "-l", "WARNING"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    *("-s", str(settings.VAR / "beat")),
]
SERVER = [
    *("granian", "--interface", "wsgi", "--workers", "2", "--no-ws", "--log-level", "error"),
    *("--blocking-threads", "8", "--backpressure", "32"),
    *("--host", "127.0.0.1", "--port", str(settings.PORT), "portal.wsgi:application"),
]
HERE = f"http://127.0.0.1:{settings.PORT}"


class Command(BaseCommand):
    help = "Run the demonstration on this machine; Ctrl-C stops all of it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data-only", action="store_true", help="prepare everything, then end")

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration has known passwords: it runs with DEMO=1 only.")
        with (settings.VAR / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CommandError(f"A demonstration already runs in {settings.VAR}.") from error
            self.prepare([] if options["data_only"] else [settings.PORT])
            with running.together(witnesses.modules()) as members:
                if not running.wait_for_ports(witnesses.ports(), members, seconds=30):
                    raise CommandError("A witness ended by itself; see above.")
                self.tell()
                if not options["data_only"]:
                    self.serve()

    def prepare(self, site: list[int]) -> None:
        """Database, static files, witnesses' keys and log. `site`: the ports it will need too."""
        wanted = [*site, *witnesses.ports()]
        taken = [str(port) for port in wanted if not running.port_is_free(port)]
        if taken:
            raise CommandError(
                f"In use: port {', '.join(taken)}. The site and its three witnesses need four in a"
                " row: choose others, PORT=8100 say."
            )
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        settings.WITNESSES = str(witnesses.make())
        call_command("create_log", stdout=self.stdout)

    def tell(self) -> None:
        """The story, only where no entry has been written yet; at its end all is witnessed."""
        if ledger.size() + ledger.pending()[0] == 1:  # the log's own first entry
            self.play()
        publishing.sign_and_publish(at=timezone.now())
        if ledger.mode() == "ok" and ledger.witnessed().since:
            raise CommandError("The witnesses do not answer: the story could not be published.")
        if not ledger.journal("fsck", "drill"):  # what the page about integrity tells
            call_command("fsck", stdout=self.stdout)
            call_command("drill", stdout=self.stdout)

    def play(self) -> None:
        with Progress(transient=True) as bar:
            task = bar.add_task(_("Playing three weeks"), total=None)

            def progress(done: int, total: int, text: str) -> None:
                bar.update(task, completed=done, total=total, description=text)

            story.play(at=timezone.now(), progress=progress)

    def serve(self) -> None:
        try:
            with running.together([WORKER, SERVER]) as children:
                if running.wait_for_page(f"{HERE}/healthz", children, seconds=60):
                    self.welcome()
                running.wait_until_one_ends(children)
        except KeyboardInterrupt:
            return
        raise CommandError("The server or the worker ended by itself; see above.")

    def welcome(self) -> None:
        self.stdout.write(self.style.SUCCESS(f"\n{settings.SITE_ORIGIN}/"))
        for sentence, address in story.codes():
            self.stdout.write(f"  {settings.SITE_ORIGIN}{address}  {_(sentence)}")
        self.stdout.write("")
        names = ", ".join(["hospital", "hospital2", *cast.ACCOUNTS])
        self.stdout.write(
            _("Sign in: %(place)s") % {"place": f"{settings.SITE_ORIGIN}/accounts/login/"}
        )
        self.stdout.write(f"  {names}")
        self.stdout.write("  " + _("Password of all: %(password)s") % {"password": cast.PASSWORD})
        self.stdout.write("\n" + _("Ctrl-C stops everything."))
        self.stdout.flush()
