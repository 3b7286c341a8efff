"""Every page that can be reached: quiet, within the content security policy, never wider than the
screen, open to everybody; and every link of it leads somewhere."""

import re
from collections import Counter, deque
from functools import partial
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.shortcuts import render
from django.test import RequestFactory

from ledger.core import codes
from portal.accounts.models import Person
from tests.browser import world
from tests.browser.axe import accessible
from tests.browser.hands import DESK, PHONE, asked, fits
from tests.browser.tongues import foreign, typed

pytestmark = pytest.mark.browser
CODE = re.compile(r"[A-Z]-[0-9A-HJKMNP-Z]{10}")
TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{32}(?=/)")  # of a secret link
FILES = (
    ".svg",
    ".pdf",
    ".json",
    *(".atom", ".csv", ".xml", ".pdf", "/api/v1/"),
    "/proof",
    ".html",
    ".entry",
    ".tlog-proof",
    "/receipt",
    "/logout/",
    *("/paper/packing/", "/paper/labels/", "/paper/order/"),
)  # no pages; a few are fetched, none is looked at
FEW = 3
LOOKED_AT = {  # of the workbench, by axe
    "/admin/pledges/pledge/<n>/move/accept/",
    "/admin/shipping/release/open/issue/",
    "/admin/warehouse/allocation/open/publish/",
    "/admin/warehouse/arrival/<n>/move/count/",
}
HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
REPORT = """document.addEventListener('securitypolicyviolation',
    e => console.error('policy', e.effectiveDirective, e.blockedURI))"""
PUSHED = """() => {
    const folded = [...document.querySelectorAll('details:not([open])')];
    folded.forEach(part => part.open = true);
    const told = [...document.querySelectorAll('.scroll')]
        .filter(e => e.scrollWidth > e.clientWidth + 1)
        .map(e => [e.getAttribute('aria-label'), e.clientWidth, e.scrollWidth]);
    folded.forEach(part => part.open = false);
    return told;
}"""


def kind_of(address):
    """Addresses of one kind of page differ in codes and numbers only."""
    path = CODE.sub("<code>", urlsplit(address).path)
    path = re.sub(r"(?<=/statistics/rows/)[a-z_-]+", "<figure>", TOKEN.sub("<token>", path))
    return re.sub(r"/\d+(?=[/.]|$)", "/<n>", path)


class Walk:
    """From page to page by the links there are; `look` is called on a few of each kind."""

    def __init__(self, page, site, *, look, looks=1, within="/", most=1000, corpus=None):
        self.page, self.site, self.look, self.within = page, site, look, within
        self.looks, self.most = looks, most  # pages of one kind: looked at; come to in one walk
        self.corpus = typed() if corpus is None else corpus  # what people said, in any language
        self.kinds, self.untranslated = Counter(), []
        page.add_init_script(REPORT)

    def go(self, start):
        """One walk; every address it came to."""
        waiting, seen, walked = deque([self.site.url + start]), set(), Counter()
        while waiting:
            address = waiting.popleft()
            kind = kind_of(address)
            if address in seen or not self.wanted(address) or self.enough(kind, walked[kind]):
                continue
            seen.add(address)
            walked[kind] += 1
            waiting.extend(self.visit(address, kind))
        return seen

    def enough(self, kind, walked):
        return walked >= (min(FEW, self.most) if kind.endswith(FILES) else self.most)

    def wanted(self, address):
        """Ours; and of the admin's lists each once, not in every order and choice."""
        if not address.startswith(self.site.url + self.within):
            return False
        return not (self.within == "/admin/" and urlsplit(address).query)

    def visit(self, address, kind):
        """The links of a page, which is only fetched when enough of its kind were looked at."""
        self.kinds[kind] += 1
        shown = self.kinds[kind] <= self.looks and not kind.endswith(FILES)
        answer = self.fetch(address, shown=shown)
        assert answer.status == 200, f"{address}: {answer.status}"
        if shown:
            self.look(self.page)
        if "text/html" not in answer.headers["content-type"]:
            return []
        html = answer.text()
        self.hear(kind, html)
        if shown and self.within == "/admin/":  # its addresses name no language
            english = self.page.request.get(address, headers={"Accept-Language": "en"})
            self.hear(kind, english.text())
        links = HREF.findall(html)
        return [urldefrag(urljoin(address, unescape(link)))[0] for link in links]

    def fetch(self, address, *, shown):
        return self.page.goto(address) if shown else self.page.request.get(address)

    def hear(self, kind, html):
        """What a page says in a language that is not its own."""
        tongue = "en" if '<html lang="en' in html else "zh"
        self.untranslated += [(kind, text) for text in foreign(html, tongue, self.corpus)]


def narrow(page):
    """On a phone nothing has to be pushed sideways. It is left at the width that came last."""
    size = page.viewport_size
    for width in sorted((320, 390), key=lambda width: width != size["width"]):
        if width != page.viewport_size["width"]:
            page.set_viewport_size({**size, "width": width})
        fits(page)


