"""The hospital's workspace."""

import re

import pytest

from portal.accounts.roles import Role
from portal.catalogue.models import Variant
from portal.needs.models import Need, NeedLine
from portal.receipts.models import Receipt
from portal.shipping.models import Shipment
from tests.factories.catalogue import load_catalogue, variant
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import create_member, signed_in
from tests.factories.receipts import confirm
from tests.factories.shipping import create_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
MASK, SURGICAL = "mask.gb19083-2010", "mask.yy0469-2011"


@pytest.fixture
def hospital():
    return create_hospital()


@pytest.fixture
def staff(client, hospital):
    variant()
    return signed_in(client, Role.HOSPITAL, org=hospital.code)


def lines(*rows, **more):
    """What the form sends for these (variant, kind, quantity) rows."""
    sent = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0", "send": "on", **more}
    for n, (key, kind, quantity) in enumerate(rows):
        sent |= {
            f"lines-{n}-variant": key,
            f"lines-{n}-quantity_kind": kind,
            f"lines-{n}-quantity": quantity,
            f"lines-{n}-as_written": "",
        }
    return sent


def test_nobody_enters_without_signing_in(client):
    answer = client.get("/en/hospital/")

    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.COORDINATOR, Role.AUDITOR, Role.AUTHORITY])
def test_it_is_for_the_people_of_a_hospital(client, role):
    signed_in(client, role)

    assert client.get("/en/hospital/").status_code == 403
    assert client.get("/en/hospital/needs/new/").status_code == 403


def test_it_shows_own_needs_and_what_is_on_the_way_and_nothing_of_others(staff, hospital):
    mine, coming = create_need(hospital=hospital), create_shipment(hospital=hospital)
    other, elsewhere = create_need(), create_shipment()

    text = staff.get("/en/hospital/").content.decode()

    assert mine.code in text
    assert coming.code in text
    assert f"/en/hospital/shipments/{coming.code}/confirm/" in text
    assert other.code not in text
    assert elsewhere.code not in text


def test_it_says_what_lies_in_a_parcel_and_what_a_need_is_about(staff, hospital):
    create_need(hospital=hospital)
    create_shipment(hospital=hospital, quantity=1000)

    text = staff.get("/en/hospital/").content.decode()

    assert re.search(r"<h3>\s*[^<]*respirator[^<]* · 1,000 ", text, re.IGNORECASE)
    assert re.search(r"<h3><a [^>]*>\s*[^<]*respirator", text, re.IGNORECASE)


def test_what_is_only_packed_has_no_button(staff, hospital):
    shipment = create_shipment(hospital=hospital, stage="packed")

    text = staff.get("/en/hospital/").content.decode()

    assert shipment.code in text
    assert f"/shipments/{shipment.code}/confirm/" not in text


def test_one_row_and_three_rows_cost_the_same_queries(
    staff, hospital, django_assert_max_num_queries
):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            confirm(create_shipment(hospital=hospital))
            create_shipment(hospital=hospital)
            create_need(hospital=hospital)
        with django_assert_max_num_queries(16) as seen:
            staff.get("/en/hospital/")
        counts.append(len(seen.captured_queries))

    assert counts[0] == counts[1]


def test_the_page_is_never_kept(staff):
    assert "no-store" in staff.get("/en/hospital/")["Cache-Control"]


def test_a_need_is_posted_and_waits_for_review(staff, hospital):
    sent = lines((MASK, "exact", "1200"), (SURGICAL, "unlimited", ""), department="设备处")

    answer = staff.post("/en/hospital/needs/new/", sent)

    need = Need.objects.get()
    assert answer["Location"] == f"/en/hospital/needs/{need.code}/"
    assert (need.hospital, need.stage, need.department) == (hospital, "submitted", "设备处")
    assert list(NeedLine.objects.order_by("no").values_list("quantity_kind", "quantity")) == [
        ("exact", 1200),
        ("unlimited", None),
    ]
    assert "In review" in staff.get(answer["Location"]).content.decode()


def test_the_same_form_sent_twice_is_stored_once(staff):
    sent = lines((MASK, "exact", "1200"), once="7b1f0a2e-5f0e-4f55-9d3e-111111111111")

    first = staff.post("/en/hospital/needs/new/", sent)
    second = staff.post("/en/hospital/needs/new/", sent)

    assert first["Location"] == second["Location"]
    assert Need.objects.count() == 1


BAD = [
    ("-5", "whole number"),
    ("1_000", "digits 0-9 only: 1000"),
    ("١٢", "digits 0-9 only: 12"),
    ("１２", "digits 0-9 only: 12"),
    ("0", "at least 1"),
    ("1000000000000", "whole number|At most"),
    ("NaN", "whole number"),
    ("", "please give the quantity"),
]


