"""Confirming a delivery by the secret link, without an account."""

import re

import pytest
from django.utils import timezone

from portal.accounts.links import make_link
from portal.accounts.models import Link
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import NeedLine
from portal.receipts.models import Receipt, ReceiptLine
from portal.shipping.models import Shipment
from tests.factories.people import signed_in
from tests.factories.receipts import confirm
from tests.factories.shipping import create_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def shipment():
    return create_shipment()


@pytest.fixture
def address(shipment):
    token = make_link(purpose="confirm", code=shipment.code, at=timezone.now(), days=30)
    return f"/en/confirm/{token}/"


def row(**changes):
    """What the form sends for one line."""
    values = {"line": 1, "accepted": 1000, "rejected": 0, "missing": 0, "surplus": 0, "reason": ""}
    return {f"lines-0-{name}": value for name, value in {**values, **changes}.items()}


def test_the_page_shows_the_delivery_and_one_big_button(client, address, shipment):
    answer = client.get(address)

    assert answer.status_code == 200
    text = answer.content.decode()
    assert shipment.code in text
    assert "Everything came as listed" in text
    assert 'name="lines-0-accepted" value="1000"' in text


def test_d2_looking_changes_nothing(client, address, shipment):
    before = list(Link.objects.values())

    for method in (client.get, client.head, client.options):
        method(address)

    assert list(Link.objects.values()) == before
    assert Shipment.objects.get(pk=shipment.pk).stage == "in_transit"
    assert Receipt.objects.count() == 0
    assert client.get(address).status_code == 200


def test_everything_came_is_one_press(client, address, shipment):
    answer = client.post(address, row())

    assert answer.status_code == 302
    assert answer["Location"] == f"/en/confirm/thanks/{shipment.code}/"
    assert Shipment.objects.get(pk=shipment.pk).stage == "confirmed"
    assert "it is recorded" in client.get(answer["Location"]).content.decode()


def strict_client(client, **headers):
    return type(client)(enforce_csrf_checks=True, headers=headers)


def token_of(client, address):
    html = client.get(address).content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[1]


def test_a_browser_that_keeps_the_address_secret_can_send_the_form(client, address):
    """Under no-referrer a browser names no origin; token and cookie agree all the same."""
    strict = strict_client(client, origin="null", sec_fetch_site="same-origin")
    sent = row() | {"csrfmiddlewaretoken": token_of(strict, address)}

    assert strict.post(address, sent).status_code == 302


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_T_W10_another_site_can_not_send_the_form(client, address, site):
    strict = strict_client(client, origin="null", sec_fetch_site=site)
    sent = row() | {"csrfmiddlewaretoken": token_of(strict, address)}

    assert strict.post(address, sent).status_code == 403
    assert Receipt.objects.count() == 0


def test_T_W10_the_form_is_not_taken_without_its_token(client, address):
    strict = strict_client(client, origin="null")

    assert strict.post(address, row()).status_code == 403
    assert Receipt.objects.count() == 0


def test_d2_the_link_works_once(client, address):
    client.post(address, row())

    assert client.post(address, row()).status_code == 410
    assert client.get(address).status_code == 410
    assert Receipt.objects.count() == 1


def test_d2_unknown_used_and_expired_links_get_the_same_answer(client, address, shipment):
    used = address
    client.post(used, row())
    other = make_link(purpose="claim", code=shipment.code, at=timezone.now(), days=30)
    old = make_link(purpose="confirm", code=shipment.code, at=timezone.now(), days=-1)
    tokens = ["x" * 32, other, old, shipment.code, "%00", "a" * 500]

    answers = [client.get(f"/en/confirm/{token}/") for token in tokens] + [client.get(used)]

    assert {answer.status_code for answer in answers} == {410}
    texts = {
        answer.content.decode().replace(answer.wsgi_request.path[4:], "") for answer in answers
    }
    assert len({text.partition("<main")[2] for text in texts}) == 1
    assert "ask the charity" in texts.pop()


