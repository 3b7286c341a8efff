"""Carriers' words from a list: Kuaidi100's and KDNiao's numbers, looked at first, noted once."""

import pytest
from django.test import Client

from portal.accounts.roles import Role
from portal.input.tables import Unreadable
from portal.shipping.carrier_lists import KDNIAO, KUAIDI100, MOST, apply, read_states, state_of
from portal.shipping.carrying import STAGE_OF, CarrierState
from portal.shipping.models import Shipment
from portal.shipping.stages import Dispatched
from portal.stages.models import Trail
from portal.warehouse.stages import Carrier
from tests.factories.clock import later
from tests.factories.people import signed_in
from tests.factories.shipping import create_shipment, dispatcher_of, move_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
PAGE = "/admin/shipping/shipment/states/"
NUMBER = "SF1234567890123"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def shipment():
    sent = Dispatched(carrier=Carrier.SF, waybill=NUMBER)
    return move_on(create_shipment(stage="packed"), "dispatch", sent)


def test_r24_no_number_of_either_service_means_confirmed():
    for table in (KUAIDI100, KDNIAO):
        assert {STAGE_OF[state] for state in table.values()} <= {
            *("in_transit", "out_for_delivery", "exception", "delivered", "refused")
        }
    assert STAGE_OF[KUAIDI100["3"]] == STAGE_OF[KDNIAO["304"]] == "delivered"


@pytest.mark.parametrize(
    ("service", "text", "state"),
    [
        ("kuaidi100", "0", CarrierState.MOVING),
        ("kuaidi100", "5", CarrierState.OUT),
        ("kuaidi100", "6", CarrierState.RETURNING),
        ("kdniao", "202", CarrierState.OUT),
        ("kdniao", "304", CarrierState.SIGNED_FOR_OTHER),
        ("kdniao", "414", CarrierState.PROBLEM),
        ("kdniao", "404", CarrierState.REFUSED),
        ("kdniao", "0", None),
        ("kuaidi100", "代收", CarrierState.SIGNED_FOR_OTHER),
        ("kuaidi100", "已确认", None),
        ("kuaidi100", "", None),
    ],
)
def test_the_states_of_the_services_are_mapped(service, text, state):
    assert state_of(text, service=service) == state


def test_every_line_says_what_became_of_it(shipment):
    text = (
        "快递单号,状态,时间\n"
        f"{NUMBER},5,2026-03-02 10:00:00\n"
        "SF9999999999999,3,2026-03-02 10:00:00\n"
        f"{NUMBER},99,\n"
        f"{NUMBER},3,gestern\n"
    )
    for data in (text.encode(), text.encode("gb18030")):
        rows = read_states(data, service="kuaidi100")
        actor = dispatcher_of(shipment.org)
        told = {r.line: r for r in apply(rows, actor=actor, at=later(hours=5), book=False)}

        assert sorted(told) == [2, 3, 4, 5]
        assert told[2].said == "Out for delivery"
        assert told[2].good
        assert "no shipment of yours" in told[3].said
        assert "means nothing new" in told[4].said
        assert "cannot be read" in told[5].said


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"1,2\n3,4\n", "No heading was found"),
        (b"waybill,name\nSF1,x\n", "No heading was found"),
        (b"waybill,time\nSF1,2026-03-02 12:00\n", "^The list needs at least"),
        (b"waybill,state\n" + b"SF1,3\n" * (MOST + 1), "more than 500 lines"),
    ],
)
def test_what_is_no_list_of_states_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read_states(data, service="kdniao")


def test_an_empty_list_of_states_is_refused():
    with pytest.raises(Unreadable):
        read_states(b"", service="kdniao")


def test_another_charitys_shipment_is_not_touched(shipment):
    rows = read_states(f"waybill,state\n{NUMBER},3\n".encode(), service="kuaidi100")

    told = list(apply(rows, actor=dispatcher_of("U-2222222222"), at=later(hours=5), book=True))

    assert "no shipment of yours" in told[0].said
    assert Shipment.objects.get().stage == "in_transit"


def test_r24_over_http_a_list_is_looked_at_noted_in_order_and_noted_once(shipment):
    client = signed_in(Client(), Role.DISPATCHER, org=shipment.org)
    text = f"waybill\tstate\ttime\n{NUMBER}\t3\t2026-03-02 12:00\n{NUMBER}\t1\t2026-03-02 09:30\n"
    data = {"service": "kuaidi100", "text": text}

    looked = client.post(PAGE, data).content.decode()
    assert "Note 2 lines" in looked
    assert Shipment.objects.get().stage == "in_transit"

    for _again in range(2):
        assert client.post(PAGE, {**data, "book": "1"}).status_code == 200
        assert Shipment.objects.get().stage == "delivered"
        assert Trail.objects.filter(move="note_state").count() == 2

    wrong = client.post(PAGE, {**data, "text": "nothing"})
    assert wrong.status_code == 422
    assert "No heading" in wrong.content.decode()
    other = signed_in(Client(), Role.AUDITOR)
    assert other.get(PAGE).status_code in (302, 403, 404)
