"""Everything that the public can do once more, in a browser that runs no script: look a code up,
read, give, announce, confirm, say that a need still stands; find, ask, follow, check and save."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import timezone

from portal.accounts.links import AFTER, AFTER_DAYS, make_link
from portal.accounts.roles import Role
from portal.needs.freshness import renew_link
from portal.needs.models import Need, NeedLine
from portal.notices import sending
from portal.notices.models import Follower
from portal.oversight import disclosing
from portal.oversight.models import Question
from portal.receipts.models import ReceiptLine
from portal.shipping.commands import renew_confirm_link
from portal.stages import engine
from portal.tracking import news
from portal.tracking.certificates.certificate import Certificate
from portal.warehouse.models import Arrival
from tests.browser import acts, world
from tests.browser.acts import GIVEN, GOOD, SENT, USED
from tests.browser.hands import PHONE, Album, Hands
from tests.factories.funds import create_campaign
from tests.factories.oversight import asked_in_public
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_shipment
from tests.factories.warehouse import count_note, keeper_of, lot_of, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def who(open_page, language):
    def arrives(name):
        page = open_page(language, PHONE, java_script_enabled=False)
        return Hands(page, language, see=Album(f"{language}-plain-{name}"))

    return arrives


def publish(story):
    coordinator = actor_of(Role.COORDINATOR, org=story.cast.charity.code)
    engine.advance(Need, story.need, "publish", actor=coordinator, at=timezone.now())


def count_and_send(story):
    """What the charity does with the gift, up to the hospital's link."""
    now, keeper = timezone.now(), keeper_of(story.cast.house)
    arrival = Arrival.objects.get(pledge__code=story.gift)
    note = count_note(arrival, accepted=GOOD, reason="short")
    arrival = engine.advance(Arrival, arrival.code, "count", actor=keeper, facts=note, at=now)
    arrival = sign_in(arrival, at=now)
    line = NeedLine.objects.select_related("need__hospital", "variant").get(
        need__code=story.need, no=1
    )
    shipment = create_shipment((line, lot_of(arrival), SENT), at=now)
    story.shipment = shipment.code
    story.confirm = f"/confirm/{renew_confirm_link(shipment, at=now)}/"


def looks_up(hands, code):
    """In the box of the first page, as it stands on a label."""
    hands.public("/").page.locator("input[name=q]").first.fill(code.lower())
    hands.click("form[action$='/g/'] button")
    assert hands.path.endswith(f"/g/{code}/"), hands.path


def reads(hands, story):
    """Every answer of the gift's page; what folds opens, and what leads on leads on."""
    page = hands.page
    for key in ("confirm", "missing", "decided", "check"):
        hands.click(f".asks a[href='#a-{key}']")
        assert page.locator(f"#a-{key} dd").first.is_visible()
    hands.click("details.alt summary")
    assert page.locator("details.alt table").first.is_visible()
    assert page.locator("ol.tl > li h3").first.is_visible()
    assert page.locator("button[data-verify]").is_hidden()  # a script's; the proofs are a link
    proof = page.request.get(page.locator("a[href$='/proof']").first.get_attribute("href"))
    assert proof.status == 200
    hands.click(f"#around-h + ul a[href*='{story.shipment}']")
    assert hands.path.endswith(f"/shipments/{story.shipment}/")


def says_still_needed(hands, story):
    need = Need.objects.get(code=story.need)
    hands.open(f"/still-needed/{renew_link(need, at=timezone.now())}/").click("main form button")
    assert "/still-needed/thanks/" in hands.path, hands.path


@pytest.mark.parametrize("language", ["zh"], indirect=True)
def test_acceptance_30_whatever_the_public_can_do_needs_no_script(site, who, language):
    story = acts.begin()
    hospital = who("hospital")
    clicks = acts.posts_thirty_lines(hospital, story)
    assert clicks["typing"] == 1  # the server adds five lines at a time
    publish(story)
    site.settle()
    donor = who("donor")
    acts.pledges(donor, story)
    site.settle()
    world.accept(story.gift)
    acts.announces(donor, story)
    count_and_send(story)
    acts.confirms_by_link(who("nurse"), story)
    site.settle()
    says_still_needed(who("hospital again"), story)
    looks_up(donor, story.gift)
    assert donor.text("#verdict-h") == acts.sentence(
        story,
        language,
        ("received", USED, "hospital"),
        ("stock", GOOD - SENT, "house"),
        ("damaged", SENT - USED, ""),
        ("lost", GIVEN - GOOD, ""),
    )
    reads(donor, story)
    donor.open(story.claim)
    promised, sent = donor.page.locator("tbody tr td").all_inner_texts()[:2]
    assert promised == sent == f"{GIVEN:,}"


# --- what readers do: one after the other in the same small world, each from an address of its own


@pytest.fixture
def told(site):
    """Something of everything that is asked for below."""
    small, now = world.build(), timezone.now()
    for _n in range(22):  # more than a page of a list shows
        create_pledge(stage="registered", at=now)
    campaign = create_campaign(emergency=True, at=now)
    disclosing.tick(at=now)
    house = small.cast.house
    question = asked_in_public(small.gift.code, house.org, at=now)
    shipment = create_shipment((small.line, small.stock, 50), at=now)
    receipt = create_receipt({"line": 1, "missing": 5}, shipment=shipment, at=now)
    site.settle()
    after = make_link(purpose=AFTER, code=receipt.code, at=now, days=AFTER_DAYS)
    return SimpleNamespace(
        gift=small.gift,
        campaign=campaign,
        house=house,
        question=question,
        receipt=receipt,
        after=f"/after/{after}/",
        settle=site.settle,
    )


