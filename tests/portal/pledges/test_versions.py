"""A gift answers the version of the need that the donor saw."""

import pytest
from django.urls import reverse
from django.utils import timezone

import ledger.api as ledger
from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.needs.models import Need, NeedLine
from portal.needs.stages import Changed, ChangedLine, ChangeReason, QuantityKind
from portal.pledges.models import Pledge, PledgeLine
from portal.stages import engine
from tests.factories.clock import later
from tests.factories.needs import create_need
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]
MASK = "mask.gb19083-2010"


@pytest.fixture
def need():
    return create_need(lines=((MASK, "exact", 1000),))


def line_of(need):
    return NeedLine.objects.select_related("need").get(need=need, no=1)


def changed(need):
    wanted = (ChangedLine(line=1, quantity_kind=QuantityKind.EXACT, quantity=500),)
    facts = Changed(wanted=wanted, reason=ChangeReason.LESS)
    hospital = actor_of(Role.HOSPITAL, org=need.hospital.code)
    engine.advance(Need, need.code, "change", actor=hospital, facts=facts, at=later(hours=1))


def test_r10_a_gift_keeps_the_version_of_the_need_it_answered(client, need, seal):
    gift = create_pledge(lines=((MASK, 100, line_of(need)),))
    changed(need)
    second = create_pledge(lines=((MASK, 50, line_of(need)),))
    seal()

    assert list(PledgeLine.objects.order_by("pk").values_list("need_version", flat=True)) == [1, 2]
    said = [e.body["data"] for e in ledger.entries() if e.body["type"] == "pledge.register"]
    assert [data["answered"] for data in said] == [
        [{"line": 1, "version": 1}],
        [{"line": 1, "version": 2}],
    ]
    for pledge, version in ((gift, 1), (second, 2)):
        token = make_link(purpose="claim", code=pledge.code, at=timezone.now(), days=9)
        page = client.get(f"/en/claim/{token}/").content.decode()
        assert f"answers version {version} of the need" in page


def test_r10_who_saw_an_older_version_is_asked_to_look_again(client, need):
    address = reverse("pledges:pledge", args=[need.code, 1])
    form = client.get(address).context["form"]
    row = form.rows["lines"][0]
    sent = {field.html_name: field.value() or "" for field in row}
    sent |= {"lines-0-quantity": "100", "visibility": "anonymous", "lines-TOTAL_FORMS": "1"}
    sent["once"] = form["once"].value()
    changed(need)

    answer = client.post(address, sent)

    assert answer.status_code == 422
    assert "version 2" in answer.content.decode() or "第 2 版" in answer.content.decode()
    assert Pledge.objects.count() == 0


@pytest.mark.parametrize(("language", "said"), [("en", "Please do not send"), ("zh", "棉被")])
def test_r09_what_not_to_send_stands_before_the_donor_s_form(client, language, said):
    need = create_need(lines=((MASK, "exact", 1000),), unwanted="棉被\n食品")

    page = client.get(f"/{language}/needs/{need.code}/pledge/1/").content.decode()

    assert said in page
    assert "棉被<br>食品" in page
    assert page.index("棉被") < page.index("<button class")
