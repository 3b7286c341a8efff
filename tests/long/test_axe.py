"""axe on every kind of page of the demonstration: public, by secret link, of the workspaces and of
the workbench; light and dark, on a telephone and at a desk.

Pages are come to by links, from where each role begins; which names of public addresses nobody
came to, files among them, stands in the result as `missed`. CI looks at each kind of public page on
a telephone in the light and at a desk in the dark (`tests/browser/test_every_page.py`).
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import URLResolver, get_resolver, resolve

from portal.demo.cast import ACCOUNTS, PASSWORD
from portal.languages import in_language, prefix_of
from tests.browser.axe import broken
from tests.browser.conftest import browser_type_launch_args
from tests.browser.hands import DESK, PHONE, Hands
from tests.browser.test_every_page import Walk, kind_of
from tests.long.test_site import site

__all__ = ["browser_type_launch_args", "site"]
pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
MOST = 6  # pages of one kind that one walk reads for their links
LOOKS = 2  # pages of one kind that are looked at
WORKPLACES = ("/zh/hospital/", "/zh/dock/", "/admin/", "/zh/accounts/password/")
ROLES = {"hospital": "hospital", **{str(role): name for name, (role, _org) in ACCOUNTS.items()}}
SECRETS = """
import json
from django.utils import timezone
from portal.accounts.acting import Actor
from portal.accounts.links import AFTER, make_link, open_link
from portal.accounts.models import Grant
from portal.accounts.roles import CARRIER
from portal.needs.freshness import STILL_NEEDED
from portal.needs.models import Need
from portal.notices import following
from portal.notices.models import Follower
from portal.notices.stopping import stop_address
from portal.oversight.models import Question
from portal.pledges.models import Pledge
from portal.receipts.models import Receipt, ReceiptLine
from portal.shipping.asking import CONFIRM
from portal.shipping.carrier_link import CARRY
from portal.shipping.models import Capacity, Shipment
from portal.stages import engine
from portal.warehouse.models import Arrival, Lot
from portal.warehouse.stock_facts import Recalled, RecallReason
from portal.workspace.claims import CLAIM

at, found = timezone.now(), []
def link(where, purpose, code):
    token = make_link(purpose=purpose, code=code, at=at, days=9)
    found.append(where.format(token))
    return token
def each(rows, where, purpose):
    for stage in rows.order_by("stage").values_list("stage", flat=True).distinct():
        link(where, purpose, rows.filter(stage=stage).first().code)
each(Pledge.objects.filter(code__startswith="G-"), "/claim/{}/", CLAIM)  # not what was bought
announced = Arrival.objects.filter(stage="announced").first().lines.first()
link("/claim/{}/", CLAIM, announced.pledge_line.pledge.code)
each(Receipt.objects.all(), "/after/{}/", AFTER)
each(Need.objects.all(), "/still-needed/{}/", STILL_NEEDED)
role = Grant.objects.get(person__username="quality")
quality = Actor(role=role.role, org=role.org, person_id=role.person_id)
facts = Recalled(reason=RecallReason.MAKER, notice="n", note="", whole_batch=False)
came = ReceiptLine.objects.filter(shipment_line__lot__stage="kept", accepted__gt=0)
mine = Grant.objects.get(person__username="hospital").org
to = "receipt__shipment__hospital__code"  # one with an account, one by its link
for row in (came.filter(**{to: mine}).first(), came.exclude(**{to: mine}).first()):
    engine.advance(Lot, row.shipment_line.lot.code, "recall", actor=quality, facts=facts, at=at)
    link("/after/{}/", AFTER, row.receipt.code)
for row in Shipment.objects.filter(stage__in=("delivered", "unconfirmed")):
    link("/confirm/{}/", CONFIRM, row.code)