def roomy(page):
    """At a desk no table has to be pushed sideways either, those that are folded up included."""
    size = page.viewport_size
    page.set_viewport_size(DESK)
    assert asked(page, PUSHED) == [], page.url
    page.set_viewport_size(size)


def as_person(page, username, url):
    """Signed in without the page for it, which other tests go through."""
    person = Person.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": session.session_key, "url": url}])


def test_acceptance_29_every_public_page_is_whole_in_its_language(site, open_page, language):
    small = world.build()
    site.settle()
    page = open_page(language, PHONE)

    first = set()

    def look(page):
        narrow(page)
        if kind_of(page.url) not in first:
            accessible(page, twin=language == "en")
            roomy(page)
        first.add(kind_of(page.url))

    looks = 2 if language == "zh" else 1
    walk = Walk(page, site, look=look, looks=looks, within=f"/{language}/")
    seen = walk.go(f"/{language}/")
    kinds = {kind.removeprefix(f"/{language}") for kind in walk.kinds}
    assert {
        *("/", "/needs/", "/needs/<code>/", "/needs/<code>/pledge/<n>/", "/gifts/", "/g/<code>/"),
        *("/organisations/", "/o/<code>/", "/shipments/<code>/", "/ledger/", "/about/"),
        *(
            "/ledger/entry/<n>/",
            "/ledger/checkpoints/",
            "/ledger/integrity/",
            "/privacy/",
            "/pledge/",
            "/accounts/login/",
            "/g/<code>/qr.svg",
        ),
    } <= kinds
    assert f"{site.url}/{language}/g/{small.gift.code}/" in seen
    assert walk.untranslated == []
    assert page.context.cookies() == [] or {c["name"] for c in page.context.cookies()} == {"csrf"}


def test_refusals_are_pages_too(site, open_page, language, console):
    console.expected = {404, 410, 422}
    page = open_page(language, PHONE)
    for path, status in (
        (f"/g/?q={codes.mint('G')}", 404),
        ("/g/?q=G-2222222222", 422),
        ("/nowhere/", 404),
        ("/confirm/not-a-link/", 410),
        ("/claim/not-a-link/", 410),
    ):
        assert page.goto(f"/{language}{path}").status == status, path
        narrow(page)
        assert foreign(page.content(), language, "") == []


ERRORS = ("400", "403", "403_csrf", "404", "410", "429", "500", "503")


def test_every_error_wears_the_sites_clothes(site, open_page, language):
    """Light, dark and printed, from 320 px to wide; those that come when all else fails stand in
    both languages at once."""
    page = open_page(language, PHONE)
    for name in ERRORS:
        asked = RequestFactory().get(f"/{language}/nowhere/")
        html = render(asked, f"{name}.html").content.decode()
        page.route("**/refused/", partial(answer_with, html))
        page.goto(f"/{language}/refused/")
        assert page.locator("h1").count() == 1
        assert page.locator("main a.btn").first.is_visible()
        assert page.locator("link[rel=stylesheet]").count() == 1
        assert name in ("500", "503") or foreign(html, language, "") == []
        for width in (320, 390, 1920):
            page.set_viewport_size({**PHONE, "width": width})
            fits(page)
        page.emulate_media(media="print")
        assert page.locator("h1").is_visible()
        assert page.locator("header.top nav").first.is_hidden()
        page.emulate_media(media="screen")
        page.set_viewport_size(PHONE)
        if language == "zh":
            accessible(page)
        page.unroute("**/refused/")


def answer_with(html, route):
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def test_every_page_of_the_workspaces(site, open_page):
    small = world.build()
    site.settle()
    page = open_page("zh", PHONE)
    walk = Walk(page, site, look=narrow, within="/zh/hospital/")
    as_person(page, "hospital", site.url)
    walk.go("/zh/hospital/")
    assert {"/zh/hospital/needs/new/", "/zh/hospital/needs/<code>/withdraw/"} <= set(walk.kinds)
    assert "/zh/hospital/shipments/<code>/confirm/" in walk.kinds
    dock = Walk(page, site, look=narrow, within="/zh/dock/", most=4)
    for role in ("warehouse", "quality", "dispatcher"):
        as_person(page, role, site.url)
        dock.go("/zh/dock/")
    assert {f"/zh/dock/<code>/{move}/" for move in ("arrive", "count", "pack", "dispatch")} <= set(
        dock.kinds
    )

    def look(page):
        narrow(page)
        if kind_of(page.url) in LOOKED_AT:
            accessible(page)

    work = Walk(page, site, look=look, within="/admin/", most=2)
    for role in small.cast.roles:
        if role != "hospital":
            as_person(page, str(role), site.url)
            work.go("/admin/")
    assert {f"/admin/{kind}/<n>/change/" for kind in ("needs/need", "shipping/shipment")} <= set(
        work.kinds
    )
    assert set(work.kinds) >= LOOKED_AT
    assert [*walk.untranslated, *dock.untranslated, *work.untranslated] == []
