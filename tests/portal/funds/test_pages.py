"""The same in the workbench: four screens from request to payment; refusals keep what was typed."""

import pytest

from portal.accounts.roles import Role
from portal.balance.models import Booked
from portal.funds.models import Refusal, Spend
from portal.funds.stages import Purpose
from tests.factories.funds import YUAN, create_fund, file_about, give
from tests.factories.organisations import create_hospital, credit_code
from tests.factories.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def fund():
    made = create_fund(papers=("quotation",), cap=600 * YUAN, recipients=(create_hospital(),))
    made.paper = file_about(made.code)
    give(made, 1000 * YUAN)
    return made


def asked(fund, **sent):
    return {
        "fund": fund.code,
        "purpose": "protection",
        "item_class": "mask",
        "amount": "500.00",
        "recipient": fund.recipients[0],
        "supplier": "示例供应商",
        "supplier_code": credit_code(4321, kind="donor"),
        "papers-TOTAL_FORMS": "1",
        "papers-INITIAL_FORMS": "0",
        "papers-0-paper": "quotation",
        "papers-0-file": fund.paper.sha256,
    } | sent


def post(client, charity, address, /, role=Role.FINANCE, **sent):
    """As somebody new of the organisation, in English."""
    signed_in(client, role, org=charity.org.code)
    return client.post(address, sent, headers={"accept-language": "en"})


def test_acceptance_11_the_page_refuses_with_rule_and_figures_and_keeps_what_was_typed(
    client, fund
):
    before = Booked.objects.count()
    typed = asked(fund, purpose=Purpose.LIVING.value, amount="600.01")

    answer = post(client, fund, "/admin/funds/spend/open/request/", **typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Rule “purpose”" in page
    assert "¥600.01 more are ¥0.01 too many" in page
    assert 'value="600.01"' in page
    assert (Spend.objects.count(), Booked.objects.count()) == (0, before)
    assert Refusal.objects.get().rules == ["purpose", "cap"]


def test_acceptance_11_the_payment_page_refuses_what_one_has_approved(client, fund):
    post(client, fund, "/admin/funds/spend/open/request/", **asked(fund))
    spend = Spend.objects.get()
    seen = {"amount": "500.00", "revision": "1"}
    post(client, fund, f"/admin/funds/spend/{spend.pk}/move/approve/", **seen)

    paid = {"paid_on": "2026-03-01", "bank_reference": "B1"}
    answer = post(client, fund, f"/admin/funds/spend/{spend.pk}/move/pay/", **paid)

    assert answer.status_code == 422
    assert "1 of 2 is there" in answer.content.decode()


def test_four_screens_lead_from_the_request_to_the_payment(client, fund):
    seen = {"amount": "500.00", "revision": "1"}
    paid = {"paid_on": "2026-03-01", "bank_reference": "B1"}
    answers = [post(client, fund, "/admin/funds/spend/open/request/", **asked(fund))]
    page = f"/admin/funds/spend/{Spend.objects.get().pk}/move"
    answers += [
        post(client, fund, f"{page}/approve/", **seen),
        post(client, fund, f"{page}/approve_again/", role=Role.COORDINATOR, **seen),
        post(client, fund, f"{page}/pay/", **paid),
    ]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert Spend.objects.get().stage == "paid"


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AUDITOR, 200), (Role.FINANCE, 403), (Role.COORDINATOR, 403)]
)
def test_only_an_auditor_reads_what_was_refused(client, fund, role, status):
    signed_in(client, role, org=fund.org.code)

    assert client.get("/admin/funds/refusal/").status_code == status
    assert client.get("/admin/funds/bankline/").status_code == status


@pytest.mark.parametrize("kind", ["fund", "moneygift", "spend"])
def test_every_opening_form_comes_out_whole(client, fund, kind):
    signed_in(client, Role.FINANCE, org=fund.org.code)
    move = {"fund": "set_up", "moneygift": "enter", "spend": "request"}[kind]

    assert client.get(f"/admin/funds/{kind}/open/{move}/").status_code == 200
    assert client.get(f"/admin/funds/{kind}/").status_code == 200


def test_the_auditor_reads_each_refusal_with_its_rule_in_both_languages(client, fund):
    asker = post(client, fund, "/admin/funds/spend/open/request/", **asked(fund))
    assert asker.status_code == 302
    spend = Spend.objects.get()
    page, seen = f"/admin/funds/spend/{spend.pk}/move", {"amount": "500.00", "revision": "1"}
    answer = client.post(f"{page}/approve/", seen)  # still who asked
    assert answer.status_code == 422

    row = Refusal.objects.get()
    assert row.rules == ["same_person"]
    signed_in(client, Role.AUDITOR, org=fund.org.code)
    read = client.get(f"/admin/funds/refusal/{row.pk}/change/").content.decode()
    for said in (row.text_zh, row.text_en, spend.code, "approve"):
        assert said in read
    assert row.text_zh in client.get("/admin/funds/refusal/").content.decode()
