"""The pages at the dock: from a code to the one thing this person can do with it, or who can."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from ledger.core import codes
from portal.accounts.roles import Role
from portal.shipping.models import Shipment
from portal.stages.models import Trail
from portal.warehouse.models import Arrival
from portal.workspace.scanned import Unread, read
from tests.factories.people import create_member, signed_in
from tests.factories.shipping import (
    create_release,
    create_shipment,
    line_of,
    stocked,
)
from tests.factories.warehouse import create_allocation, create_arrival, lot_of

OURS = ("tests.shanji.example",)


def at_dock(code=None):
    address = reverse("workspace:dock")
    return address if code is None else f"{address}?code={code}"


def move_of(code, move):
    return reverse("workspace:dock_move", args=[code, move])


def as_role(client, role, org):
    return signed_in(client, role, org=org)


def text_of(answer):
    return answer.content.decode()


# what is scanned


@pytest.mark.parametrize(
    "text",
    [
        "{code}",
        " {lower} ",
        "{bare}",
        "https://tests.shanji.example/g/{code}/",
        "HTTPS://TESTS.SHANJI.EXAMPLE/en/shipments/{code}/",
        "{code} box 3/8",
    ],
)
def test_a_code_is_read_as_it_is_and_out_of_our_own_addresses(text):
    code = codes.mint("S")
    words = {"code": code, "lower": code.lower(), "bare": code.replace("-", "")}

    assert read(text.format(**words), hosts=OURS) == code


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Please scan a code"),
        ("https://evil.example/g/G-7K2M9Q4TX5/", "another site (evil.example)"),
        ("https://tests.shanji.example@evil.example/g/G-7K2M9Q4TX5/", "another site"),
        ("javascript:alert(1)", "another site"),
        ("ftp://tests.shanji.example/g/G-7K2M9Q4TX5/", "another site"),
        ("https://[broken/G-7K2M9Q4TX5", "another site"),
        ("6901234567892", "is not a code of this site"),
        ("G-2222222222", "is not a code of this site"),
        ("x" * 301, "too long"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(Unread, match=".*") as refused:
        read(text, hosts=OURS)

    assert sentence in str(refused.value)


# the start page

pages = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]


class TestPages:
    pytestmark = pages

    def test_nobody_who_is_not_signed_in_and_nobody_without_such_a_role_comes_in(self, client):
        assert client.get(at_dock()).url.startswith(reverse("accounts:login"))
        client.force_login(create_member(Role.AUDITOR))

        answer = client.get(at_dock())

        assert answer.status_code == 403
        assert "for those who handle goods" in text_of(answer)

    def test_only_these_pages_may_ask_for_the_camera(self, client):
        arrival = create_arrival(stage="announced")
        as_role(client, Role.WAREHOUSE, arrival.warehouse.org.code)

        asking = client.get(at_dock()), client.get(move_of(arrival.code, "arrive"))

        assert all("camera=(self)" in answer["Permissions-Policy"] for answer in asking)
        assert "camera=()" in client.get("/en/about/")["Permissions-Policy"]

    @pytest.mark.parametrize(
        ("stage", "role", "move"),
        [
            ("announced", Role.WAREHOUSE, "arrive"),
            ("arrived", Role.WAREHOUSE, "count"),
            ("counted", Role.QUALITY, "inspect"),
            ("inspected", Role.WAREHOUSE, "take"),
        ],
    )
    def test_the_code_of_an_arrival_leads_to_what_this_person_does_with_it(
        self, client, stage, role, move
    ):
        arrival = create_arrival(stage=stage)
        as_role(client, role, arrival.warehouse.org.code)
        lot = lot_of(arrival)

        by_arrival, by_lot, by_gift = (
            client.get(at_dock(code)) for code in (arrival.code, lot.code, arrival.pledge.code)
        )

        assert {by_arrival.url, by_lot.url, by_gift.url} == {move_of(arrival.code, move)}
        assert client.get(by_arrival.url).status_code == 200

    def test_who_can_do_nothing_is_told_who_can(self, client):
        arrival = create_arrival(stage="counted")
        as_role(client, Role.DISPATCHER, arrival.warehouse.org.code)

        answer = client.get(at_dock(arrival.code), follow=True)

        assert "You cannot do anything with it now" in text_of(answer)
        assert "Inspect: <b>Quality inspection</b>" in text_of(answer)

    def test_an_order_leads_to_packing_and_then_with_its_own_code_to_the_gate(self, client):
        lot = stocked()
        release = create_release(create_allocation(line_of(), (lot, 100)))
        as_role(client, Role.WAREHOUSE, release.org)

        packing = client.get(at_dock(release.code)).url
        sent = client.post(packing, form_of(client.get(packing)) | {"boxes": "2"})
        as_role(client, Role.DISPATCHER, release.org)
        gate = client.get(at_dock(release.code)).url

        assert packing == move_of(release.code, "pack")
        assert sent.url == at_dock()
        shipment = Shipment.objects.get(release=release)
        assert urlsplit(gate).path == move_of(shipment.code, "dispatch")
        assert parse_qs(urlsplit(gate).query) == {"order": [release.code]}
        assert form_of(client.get(gate))["order"] == release.code
        answer = client.post(gate, form_of(client.get(gate)) | {"carrier": "own"})
        shipment.refresh_from_db()
        assert (answer.url, shipment.stage) == (at_dock(), "in_transit")

    def test_the_page_of_a_move_that_is_done_leads_to_the_thing_itself(self, client):
        arrival = create_arrival(stage="arrived")
        as_role(client, Role.WAREHOUSE, arrival.warehouse.org.code)

        answer = client.get(move_of(arrival.code, "arrive"))

        assert answer.url == reverse("workspace:dock_thing", args=[arrival.code])

    def test_a_shipment_leads_its_hospital_to_confirming_it(self, client):
        shipment = create_shipment()
        as_role(client, Role.HOSPITAL, shipment.hospital.code)

        answer = client.get(at_dock(shipment.code))

        assert answer.url == reverse("workspace:confirm", args=[shipment.code])

    def test_a_code_of_others_is_not_found(self, client):
        arrival = create_arrival(stage="announced")
        as_role(client, Role.WAREHOUSE, "U-5RD6V9KME4")

        for address in (at_dock(arrival.code), at_dock(codes.mint("C"))):
            answer = client.get(address)
            assert answer.status_code == 404
            assert "There is nothing with the code" in text_of(answer)
        assert client.get(move_of(arrival.code, "arrive")).status_code == 404
        assert client.get(move_of(arrival.code, "nothing")).status_code == 404
        assert client.get(reverse("workspace:dock_thing", args=[arrival.code])).status_code == 404

    def test_a_foreign_address_stays_in_the_field_with_a_sentence(self, client):
        client.force_login(create_member(Role.WAREHOUSE))

        answer = client.get(at_dock("https://evil.example/g/G-7K2M9Q4TX5/"))

        assert answer.status_code == 422
        assert "leads to another site (evil.example)" in text_of(answer)
        assert 'value="https://evil.example/g/G-7K2M9Q4TX5/"' in text_of(answer)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_what_waits_costs_as_many_questions_for_three_as_for_one(
        self, client, rows, django_assert_max_num_queries
    ):
        arrival = create_arrival(stage="announced")
        for _more in range(rows - 1):
            create_arrival(stage="announced", warehouse=arrival.warehouse)
        as_role(client, Role.WAREHOUSE, arrival.warehouse.org.code)
        client.get(at_dock())

        with django_assert_max_num_queries(9):
            answer = client.get(at_dock())

        assert text_of(answer).count("It has arrived") == rows


def form_of(answer):
    """What the page's form would send if nobody changed it."""
    form = answer.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    for prefix, rows in form.rows.items():
        data |= {f"{prefix}-TOTAL_FORMS": len(rows.forms), f"{prefix}-INITIAL_FORMS": 0}
        data |= {row[n].html_name: row[n].value() or "" for row in rows.forms for n in row.fields}
    return {name: value for name, value in data.items() if value is not False}


