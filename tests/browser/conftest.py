"""A real browser whose complaints fail the test, the whole site on a port of its own, and its
workers beside it."""

import os
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.utils import timezone, translation

import ledger.api as ledger
from ledger import publishing, sealing
from portal.languages import CODES
from portal.tracking.projection import projecting
from tests.browser.hands import PHONE
from tests.factories.catalogue import load_catalogue

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]  # --no-sandbox only because continuous integration runs as root
ROOT = Path(__file__).parents[2]
LOCALES = {"zh": "zh-CN", "en": "en-US"}
PATIENCE = 60  # seconds; a busy machine is no failure
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop


LONGEST = ("test_every_page", "test_journey", "test_without_javascript", "test_dock")  # files


def pytest_collection_modifyitems(items):
    """The longest first: then no worker begins one when all others have ended."""
    here = Path(__file__).parent
    rank = {here / f"{name}.py": n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not Path(CHROMIUM).exists():
        pytest.fail(
            f"There is no browser at {CHROMIUM}. On Debian: apt-get install chromium "
            "fonts-noto-cjk; elsewhere name one in the environment variable CHROMIUM.",
            pytrace=False,
        )
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def console():
    """What browsers complained of: errors in the console (a broken content security policy is
    one), uncaught exceptions, answers of 500 and more. `console.expected` holds the statuses of
    refusals that a test provokes."""
    found = SimpleNamespace(errors=[], expected=set())
    yield found
    assert found.errors == []


@pytest.fixture
def new_context(new_context, console):
    """Every browser of a test is watched, whoever opens it."""

    def heard(message):
        refused = any(f"status of {status} " in message.text for status in console.expected)
        if message.type == "error" and not refused:
            console.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def answered(response):
        if response.status >= 500:
            console.errors.append(f"{response.status} {response.url}")

    def sent(request):
        """Nothing is asked of another host."""
        if urlsplit(request.url).hostname not in (None, "localhost", "127.0.0.1"):
            console.errors.append(f"elsewhere: {request.url}")

    def watched(**options):
        context = new_context(**options)
        context.on("request", sent)
        context.set_default_timeout(PATIENCE * 1000)
        context.on("console", heard)
        context.on("weberror", lambda error: console.errors.append(str(error.error)))
        context.on("response", answered)
        return context

    return watched


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture(scope="session")
def static_server():
    """The folder static/ on loopback, without Django."""
    handler = partial(Quiet, directory=str(ROOT / "static"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Workers(threading.Thread):
    """What worker and beat do, in this process: as soon as something waits, seal, publish and
    project it; at once when `asked` is set."""

    def __init__(self):
        super().__init__(name="workers")
        self.enough, self.asked = threading.Event(), threading.Event()

    def run(self):
        done = -1
        try:
            while not self.enough.is_set():
                if ledger.size() != done or ledger.pending()[0]:
                    sealing.seal_all(at=timezone.now())
                    publishing.sign_and_publish(at=timezone.now())
                    projecting.project_all()
                    done = projecting.seen()
                self.asked.wait(0.3)
                self.asked.clear()
        finally:
            connections.close_all()


@pytest.fixture
def site(live_server, log, settings):
    """The site with a small catalogue and its workers; `site.settle()` waits until what was done
    is public."""
    settings.SITE_ORIGIN = live_server.url
    load_catalogue()
    workers = Workers()
    workers.start()

    def settle():
        end = time.monotonic() + PATIENCE
        while ledger.pending()[0] or projecting.seen() < ledger.size():
            workers.asked.set()
            assert time.monotonic() < end, f"not public after {PATIENCE} s"
            assert workers.is_alive(), "the workers have ended"
            time.sleep(0.02)

    yield SimpleNamespace(url=live_server.url, settle=settle)
    workers.enough.set()
    workers.asked.set()
    workers.join()


@pytest.fixture
def open_page(new_context, site):
    """open_page(language, size): an empty page in a browser of somebody's own."""

    def opened(language="zh", size=PHONE, **options):
        named = {"base_url": site.url, "locale": LOCALES[language], "viewport": size}
        return new_context(**named, **options).new_page()

    return opened


@pytest.fixture(params=["zh", "en"])
def language(request):
    """A test that asks for it runs in both languages, and speaks that language itself."""
    with translation.override(CODES[request.param]):
        yield request.param