def saved(hands, selector):
    """What a link to a file gives, where a browser would save it."""
    link = hands.page.locator(selector).first.get_attribute("href")
    answer = hands.page.request.get(link)
    assert answer.status == 200, link
    return answer


def finds_by_words(hands, told):
    hands.public("/g/").page.locator("#q").fill(told.house.org.name_en)
    hands.click("form.lookup button")
    assert hands.text("#found-says")
    hands.click(f"#found-now a[href$='/o/{told.house.org.code}/']")
    assert hands.path.endswith(f"/o/{told.house.org.code}/")


def pages_on_and_back(hands, told):
    first = hands.public("/gifts/").text("ul.gifts")
    hands.click(".pager a[rel=next]")
    assert hands.page.locator("ul.gifts > li").count() > 0
    assert hands.text("ul.gifts") != first
    hands.click(".pager a[rel=prev]")
    assert hands.text("ul.gifts") == first


def filters_sorts_and_saves_a_list(hands, told):
    hands.public("/gifts/").click("details.more summary")
    hands.page.locator("#f-stage").select_option("withdrawn")
    hands.page.locator("#f-sort").select_option(index=1)
    hands.click("details.more button")
    assert "stage=withdrawn" in hands.page.url
    (line,) = saved(hands, "a[download]").text().splitlines()[2:]  # below two rows of headings
    code = hands.text("ul.gifts .mono")
    assert code in line
    hands.click("ul.chosen a >> nth=0")
    assert "stage=withdrawn" not in hands.page.url


def opens_the_rows_of_a_figure(hands, told):
    hands.public("/statistics/").click("main a[href*='/statistics/rows/gifts/']")
    rows = hands.page.locator("main table tbody tr").count()
    assert rows > 0
    assert len(saved(hands, "a[href*='.csv']").text().splitlines()) > rows
    hands.click("main table tbody a >> nth=0")
    assert "/g/" in hands.path


def opens_and_checks_a_certificate(hands, told):
    hands.public(f"/g/{told.gift.code}/").click("a[href$='/certificate/']")
    number = Certificate.objects.get(gift=told.gift.code, ended_seq=None).code
    assert number in hands.text("body")
    hands.public("/certificates/").page.locator("#number").fill(number.lower())
    hands.click("main form button")
    assert hands.path.endswith(f"/certificates/{number}/")
    assert told.gift.code in hands.text("dl.pairs")


def reads_disclosures_and_who_was_on_time(hands, told):
    hands.public("/disclosures/").click("main ul.needs a >> nth=0")
    assert "/disclosures/D-" in hands.path
    hands.public("/disclosures/").click("main table a")
    assert "org=" in hands.page.url


def asks_and_reads_a_question(hands, told):
    hands.public(f"/g/{told.gift.code}/").click("main a[href*='/questions/new']")
    assert hands.value("record") == told.gift.code
    hands.fill(topic="numbers", text="Where are the ten pieces?").submit()
    assert hands.path.endswith("/questions/asked/")
    assert Question.objects.filter(record=told.gift.code).count() == 2
    hands.public("/questions/").click(f"main a[href$='/questions/{told.question.code}/']")
    assert hands.page.locator("ol.tl > li").count() >= 1


def follows_by_mail_and_stops(hands, told):
    """Double opt-in: the address is asked first, told after its button, and gone with the other."""
    known = len(mail.outbox)
    news.tell(at=timezone.now())
    hands.public(f"/g/{told.gift.code}/").click(f"a[href*='/follow/{told.gift.code}/']")
    hands.fill(address="someone@example.org").submit()
    hands.open(mailed(known)).click("main form button")
    assert Follower.objects.filter(code=told.gift.code, confirmed_at__isnull=False).exists()
    asked_in_public(told.gift.code, told.house.org, at=timezone.now())
    told.settle()
    news.tell(at=timezone.now() + timedelta(hours=1))
    hands.open(mailed(known + 1, "/notices/stop/")).click("main form button")
    assert not Follower.objects.filter(code=told.gift.code, box__isnull=False).exists()


def mailed(number, part=""):
    """The last link of that mail with this part in it, once all that waits is sent."""
    sending.deliver(at=timezone.now() + timedelta(hours=2))
    links = re.findall(r"https?://[^/\s]+(/\S+)", mail.outbox[number].body)
    return [link for link in links if part in link][-1]


def says_that_nothing_is_lost(hands, told):
    """What the hospital missed came after all."""
    hands.open(told.after).click("main a[href$='/come_later/']")
    hands.fill(**{"later-0-quantity": 5}).submit()
    assert ReceiptLine.objects.get(receipt=told.receipt).lacking == 0


def checks_without_this_site(hands, told):
    hands.public(f"/g/{told.gift.code}/")
    assert saved(hands, "a[href$='/proof']").headers["content-type"] == "application/zip"
    hands.public("/verify/")
    assert "<!doctype html>" in saved(hands, "a[href$='/offline.html']").text().lower()


def changes_the_language(hands, told):
    hands.public("/needs/").click("a[hreflang^=zh] >> visible=true")
    assert hands.path == "/zh/needs/"


READERS = (
    finds_by_words, pages_on_and_back, filters_sorts_and_saves_a_list, opens_the_rows_of_a_figure,
    opens_and_checks_a_certificate, reads_disclosures_and_who_was_on_time,
    asks_and_reads_a_question, follows_by_mail_and_stops, says_that_nothing_is_lost,
    checks_without_this_site, changes_the_language,
)  # fmt: skip


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_acceptance_30_whatever_readers_do_needs_no_script(who, told):
    reader = who("reader")
    for task in READERS:
        task(reader, told)
