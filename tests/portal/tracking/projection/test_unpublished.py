"""What is not public yet is on no page; and the parts' own events make the pages they should."""

import pytest

import ledger.api as ledger
from portal.tracking.models import Gift, NeedLine, Organisation
from portal.tracking.projection import checking
from tests.factories.needs import create_need
from tests.factories.organisations import create_organisation
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_direct, create_shipment

pytestmark = pytest.mark.django_db


def everything_public(client):
    """Every list, every page of one thing, every entry as sealed."""
    lists = ("", "needs/?all=1", "gifts/", "organisations/", "ledger/")
    found = [client.get(f"/zh/{address}").content for address in lists]
    for kind, model in (("o", Organisation), ("g", Gift)):
        found += [client.get(f"/zh/{kind}/{row.code}/").content for row in model.objects.all()]
    found += [entry.raw for entry in ledger.entries()]
    return b"\n".join(found).decode()


def test_no_page_and_no_entry_tells_of_drafts_and_applicants(client, seal_and_project):
    secret = "绝密草稿科"
    shown = create_need(stage="published")
    hidden = [
        create_need(stage="draft", department=secret),
        create_need(stage="submitted", department=secret, notes=secret),
    ]
    applied = create_organisation(stage="applied", legal_name="尚未核验医院")
    seal_and_project()

    public = everything_public(client)

    assert shown.code in public
    for row in (*hidden, applied):
        assert row.code not in public
        assert client.get(f"/zh/g/?q={row.code}").status_code == 404
    assert secret not in public
    assert "尚未核验医院" not in public
    assert client.get(f"/zh/needs/{hidden[0].code}/").status_code == 404
    assert client.get(f"/zh/o/{applied.code}/").status_code == 404


def test_a_confirmed_receipt_is_counted_as_the_staff_count_it(client, seal_and_project):
    receipt = create_receipt()
    seal_and_project()
    line = receipt.shipment.lines.select_related("need_line__need").first().need_line
    line.refresh_from_db()
    public = NeedLine.objects.get(need=line.need.code, no=line.no)

    assert line.received > 0
    assert public.received == line.received
    assert sum(supplied for _promised, supplied in public.gifts.values()) == line.allocated
    assert public.pledged >= line.pledged
    assert checking.differences() == []


@pytest.mark.parametrize("create", [create_shipment, create_direct])
def test_a_real_shipment_stands_on_the_pages_of_its_gift_and_hospital(
    client, seal_and_project, create
):
    shipment = create()
    seal_and_project()
    gift = shipment.lines.select_related("lot__pledge").first().lot.pledge

    for page in (f"g/{gift.code}", f"o/{shipment.hospital.code}"):
        assert shipment.code in client.get(f"/en/{page}/").content.decode()
    page = client.get(f"/en/shipments/{shipment.code}/").content.decode()
    assert gift.code in page
    assert shipment.hospital.name_en or shipment.hospital.legal_name in page
    assert checking.differences() == []
