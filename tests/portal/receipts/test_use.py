"""Use reports: what hospitals issued to their wards, never more than they confirmed."""

import pytest

from portal.accounts.roles import Role
from portal.receipts.models import ReceiptLine
from portal.receipts.queries import unsettled
from portal.receipts.settling import Department, UseReported
from portal.stages.engine import MoveRefused, NotYours
from tests.factories.people import actor_of
from tests.factories.receipts import create_receipt, explain, move_on, some, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def report(receipt, quantities, *, actor=None, thanks=""):
    facts = UseReported(issued=some(quantities), department=Department.ISOLATION, thanks=thanks)
    return move_on(receipt, "report_use", facts, actor=actor or staff_of(receipt.shipment))


def test_the_hospital_reports_what_it_issued_and_it_adds_up(sealed):
    receipt = create_receipt()
    hospital = [receipt.shipment.hospital.code]
    assert [row.unreported for row in unsettled(hospital)] == [True]

    assert report(receipt, {1: 600}).stage == "confirmed"
    report(receipt, {1: 400}, thanks="谢谢")

    assert ReceiptLine.objects.get().issued == 1000
    assert not any(row.unreported for row in unsettled(hospital))
    entry = sealed()[-1]
    (row,) = entry.body["data"]["use"]
    assert (row["usable"], row["issued"]) == (1000, 1000)
    assert "谢谢" not in str(entry.body)


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [({1: 901}, "of 900 confirmed"), ({1: 0}, "at least one"), ({2: 1}, "no other"), ({}, "at")],
)
def test_more_than_was_accepted_is_refused(quantities, sentence):
    receipt = create_receipt({"line": 1, "missing": 100})

    with pytest.raises(MoveRefused, match=sentence):
        report(receipt, quantities)

    assert ReceiptLine.objects.get().issued == 0


def test_what_was_found_beyond_is_issued_only_once_it_is_explained():
    receipt = create_receipt({"line": 1, "surplus": 5})

    with pytest.raises(MoveRefused, match="of 1000 confirmed"):
        report(receipt, {1: 1005})
    explain(receipt)
    report(receipt, {1: 1005})

    assert ReceiptLine.objects.get().issued == 1005


def test_nobody_else_reports_it():
    receipt = create_receipt()

    for role in sorted(set(Role) - {Role.HOSPITAL}):
        with pytest.raises(NotYours):
            report(receipt, {1: 1}, actor=actor_of(role, org=receipt.shipment.org))
