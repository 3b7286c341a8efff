"""Cities that their province runs itself, without a prefecture between, and the designated
register."""

import pytest

from portal.accounts.roles import Role
from portal.demo.markers import make_marker
from portal.needs import importing
from portal.needs.models import Need
from portal.needs.reading import read
from portal.organisations.models import Organisation
from tests.factories.catalogue import load_catalogue
from tests.factories.clock import AT
from tests.factories.organisations import NOTICE
from tests.factories.people import actor_of, signed_in
from tests.portal.organisations.test_admin import APPLICATION, LIST, OPEN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]
RUN_BY_THE_PROVINCE = [("仙桃市", "429004"), ("潜江市", "429005"), ("天门市", "429006")]


@pytest.mark.parametrize(("city", "division"), RUN_BY_THE_PROVINCE)
def test_acceptance_23_a_city_without_prefecture_is_entered_and_designated(client, city, division):
    code = make_marker(division, "12", 7)
    signed_in(client, Role.COORDINATOR)
    entry = APPLICATION | {"credit_code": code, "city": city, "province": "湖北", "district": ""}

    assert client.post(OPEN, entry).status_code == 302
    org = Organisation.objects.get()
    signed_in(client, Role.AUTHORITY)
    assert client.post(f"{LIST}{org.pk}/move/verify/", {}).status_code == 302
    answer = client.post(f"{LIST}{org.pk}/move/designate/", {"notice": NOTICE})

    assert answer.status_code == 302
    org.refresh_from_db()
    assert (org.credit_code, org.city, org.designated) == (code, city, True)


def test_acceptance_23_a_list_with_such_a_city_is_imported():
    load_catalogue(only=None)
    sheet = "省份,城市,医院,物资,数量\n湖北省,仙桃市,仙桃示例医院,医用外科口罩,8000\n"

    done = importing.place(
        read(sheet.encode()), actor=actor_of(Role.COORDINATOR), source=NOTICE, at=AT
    )

    assert done.refused == {}
    need = Need.objects.select_related("hospital").get(code=done.needs[0])
    assert (need.hospital.city, need.hospital.district) == ("仙桃市", "")