def test_the_code_of_a_shipment_opens_nothing(client, shipment):
    assert client.post(f"/en/confirm/{shipment.code}/", row()).status_code == 410


def test_a_shipment_confirmed_in_the_workspace_leaves_a_dead_link(client, address, shipment):
    confirm(shipment)

    assert client.get(address).status_code == 410


def test_nothing_of_the_page_is_kept_passed_on_or_indexed(client, address):
    for answer in (client.get(address), client.get("/en/confirm/unknown/")):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.usefixtures("still")
def test_p01_thirty_tries_a_minute(client):
    codes = [client.get("/en/confirm/guess/").status_code for _ in range(31)]

    assert codes == [410] * 30 + [429]
    assert client.get("/en/confirm/guess/")["Retry-After"] == "60"


def test_the_token_is_nowhere_in_the_database(client, shipment):
    token = make_link(purpose="confirm", code=shipment.code, at=timezone.now(), days=30)

    client.get(f"/en/confirm/{token}/")

    assert token not in str(list(Link.objects.values()))


BAD = [
    ({"accepted": "-1"}, "whole number"),
    ({"accepted": "1_000"}, "digits 0-9 only"),
    ({"accepted": "１０００"}, "digits 0-9 only"),
    ({"accepted": "١٠٠٠"}, "digits 0-9 only"),
    ({"accepted": "NaN"}, "whole number"),
    ({"accepted": "1e3"}, "whole number"),
    ({"accepted": "1000000000000"}, "At most|whole number"),
    ({"accepted": ""}, "required"),
    ({"accepted": "900"}, "does not add up"),
    ({"accepted": "0"}, "does not add up"),
    ({"accepted": "900", "missing": "100"}, "choose a reason"),
    ({"accepted": "900", "rejected": "100", "reason": "short "}, "not one of"),
    ({"reason": "damaged"}, "names a reason"),
    ({"line": "2"}, "exactly once"),
    ({"line": "x"}, "whole number"),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD, ids=str)
def test_bad_input_is_refused_with_a_sentence_and_kept(client, address, changes, sentence):
    answer = client.post(address, row(**changes))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(sentence, text)
    assert all(f'value="{typed}"' in text for name, typed in changes.items() if name != "reason")
    assert ReceiptLine.objects.count() == 0


@pytest.mark.parametrize(
    "signer", ["a\u202eb", "a\x00b", "x" * 201, "x" * 100_000, "电话 13800000000"], ids=ascii
)
def test_a_signer_that_cannot_be_public_is_refused(client, address, signer):
    answer = client.post(address, {**row(), "signer": signer})

    assert answer.status_code == 422
    assert Receipt.objects.count() == 0


def test_a_difference_is_confirmed_with_its_reason(client, address):
    answer = client.post(address, row(accepted=900, rejected=60, missing=40, reason="damaged"))

    assert answer.status_code == 302
    ends = dict(Holding.objects.filter(outside=False, amount__gt=0).values_list("place", "amount"))
    assert sorted(ends.values()) == [40, 60, 900]
    assert "sender must explain" in client.get(answer["Location"]).content.decode()


def test_the_number_of_lines_cannot_be_changed_by_what_is_sent(client, address):
    sent = {**row(), "lines-TOTAL_FORMS": "5", "lines-1-line": "1", "lines-1-accepted": "1"}

    assert client.post(address, sent).status_code == 302
    assert ReceiptLine.objects.get().accepted == 1000


def test_unknown_thanks_are_404(client):
    assert client.get("/en/confirm/thanks/S-2222222222/").status_code == 404


def test_r20_a_delivery_that_only_the_carrier_confirmed_still_waits_for_the_hospital(client):
    shipment = create_shipment(stage="delivered")
    token = make_link(purpose="confirm", code=shipment.code, at=timezone.now(), days=30)

    assert (
        "only your own confirmation counts" in client.get(f"/en/confirm/{token}/").content.decode()
    )


