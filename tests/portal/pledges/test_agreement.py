"""The written agreement of an accepted gift, on the donor's own page."""

import pytest
from django.utils import timezone

from portal.accounts.links import make_link
from tests.factories.catalogue import MASK
from tests.factories.organisations import create_hospital
from tests.factories.pledges import create_pledge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]


def address(gift, language="en"):
    token = make_link(purpose="claim", code=gift.code, at=timezone.now(), days=9)
    return f"/{language}/claim/{token}/"


@pytest.mark.parametrize(("language", "said"), [("en", "pieces"), ("zh", "只")])
def test_it_names_donor_kind_quantity_quality_and_use(client, language, said):
    hospital = create_hospital(legal_name="示例甲医院")
    gift = create_pledge(
        lines=((MASK, 1000),), name="示例企业", designation=f"hospital:{hospital.code}"
    )

    page = client.get(f"{address(gift, language)}agreement?print").content.decode()

    for wanted in ("示例企业", "1,000", said, "GB 19083", "示例甲医院", gift.code):
        assert wanted in page
    assert "公益事业捐赠票据" not in page


def test_there_is_none_before_the_charity_has_accepted(client):
    gift = create_pledge(stage="registered")

    page = client.get(address(gift)).content.decode()

    assert "/agreement" not in page
    assert client.get(f"{address(gift)}agreement?print").status_code == 404
