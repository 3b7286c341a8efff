"""What is refused before anything is sent: what nobody wants, what is too old (R9)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.needs.models import NeedLine
from portal.pledges.given import months_later, unwanted
from portal.pledges.models import Pledge, PledgeLine
from portal.pledges.stages import GivenLine
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.tracking.projection.projecting import project_all
from tests.factories.catalogue import MASK, load_catalogue, variant
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.warehouse import announced, create_warehouse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]
TODAY = timezone.localdate(AT)
MEDICINE, MILK, QUILT = "arbidol.unstated", "milk.unstated", "quilt.unstated"
ROW = {"lines-0-need_line": "0", "lines-0-quantity": "7", "lines-TOTAL_FORMS": "1"}


def offer(client, key, language="en", **said):
    row = {f"lines-0-{name}": value for name, value in said.items()}
    sent = {**ROW, "lines-0-variant": key, "visibility": "anonymous", **row}
    return client.post(f"/{language}/pledge/", sent)


@pytest.fixture
def catalogue(log):
    load_catalogue(only=("medical-respirator", "arbidol", "milk", "quilt"))


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("key", "made", "expiry", "said"),
    [
        (MASK, None, -1, "expired on"),
        (MEDICINE, None, 100, "at least 6 months left"),
        (MILK, None, 100, "at least 6 months left"),
        (MILK, -300, 200, "less than 60 %"),
        (MASK, 1, 200, "cannot be made on that day"),
        (MEDICINE, -300, 200, ""),
        (MILK, -100, 200, ""),
        (MASK, None, 10, ""),
    ],
)
def test_r09_what_is_too_close_to_its_date_is_refused_at_the_form(client, key, made, expiry, said):
    days = {"made_on": made, "expiry": expiry}
    now = timezone.localdate()
    typed = {n: (now + timedelta(days=d)).isoformat() for n, d in days.items() if d is not None}

    answer = offer(client, key, **typed)

    assert answer.status_code == (422 if said else 302)
    assert said in answer.content.decode()
    assert Pledge.objects.count() == (0 if said else 1)


@pytest.mark.usefixtures("catalogue")
def test_r09_what_came_too_close_to_its_date_is_not_accepted():
    given = (GivenLine(variant=MEDICINE, quantity=5, expiry=TODAY + timedelta(days=200)),)
    gift = create_pledge(stage="registered", given_lines=given)

    with pytest.raises(MoveRefused, match="6 months left"):
        accept(gift, at=AT + timedelta(days=60))
    assert accept(gift, at=AT).stage == "accepted"


def accept(gift, *, at):
    return engine.advance(Pledge, gift.code, "accept", actor=actor_of(Role.COORDINATOR), at=at)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(("language", "said"), [("en", "asks not to be sent"), ("zh", "棉被")])
def test_r09_what_the_hospital_does_not_want_is_refused_with_its_words(client, language, said):
    hospital = create_hospital()
    create_need(hospital=hospital, lines=((MASK, "exact", 1000),), unwanted="旧衣物\n被褥、方便面")
    meant = {"designation": f"hospital:{hospital.code}"}
    sent = {**ROW, "lines-0-variant": QUILT, "visibility": "anonymous", **meant}

    answer = client.post(f"/{language}/pledge/", sent)

    assert (answer.status_code, Pledge.objects.count()) == (422, 0)
    assert said in answer.content.decode()
    assert "被褥" in answer.content.decode()
    assert 'value="7"' in answer.content.decode(), "nothing typed is lost"
    assert client.post("/en/pledge/", {**sent, "designation": "free"}).status_code == 302


@pytest.mark.usefixtures("catalogue")
def test_r09_a_list_means_items_their_names_and_whole_classes():
    quilt = variant(QUILT)

    assert unwanted("旧衣物；被子", quilt) == "被子"
    assert unwanted("生活物资", quilt) == "生活物资"
    assert unwanted("KN95\n食品", quilt) == ""


def test_r09_where_exactly_one_standard_is_asked_for_no_other_is_taken():
    need = create_need(lines=((MASK, "exact", 1000),))
    NeedLine.objects.update(only_exact=True)
    line = NeedLine.objects.select_related("need").get(need=need)
    other = next(v for v in line.variant.item.variants.all() if v.key != MASK and not v.standard)

    with pytest.raises(MoveRefused, match="takes exactly"):
        create_pledge(lines=((other.key, 10, line),))


@pytest.mark.parametrize("stage", ["registered", "declined"])
def test_r09_what_is_not_accepted_cannot_be_announced(client, stage):
    gift, house = create_pledge(stage=stage), create_warehouse()
    token = make_link(purpose="claim", code=gift.code, at=timezone.now(), days=9)
    page = client.get(f"/en/claim/{token}/").content.decode()
    facts = announced(house, {1: 1000})
    sent = {"warehouse": facts.warehouse, "carrier": "own", "lines-0-line": "1"}

    answer = client.post(f"/en/claim/{token}/announce/", {**sent, "lines-0-quantity": "1000"})

    assert answer.status_code == 422
    assert "cannot be sent now" in answer.content.decode()
    assert "/announce/" not in page
    assert "send nothing" in page
    assert donor_of(gift).by_link == gift.code


def test_r09_a_declined_gift_says_why_to_the_donor_and_in_public(client, seal):
    gift = create_pledge(stage="declined")
    seal()
    project_all()
    token = make_link(purpose="claim", code=gift.code, at=timezone.now(), days=9)

    public = client.get(f"/en/g/{gift.code}/").content.decode()
    private = client.get(f"/en/claim/{token}/").content.decode()

    assert "Declined before anything was sent: Does not meet the standard asked for" in public
    assert "Does not meet the standard asked for" in private


@pytest.mark.usefixtures("catalogue")
def test_what_stands_on_the_label_is_kept_and_a_number_is_read(client):
    said = {
        "maker": "示例器械厂",
        "batch": "B-1",
        "packs": "3",
        "registration": "国械注准２０２０ 3400057",
    }

    assert offer(client, MASK, **said).status_code == 302

    line = PledgeLine.objects.get()
    assert (line.maker, line.batch, line.packs) == ("示例器械厂", "B-1", 3)
    assert line.registration == "国械注准20203400057"


def test_months_end_where_a_month_is_shorter():
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 1, 15), 12) == date(2027, 1, 15)
