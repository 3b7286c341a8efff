"""The parts of hospital and donor once more, in a browser that runs no script."""

import pytest
from django.utils import timezone

from portal.accounts.roles import Role
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


def test_hospital_and_donor_need_no_script(site, who, language):
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
    donor.public(f"/g/{story.gift}/")
    assert donor.text("#verdict-h") == acts.sentence(
        story,
        language,
        ("received", USED, "hospital"),
        ("stock", GOOD - SENT, "house"),
        ("damaged", SENT - USED, ""),
        ("lost", GIVEN - GOOD, ""),
    )
    donor.open(story.claim)
    promised, sent = donor.page.locator("tbody tr td").all_inner_texts()[:2]
    assert promised == sent == f"{GIVEN:,}"