@pytest.mark.parametrize("name", ["accepted", "rejected", "missing", "surplus"])
def test_acceptance_07_no_quantity_is_negative(client, address, name):
    answer = client.post(address, row(**{name: "-5"}))

    assert answer.status_code == 422
    assert 'value="-5"' in answer.content.decode()
    assert Receipt.objects.count() == 0


def test_acceptance_07_both_sides_are_named_and_a_rejection_needs_its_reason(client, address):
    wrong = client.post(address, row(accepted=900, rejected=50, reason="damaged"))
    silent = client.post(address, row(accepted=900, rejected=100))

    assert "1,000 were sent, 950 came. The other 50 are now" in wrong.content.decode()
    assert "choose a reason" in silent.content.decode()
    assert (wrong.status_code, silent.status_code, Receipt.objects.count()) == (422, 422, 0)


def test_acceptance_08_five_packs_of_two_are_a_difference_until_the_sender_explains(client):
    shipment = create_shipment(quantity=5)
    token = make_link(purpose="confirm", code=shipment.code, at=timezone.now(), days=30)

    client.post(f"/en/confirm/{token}/", row(accepted=10, surplus=5, reason="surplus"))

    receipt = Receipt.objects.get()
    line = NeedLine.objects.get()
    held = dict(Holding.objects.exclude(amount=0).values_list("place", "amount"))
    assert (receipt.stage, line.received) == ("discrepancy", 5)
    assert held[f"found:{shipment.code}"] == -5
    assert held[f"held:{shipment.hospital.code}"] == 5
    staff = signed_in(client, Role.DISPATCHER, org=shipment.org)
    address = f"/admin/receipts/receipt/{receipt.pk}/move/explain/"
    assert staff.post(address, {"explanation": "packed_more"}).status_code == 302
    line.refresh_from_db()
    assert (Receipt.objects.get().stage, line.received) == ("resolved", 10)


def test_r21_what_came_is_compared_in_base_units_and_never_in_packs(client):
    shipment = create_shipment(quantity=5)
    token = make_link(purpose="confirm", code=shipment.code, at=timezone.now(), days=30)

    answer = client.post(f"/en/confirm/{token}/", row(accepted=10))

    assert answer.status_code == 422
    assert "5 were sent, 10 came. The 5 too many are now" in answer.content.decode()


def test_who_changes_one_number_gets_the_rest_worked_out_and_looks_once_more(client, address):
    """940 of 1,000: one number typed, nothing recorded, then sent again as it stands."""
    first = client.post(address, row(accepted=940))
    line = first.context["form"].rows["lines"].forms[0]
    shown = {name: line[name].value() for name in ("accepted", "missing", "surplus", "reason")}

    assert (first.status_code, Receipt.objects.count()) == (422, 0)
    assert shown == {"accepted": "940", "missing": "60", "surplus": "0", "reason": "short"}
    assert 'name="lines-0-missing" value="60"' in first.content.decode()
    assert client.post(address, row(**shown)).status_code == 302
    assert Receipt.objects.get().stage == "discrepancy"


def test_a_reason_that_was_chosen_stands_when_the_rest_is_worked_out(client, address):
    answer = client.post(address, row(accepted=900, rejected=50, reason="damaged"))

    line = answer.context["form"].rows["lines"].forms[0]
    assert (line["missing"].value(), line["reason"].value()) == ("50", "damaged")


def test_numbers_that_somebody_worked_out_himself_are_not_changed(client, address):
    answer = client.post(address, row(accepted=900, missing=60, reason="short"))

    assert "a difference of 40" in answer.content.decode()
    assert answer.context["form"].rows["lines"].forms[0]["missing"].value() == "60"


def test_the_phone_offers_its_camera_where_a_delivery_is_confirmed(client, address):
    html = client.get(address).content.decode()

    assert html.count('capture="environment"') == 2
    assert 'enctype="multipart/form-data"' in html