offer = Capacity.objects.filter(stage="open").first()
opened = open_link(link("/carry/{}/", CARRY, offer.org), purpose=CARRY, at=at)
carrier = Actor(role=CARRIER, org=offer.org, by_link=f"{opened.code}/{opened.pk}")
Capacity.objects.filter(pk=offer.pk).update(entered_by=carrier.who)
gift = Pledge.objects.first().code
following.ask(gift, "someone@example.org", at=at)
token = following.token_of(Follower.objects.first().pk)
found.append(f"/follow/confirm/{token}/")
found.append("/notices/" + stop_address(gift).split("/notices/")[1])
found += [f"/pledge/given/{gift}/", "/questions/asked/", "/donor/"]  # where a form leads
found.append(f"/confirm/thanks/{Receipt.objects.first().code}/")
need = Need.objects.filter(public_since__isnull=False).first()
found.append(f"/still-needed/thanks/{need.code}/")
asked = [f"/questions/{code}/answer/" for code in Question.objects.values_list("code", flat=True)]
print(json.dumps({"pages": found, "asked": asked}))
"""


def secret_links(site):
    """`pages`: behind secret links, one for each stage of what they are about, and where a form
    leads; `asked`: where a question is answered."""
    words = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SECRETS]
    told = subprocess.run(
        words, cwd=ROOT, env=site.env, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout.splitlines()[-1])


class Round(Walk):
    """A walk whose pages are looked at in all four ways; its texts are judged elsewhere."""

    def __init__(self, page, site, kinds, **options):
        super().__init__(page, site, look=self.judge, looks=LOOKS, most=MOST, corpus="", **options)
        self.kinds = kinds  # what earlier walks came to is not looked at again
        self.names, self.wrong, self.looked = set(), [], set()
        page.set_default_timeout(120_000)

    def judge(self, page):
        path = urlsplit(page.url).path
        self.looked.add(path)
        self.wrong += [(path, *found) for found in broken(page)]

    def visit(self, address, kind):
        path = urlsplit(address).path
        english = in_language(path, "en") if prefix_of(path) else path  # as the tests speak
        self.names.add(resolve(english).view_name)
        sent = self.patiently(lambda: self.page.request.get(address, max_redirects=0))
        if sent.status == 200 and "text/html" not in sent.headers["content-type"]:
            return []  # a file, whatever its name: a browser may show or save it
        if sent.status == 410:  # a secret link that has ended is a page too
            self.page.goto(address)
            self.judge(self.page)
            return []
        return super().visit(address, kind)

    def fetch(self, address, *, shown):
        return self.patiently(lambda: super(Round, self).fetch(address, shown=shown))

    def patiently(self, ask):
        """One caller may try so many secret links a minute."""
        while (answer := ask()).status == 429:
            self.page.wait_for_timeout(20_000)
        return answer

    def hear(self, kind, html):
        """Which language it speaks is asked in `test_every_page`."""


def page_names(resolver=None, space=""):
    """The names of all addresses that a language stands before, and of the workbench's."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (space, pattern.namespace)))
            if pattern.namespace != "plain":
                yield from page_names(pattern, inner)
        elif pattern.name:
            yield ":".join(filter(None, (space, pattern.name)))


@pytest.fixture(scope="module")
def secrets(site):
    return secret_links(site)


@pytest.fixture(scope="module")
def names():
    """All names of addresses; what was come to is taken away."""
    return {name for name in page_names() if not name.startswith("admin:")}


@pytest.fixture
def closing(keep, names):
    """Keeps what was found, and judges it. `missed`: what no walk so far came to."""

    def close(who, rounds):
        wrong = [found for walk in rounds for found in walk.wrong]
        looked = sum(len(walk.looked) for walk in rounds)
        kinds = len({kind_of(path) for walk in rounds for path in walk.looked})
        names.difference_update(*(walk.names for walk in rounds))
        missed = sorted(names)
        keep(f"axe-{who}", seed=None, pages=looked, kinds=kinds, wrong=wrong, missed=missed)
        assert wrong == []

    return close


@pytest.fixture(scope="module")
def known():
    """How many pages of each kind all roles together came to."""
    return Counter()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_public_pages_and_behind_links(
    site, browser, secrets, closing, language
):
    page = browser.new_context(viewport=PHONE, reduced_motion="reduce").new_page()
    walk = Round(page, site, Counter(), within=f"/{language}/")
    told = (*site.examples, *secrets["pages"])
    for path in ("/", *(path for path in told if not prefix_of(path))):
        walk.go(f"/{language}{path}")
    closing(language, [walk])
    assert walk.looked


@pytest.mark.parametrize("role", ROLES)
def test_axe_finds_nothing_where_people_work(site, browser, secrets, closing, known, role):
    page = browser.new_context(base_url=site.url, viewport=DESK, locale="zh-CN").new_page()
    hands = Hands(page, "zh")
    hands.public("/accounts/login/").sign_in(ROLES[role], PASSWORD)
    rounds = []
    for start in (*WORKPLACES, *(f"/zh{path}" for path in secrets["asked"])):
        answer = page.request.get(site.url + start)
        if answer.status == 200 and urlsplit(answer.url).path == start:
            rounds.append(Round(page, site, known, within=start))
            rounds[-1].go(start)
    closing(role, rounds)