class TestKept:
    """What the browser keeps is sent with a word that asks for an answer a script can read."""

    pytestmark = pages

    @pytest.fixture
    def arrival(self, client):
        arrival = create_arrival(stage="announced")
        as_role(client, Role.WAREHOUSE, arrival.warehouse.org.code)
        return arrival

    def test_T_B07_a_form_that_arrived_twice_is_answered_twice_and_recorded_once(
        self, client, arrival
    ):
        address = move_of(arrival.code, "arrive")
        data = form_of(client.get(address))

        answers = [client.post(address, data, headers={"X-Kept-Form": "1"}) for _ in range(2)]

        assert [(a.status_code, a["X-Go-To"]) for a in answers] == [(204, at_dock())] * 2
        assert Trail.objects.filter(code=arrival.code, move="arrive").count() == 1

    def test_a_refusal_comes_back_as_a_page(self, client, arrival):
        address = move_of(arrival.code, "count")
        data = form_of(client.get(address))

        answer = client.post(address, data, headers={"X-Kept-Form": "1"})

        assert answer.status_code == 422
        assert Arrival.objects.get(pk=arrival.pk).stage == "announced"

    def test_the_name_under_which_it_is_kept_is_the_persons_own(self, client, arrival):
        address = move_of(arrival.code, "arrive")
        first, again = (client.get(address).context["keep"] for _ in range(2))
        as_role(client, Role.WAREHOUSE, arrival.warehouse.org.code)

        other = client.get(address).context["keep"]

        assert first == again != other
        assert arrival.code not in first

    def test_signing_out_empties_the_browsers_store(self, client, arrival):
        answer = client.post(reverse("accounts:logout"))

        assert answer["Clear-Site-Data"] == '"storage"'
