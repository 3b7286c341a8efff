"""What is printed for a shipment: its packing list, a label for each box, the release order."""

import io

import pytest
import zxingcpp
from django.test import Client
from pypdf import PdfReader

from portal.accounts.roles import Role
from portal.catalogue.models import Pack
from portal.shipping.models import Release, Shipment
from portal.shipping.printed import MOST_LABELS, in_packs, packing_list, waited
from portal.shipping.stages import Dispatched
from portal.warehouse.stages import Carrier
from tests.factories.clock import later
from tests.factories.people import signed_in
from tests.factories.shipping import create_release, create_shipment, line_of, move_on, stocked
from tests.factories.warehouse import create_allocation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
CODE_OF_PAGE = "https://tests.shanji.example/shipments/{}/"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def shipment():
    return create_shipment(stage="packed", boxes=3)


def paper(shipment, key, *, role=Role.DISPATCHER, query="?print"):
    client = signed_in(Client(), role, org=shipment.org)
    kind = type(shipment).__name__.lower()
    return client.get(f"/admin/shipping/{kind}/{shipment.pk}/paper/{key}/{query}")


def test_the_packing_list_says_what_is_in_the_boxes_in_units_and_packs_and_no_person(shipment):
    text = paper(shipment, "packing").content.decode()

    line = shipment.lines.get()
    assert shipment.code in text
    assert line.lot.code in text
    assert "1,000" in text
    assert packing_list(shipment)["rows"][0]["packs"] in text
    assert CODE_OF_PAGE.format(shipment.code) in text
    assert shipment.release.taker not in text


def test_packs_are_whole_and_the_rest_stands_in_base_units(shipment):
    variant = shipment.lines.get().lot.variant
    variant.item.packs.all().delete()
    for units, name in ((20, "box"), (120, "carton")):
        Pack.objects.create(item=variant.item, name_zh=name, name_en=name, units=units)

    assert in_packs(variant, 265) == "2 carton + 1 box + 5 pieces"
    assert in_packs(variant, 240) == "2 carton"
    assert in_packs(variant, 7) == ""


def test_there_is_a_label_for_each_box_and_it_says_which_of_how_many(shipment):
    text = paper(shipment, "labels").content.decode()

    for box in ("1 / 3", "2 / 3", "3 / 3"):
        assert box in text
    assert "4 / 3" not in text
    assert text.count('class="qr"') == 3
    assert paper(shipment, "labels", query="?print&from=3").content.decode().count("/ 3") == 1
    for wrong in ("4", "0", "-1", "x", "9" * 30):
        assert paper(shipment, "labels", query=f"?print&from={wrong}").status_code in (200, 404)


def test_labels_of_very_many_boxes_come_by_the_hundred():
    shipment = create_shipment(stage="packed", boxes=MOST_LABELS + 1)

    text = paper(shipment, "labels").content.decode()

    assert text.count('class="label"') == MOST_LABELS
    assert f"?from={MOST_LABELS + 1}" in text


def test_r06_the_release_order_on_paper_names_unit_taker_and_slot_for_the_staff_alone():
    release = create_release(create_allocation(line_of(), (stocked(), 600)), slot=later(hours=2))

    text = paper(release, "order").content.decode()

    for said in ("医学装备处", "示例一号车", "2026-03-02 11:00", release.code, "600"):
        assert said in text
    assert 'class="qr"' in text
    address = f"/admin/shipping/release/{release.pk}/paper/order/"
    assert Client().get(address).status_code == 302
    other = signed_in(Client(), Role.DISPATCHER, org="U-9B3XVXWKFK")
    assert other.get(address).status_code in (302, 403, 404)


def test_goods_that_need_care_say_so_on_list_and_label(shipment):
    item = shipment.lines.get().lot.variant.item
    item.care = ["cold-chain", "dangerous-goods"]
    item.save(update_fields=["care"])

    for key in ("packing", "labels"):
        text = paper(shipment, key).content.decode()
        assert "Keep cold" in text
        assert "Dangerous goods" in text


def test_r06_the_wait_at_the_gate_is_measured_and_shown_to_the_staff():
    allocation = create_allocation(line_of(), (stocked(), 600))
    release = create_release(allocation, slot=later(hours=1))
    client = signed_in(Client(), Role.DISPATCHER, org=release.org)
    assert waited(release, None) == ""
    packer = signed_in(Client(), Role.WAREHOUSE, org=release.org)
    packer.post("/admin/shipping/shipment/open/pack/", {"release": release.code, "boxes": "1"})

    shipment = Shipment.objects.get()
    facts = Dispatched(carrier=Carrier.OWN)
    shipment = move_on(shipment, "dispatch", facts, at=later(hours=1, minutes=25))

    release = Release.objects.get()
    assert waited(release, shipment) == "25 min after the slot"
    page = client.get(f"/admin/shipping/release/{release.pk}/change/").content.decode()
    assert "25 min after the slot" in page
    assert "25 min after the slot" in client.get("/admin/shipping/release/").content.decode()


@pytest.mark.services
@pytest.mark.parametrize("key", ["packing", "labels"])
def test_the_pdf_can_be_searched_and_its_code_scanned(shipment, key):
    answer = paper(shipment, key, query="")
    reader = PdfReader(io.BytesIO(answer.content))

    assert answer["Content-Type"] == "application/pdf"
    assert len(reader.pages) == (3 if key == "labels" else 1)
    for page in reader.pages:
        assert shipment.code in page.extract_text()
    picture = next(iter(reader.pages[0].images)).image
    assert zxingcpp.read_barcode(picture).text == CODE_OF_PAGE.format(shipment.code)