@pytest.mark.parametrize(("quantity", "sentence"), BAD)
def test_a_bad_quantity_is_refused_with_a_sentence_and_kept(staff, quantity, sentence):
    answer = staff.post("/en/hospital/needs/new/", lines((MASK, "exact", quantity)))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert any(part in text for part in sentence.split("|"))
    assert not quantity or f'value="{quantity}"' in text
    assert f'value="{MASK}" selected' in text
    assert Need.objects.count() == 0


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"lines-TOTAL_FORMS": "x"},
        {"lines-TOTAL_FORMS": "-1"},
        {"lines-TOTAL_FORMS": "9" * 30},
        {"lines-TOTAL_FORMS": "1", "lines-0-variant": "nothing", "lines-0-quantity_kind": "exact"},
        lines((MASK, "exact", "1"), department="a\u202eb"),
        lines((MASK, "exact", "1"), notes="x" * 100_000),
        lines((MASK, "exact", "1"), notes="请打 13800000000"),
        lines((MASK, "exact", "1"), valid_until="2001-01-01"),
        lines((MASK, "exact", "1"), valid_until="soon"),
    ],
)
def test_a_broken_form_is_a_page_with_a_sentence(staff, sent):
    answer = staff.post("/en/hospital/needs/new/", sent)

    assert answer.status_code == 422
    assert Need.objects.count() == 0


def test_more_lines_come_without_script_and_keep_what_was_typed(staff):
    answer = staff.post("/en/hospital/needs/new/", lines((MASK, "exact", "12"), more="lines"))

    form = answer.context["form"]
    assert answer.status_code == 200
    assert len(form.rows["lines"].forms) == 6
    assert 'value="12"' in answer.content.decode()


def test_z3_thirty_lines_are_posted_at_once(staff):
    load_catalogue(only=None)
    keys = Variant.objects.order_by("order", "pk").values_list("key", flat=True)[:30]

    answer = staff.post(
        "/en/hospital/needs/new/", lines(*((key, "exact", str(n)) for n, key in enumerate(keys, 1)))
    )

    assert answer.status_code == 302
    assert NeedLine.objects.count() == 30


def test_own_needs_can_be_withdrawn_and_others_are_not_found(staff, hospital):
    mine, other = create_need(hospital=hospital), create_need()

    answer = staff.post(f"/en/hospital/needs/{mine.code}/withdraw/", {"reason": "changed"})

    assert answer.status_code == 302
    assert Need.objects.get(pk=mine.pk).stage == "withdrawn"
    assert staff.get(f"/en/hospital/needs/{other.code}/").status_code == 404
    assert staff.get(f"/en/hospital/needs/{other.code}/withdraw/").status_code == 404


def test_a_returned_need_is_mended_and_sent_again(staff, hospital):
    need = create_need(hospital=hospital, stage="returned")
    address = f"/en/hospital/needs/{need.code}/rewrite/"

    assert "请写明规格" in staff.get(f"/en/hospital/needs/{need.code}/").content.decode()
    assert 'value="1000"' in staff.get(address).content.decode()
    answer = staff.post(address, lines((MASK, "exact", "900")))

    assert answer.status_code == 302
    assert Need.objects.get(pk=need.pk).stage == "submitted"


@pytest.mark.parametrize("move", ["publish", "return", "meet", "nothing"])
def test_a_move_that_is_not_the_hospitals_is_not_found(staff, hospital, move):
    need = create_need(hospital=hospital, stage="submitted")

    assert staff.post(f"/en/hospital/needs/{need.code}/{move}/").status_code == 404


def test_a_delivery_is_confirmed_in_the_workspace(staff, hospital):
    shipment = create_shipment(hospital=hospital)
    address = f"/en/hospital/shipments/{shipment.code}/confirm/"
    row = {"line": 1, "accepted": 1000, "rejected": 0, "missing": 0, "surplus": 0}

    assert "Everything came as listed" in staff.get(address).content.decode()
    answer = staff.post(address, {f"lines-0-{name}": value for name, value in row.items()})

    assert answer["Location"] == "/en/hospital/"
    assert Shipment.objects.get(pk=shipment.pk).stage == "confirmed"
    assert staff.get(address).status_code == 410


def test_another_hospitals_delivery_is_not_found(staff):
    shipment = create_shipment()

    assert staff.get(f"/en/hospital/shipments/{shipment.code}/confirm/").status_code == 404


def test_b08_a_charity_clerk_cannot_confirm_a_receipt(client):
    shipment = create_shipment()
    signed_in(client, Role.DISPATCHER, org=shipment.org)

    answer = client.post(f"/en/hospital/shipments/{shipment.code}/confirm/", {})

    assert answer.status_code == 403
    assert client.post("/admin/receipts/receipt/open/confirm/", {}).status_code == 404
    assert Receipt.objects.count() == 0


def test_somebody_of_two_hospitals_chooses_for_which_he_writes(client):
    first, second = create_hospital(), create_hospital()
    variant()
    person = signed_in(client, Role.HOSPITAL, org=first.code).person
    create_member(Role.HOSPITAL, org=second.code)
    person.grant_set.create(role=Role.HOSPITAL, org=second.code, since=first.opened_at)

    sent = lines((MASK, "exact", "5"))
    client.post(f"/en/hospital/needs/new/?for={second.code}", sent)

    assert Need.objects.get().hospital == second
    assert client.get("/en/hospital/needs/new/?for=U-2222222222").status_code == 404
