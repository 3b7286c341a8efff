"""How gifts may reach a hospital: straight from donors, or only through a body that is named."""

import pytest
from django.utils import timezone

from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.organisations.models import Organisation
from portal.organisations.stages import Channel, ChannelSet
from portal.shipping.models import Shipment
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.tracking.projection import checking
from portal.tracking.projection.projecting import project_all
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.organisations import create_charity, create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge
from tests.factories.shipping import create_direct

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]
ROW = {"lines-0-line": "1", "lines-0-quantity": "1000", "boxes": "1", "carrier": "own"}


def set_channel(hospital, channel=Channel.BODY, *, body="", role=Role.AUTHORITY):
    facts = ChannelSet(channel=channel, body=body)
    return engine.advance(
        Organisation, hospital.code, "set_channel", actor=actor_of(role), facts=facts, at=AT
    )


def test_r18_a_hospital_that_takes_gifts_through_a_body_gets_none_straight():
    hospital, body = create_hospital(), create_charity(legal_name="示例代收会")
    set_channel(hospital, body=body.code)

    with pytest.raises(MoveRefused, match="only through 示例代收会"):
        create_direct(hospital=hospital)
    assert Shipment.objects.count() == 0

    set_channel(hospital, Channel.DIRECT)
    assert create_direct(hospital=hospital).stage == "in_transit"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "takes gifts only through"), ("zh", "示例代收会")]
)
def test_r18_the_donor_s_page_refuses_it_and_names_the_body(client, language, said):
    hospital, body = create_hospital(), create_charity(legal_name="示例代收会")
    set_channel(hospital, body=body.code)
    pledge = create_pledge()
    token = make_link(purpose="claim", code=pledge.code, at=timezone.now(), days=9)

    answer = client.post(f"/{language}/claim/{token}/send/", {**ROW, "hospital": hospital.code})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="1000"' in answer.content.decode(), "nothing typed is lost"
    assert Shipment.objects.count() == 0


def test_r18_the_channel_is_public(client, seal):
    hospital, body = create_hospital(), create_charity(legal_name="示例代收会")
    need = create_need(hospital=hospital)
    set_channel(hospital, body=body.code)
    seal()
    project_all()

    page = client.get(f"/en/o/{hospital.code}/").content.decode()

    assert "only through 示例代收会" in page
    for asking in (f"/en/needs/{need.code}/", f"/en/needs/{need.code}/pledge/1/"):
        assert "only through 示例代收会" in client.get(asking).content.decode()
    assert checking.differences() == []


def test_r18_a_page_that_was_kept_is_made_anew_when_the_channel_changes(client, seal):
    hospital, body = create_hospital(), create_charity(legal_name="示例代收会")
    address = f"/en/needs/{create_need(hospital=hospital).code}/"
    seal()
    project_all()
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304

    set_channel(hospital, body=body.code)
    seal()
    project_all()

    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "only through 示例代收会" in answer.content.decode()


def test_a_channel_names_its_body_and_only_then():
    hospital, body = create_hospital(), create_charity()

    with pytest.raises(MoveRefused, match="choose the body"):
        set_channel(hospital)
    with pytest.raises(MoveRefused, match="choose the body"):
        set_channel(hospital, body=create_hospital().code)
    with pytest.raises(MoveRefused, match="stands only beside"):
        set_channel(hospital, Channel.DIRECT, body=body.code)
    with pytest.raises(MoveRefused, match="Only for a hospital"):
        set_channel(body, body=body.code)
    with pytest.raises(NotYours):
        set_channel(hospital, body=body.code, role=Role.COORDINATOR)
