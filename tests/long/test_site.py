"""The demonstration as a visitor finds it, served as in production: every page valid, every link
alive, nothing from another host; and what Lighthouse says of the five pages that people see most.

Needs Node: html-validate comes by its hashed lock (.ci/package-lock.json), Lighthouse outside it.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter, deque
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from portal.demo.management.commands.demo import SERVER
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.ports import free_ports

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[A-Z]-[0-9A-HJKMNP-Z]{10}")
LINK = re.compile(r'<(?:a|link|img|script|use|form)\b[^>]*?\s(?:href|src|action)="([^"]*)"')
LOADED = re.compile(
    r'<(?:link|img|script|use|source|iframe|form)\b[^>]*?\s(?:href|src|action)="([^"]*)"'
)
ALTERNATE = re.compile(r'<link rel="(?:canonical|alternate)"[^>]*>')
INLINE = re.compile(
    r'<style\b|<[^>]+\s(?:style|on[a-z]+)="'
    r'|<script\b(?![^>]*\ssrc=)(?![^>]*\stype="application/json")'
)
OWN_POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src '
IDS = re.compile(r'\s(?:id|name)="([^"]+)"')
MOST = 12  # pages of one kind that are read in each language; links to all are tried
ENOUGH = 98
PAGES = {"home": "/", "needs": "/needs/", "statistics": "/statistics/"}
RUNS = 3


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The demonstration at a port of its own; `site.examples` are the codes that it tells."""
    var, port = tmp_path_factory.mktemp("demo"), free_ports(4)
    own = {"DEMO": "1", "VAR": str(var), "PORT": str(port), "DATABASE_URL": "", "REDIS_URL": ""}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = {**kept, **own}  # nothing of the tests' own settings
    manage = [sys.executable, "manage.py", "demo", "--data-only"]
    told = subprocess.run(manage, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    command = [str(port) if word == str(settings.PORT) else word for word in SERVER]
    command[0] = str(Path(sys.executable).with_name(command[0]))
    served = subprocess.Popen(command, cwd=ROOT, env=env)
    url = f"http://localhost:{port}"
    try:
        wait_for(url)
        told = json.loads((var / "demo.json").read_text())
        yield SimpleNamespace(url=url, examples=[path for _text, path in told], env=env)
    finally:
        served.terminate()
        served.wait(timeout=30)


def wait_for(url, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 -- our own server
                return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {url}")


def fetch(address):
    """(status, kind of content, text or nothing)"""
    try:
        with urlopen(Request(address), timeout=60) as answer:  # noqa: S310 -- our own server
            kind = answer.headers["Content-Type"] or ""
            return answer.status, kind, answer.read().decode() if "html" in kind else ""
    except HTTPError as error:
        with error:
            return error.code, "", ""


def kind_of(address):
    return re.sub(r"\d+", "<n>", CODE.sub("<code>", address))


def crawl(site):
    """({address: html}, [what is wrong]) of everything that can be reached from the first page in
    both languages; of many pages of one kind the first few are read, the rest only asked for."""
    waiting = deque((f"{site.url}/{language}/", "start") for language in ("zh", "en"))
    pages, tried, kinds, wrong, wanted = {}, set(), Counter(), [], []
    while waiting:
        address, source = waiting.popleft()
        if address in tried:
            continue
        tried.add(address)
        kinds[kind_of(address)] += 1
        if kinds[kind_of(address)] > 4 * MOST:
            continue
        status, _kind, html = fetch(address)
        if status != 200:
            wrong.append(f"{status} {address} (on {source})")
        if not html:
            continue
        if kinds[kind_of(address)] > MOST:
            pages.setdefault(address, None)
            continue
        pages[address] = html
        for link in LINK.findall(ALTERNATE.sub("", html)):
            whole, part = urldefrag(urljoin(address, unescape(link)))
            if whole.startswith(f"{site.url}/") and "/logout/" not in whole:
                waiting.append((whole, address))
                if part:
                    wanted.append((address, whole, part))
    for source, whole, part in wanted:
        if pages.get(whole) and part not in IDS.findall(pages[whole]):
            wrong.append(f"nothing at {whole}#{part} (on {source})")
    return {address: html for address, html in pages.items() if html}, wrong


def from_elsewhere(site, pages):
    """What a page would load from, or send to, another host."""
    ours = urlsplit(site.url).netloc
    return [
        f"{link} on {address}"
        for address, html in pages.items()
        for link in LOADED.findall(ALTERNATE.sub("", html))
        if not link.startswith("data:")  # a picture in the page itself
        and urlsplit(urljoin(address, unescape(link))).netloc != ours
    ]


def against_the_policy(pages):
    """Style, script and handlers in a page itself: browsers refuse them by its policy. A file to
    keep has another, in itself, that names the hash of each."""
    return [
        f"{found[0][-80:]} on {address}"
        for address, html in pages.items()
        for found in [INLINE.search(html)]
        if found and OWN_POLICY not in html
    ]


def run_node(*words, cwd, **options):
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, **options)


def test_pages_every_one_is_valid_and_every_link_leads_somewhere(site, tmp_path, keep):
    pages, wrong = crawl(site)
    folder = tmp_path / "html"
    folder.mkdir()
    for n, (address, html) in enumerate(pages.items()):
        (folder / f"{n:04d}.html").write_text(html)
        (folder / f"{n:04d}.txt").write_text(address)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_bytes((ROOT / ".ci" / name).read_bytes())
    done = run_node("npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    config = str(ROOT / ".ci" / "htmlvalidate.json")
    found = run_node(
        *("npx", "html-validate", "--config", config, "--formatter", "json", "html/*.html"),
        cwd=tmp_path,
    )
    errors = Counter(
        f"{told['ruleId']}: {told['message']} ({kind_of(address_of(result['filePath']))})"
        for result in json.loads(found.stdout)
        for told in result["messages"]
    )
    keep("pages", seed=None, pages=len(pages), wrong=wrong, errors=errors)

    assert wrong == []
    assert from_elsewhere(site, pages) == []
    assert against_the_policy(pages) == []
    assert errors == {}
    assert len(pages) > 100


def address_of(path):
    return Path(path).with_suffix(".txt").read_text()


def lighthouse(url, folder):
    """{category: 0 to 100} of one page on a telephone."""
    flags = " ".join(["--headless=new", *FLAGS])
    for _try in range(RUNS):
        done = run_node(
            *("npx", "--yes", "lighthouse@12.8.2", url, "--quiet", "--output=json"),
            *("--output-path=stdout", f"--chrome-flags={flags}"),
            cwd=folder,
            env={**os.environ, "CHROME_PATH": CHROMIUM},
        )
        if "Please run Lighthouse again" not in done.stderr:  # it missed the page's beginning
            break
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["categories"]
    return {name: round(100 * part["score"]) for name, part in told.items()}


def test_lighthouse_is_content_with_what_people_see_most(site, tmp_path, keep):
    """The best of a few runs: another process on the machine can only make a page look slower."""
    _status, _kind, html = fetch(f"{site.url}/zh/organisations/")
    gift = next(path for path in site.examples if path.startswith("/g/"))
    organisation = re.search(r'href="/zh(/o/[^"]+/)"', html)[1]
    found = {}
    for name, path in {**PAGES, "gift": gift, "organisation": organisation}.items():
        runs = [lighthouse(f"{site.url}/zh{path}", tmp_path) for _run in range(RUNS)]
        found[name] = {part: max(run[part] for run in runs) for part in runs[0]}
    keep("lighthouse", seed=None, **found)

    assert [(n, p, s) for n, parts in found.items() for p, s in parts.items() if s < ENOUGH] == []
