"""The whole journey through pages only: from a hospital's need to its own confirmation.

The hospital and the donor have a phone, the charity a desk; axe looks at every page on the way.
"""

import pytest

from tests.browser import acts
from tests.browser.acts import ASKED, GIVEN, GOOD, SENT, USED
from tests.browser.axe import accessible_to
from tests.browser.hands import DESK, PHONE, Album, Hands

pytestmark = pytest.mark.browser
LEFT, MISSING = ("stock", GOOD - SENT, "house"), ("lost", GIVEN - GOOD, "")


@pytest.fixture
def story(site):
    return acts.begin()


@pytest.fixture
def who(open_page, language):
    """who(name, size): that person at a browser of his own."""

    def arrives(name, size):
        return Hands(open_page(language, size), language, see=Album(f"{language}-{name}"))

    return arrives


class Public:
    """What everybody can read while it happens."""

    def __init__(self, site, story, hands):
        self.site, self.story, self.hands = site, story, hands

    def gift_says(self, *parts):
        self.site.settle()
        self.hands.public(f"/g/{self.story.gift}/")
        said = acts.sentence(self.story, self.hands.language, *parts)
        assert self.hands.text("#verdict-h") == said

    def need_says(self, *numbers):
        self.site.settle()
        self.hands.public(f"/needs/{self.story.need}/")
        shown = self.hands.text("#line-1").replace(",", "")
        assert all(str(number) in shown for number in numbers), shown


def asks(story, public, hospital, coordinator):
    """The hospital posts thirty lines; nobody sees them before the charity has."""
    clicks = acts.posts_thirty_lines(hospital, story)
    assert clicks == {"pasting": 3, "typing": 5, "sending": 1}
    assert hospital.page.locator("tbody tr").count() == 30
    public.hands.open(f"/{public.hands.language}/needs/{story.need}/", status=404)
    acts.publishes_need(coordinator, story)
    public.need_says(ASKED)


def gives(story, public, donor, coordinator):
    """A donor promises a part of the first line and, once it is accepted, sends it."""
    acts.pledges(donor, story)
    accessible_to(donor)
    public.gift_says(("unanswered", GIVEN, ""))
    public.need_says(GIVEN, ASKED - GIVEN, "10%")
    acts.accepts(coordinator, story)
    public.gift_says(("promised", GIVEN, ""))
    acts.announces(donor, story)
    accessible_to(donor)
    public.gift_says(("inbound", GIVEN, "house"))


def stores(story, public, keeper, inspector, second):
    """The warehouse counts it in; twenty pieces are missing, and somebody must say why. Quality
    inspects it, and another keeper takes it into custody."""
    acts.takes_arrival(keeper)
    public.gift_says(("waiting", GIVEN, "house"))
    give_reason = acts.counts_in(keeper)
    accessible_to(keeper)
    give_reason()
    public.gift_says(("quarantine", GOOD, "house"), MISSING)
    sign = acts.inspects(inspector)
    accessible_to(inspector)
    sign()
    acts.takes_into_custody(second)
    public.gift_says(("stock", GOOD, "house"), MISSING)
    acts.allocates(keeper, story)
    public.gift_says(("reserved", SENT, "hospital"), LEFT, MISSING)


def sends(story, public, dispatcher, keeper):
    """It is released, packed, handed to a carrier against its order by another person, and
    delivered by the carrier's word."""
    acts.releases(dispatcher, story)
    public.gift_says(("packing", SENT, "hospital"), LEFT, MISSING)
    acts.packs(keeper)
    public.gift_says(("packing", SENT, "hospital"), LEFT, MISSING)
    acts.finds(dispatcher, "shipping/shipment", "S-")
    acts.dispatches(dispatcher, story)
    public.gift_says(("transit", SENT, "hospital"), LEFT, MISSING)
    public.need_says(GIVEN, SENT)
    acts.confirms_delivery(dispatcher, story)
    public.gift_says(("delivered", SENT, "hospital"), LEFT, MISSING)


def test_a_gift_goes_from_the_need_to_the_hospitals_own_confirmation(
    site, story, who, language, console
):
    console.expected = {404, 410, 422}  # not public yet, a used link, a count without its reason
    public = Public(site, story, who("reader", PHONE))
    coordinator, keeper, inspector, second, dispatcher = (
        acts.enters(who(role, DESK), story, role)
        for role in ("coordinator", "warehouse", "quality", "warehouse2", "dispatcher")
    )
    asks(story, public, who("hospital", PHONE), coordinator)
    gives(story, public, who("donor", PHONE), coordinator)
    stores(story, public, keeper, inspector, second)
    sends(story, public, dispatcher, keeper)

    nurse = who("nurse", PHONE)
    acts.confirms_by_link(nurse, story)
    accessible_to(nurse)
    broken = ("damaged", SENT - USED, "")
    public.gift_says(("received", USED, "hospital"), LEFT, broken, MISSING)
    accessible_to(public.hands)
    public.need_says(GIVEN, USED)
    nurse.open(story.confirm, status=410)  # it has done its work
