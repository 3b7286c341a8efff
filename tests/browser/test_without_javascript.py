"""Everything that the public can do once more, in a browser that runs no script: look a code up,
read, give, announce, confirm, say that a need still stands, ask and follow."""

import pytest
from django.utils import timezone

from portal.accounts.roles import Role
from portal.needs.freshness import renew_link
from portal.needs.models import Need, NeedLine
from portal.shipping.commands import renew_confirm_link
from portal.stages import engine
from portal.warehouse.models import Arrival
from tests.browser import acts, world
from tests.browser.acts import GIVEN, GOOD, SENT, USED
from tests.browser.hands import PHONE, Album, Hands
from tests.factories.people import actor_of
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
