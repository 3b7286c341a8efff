"""The invariants hold after whole journeys, and each names what breaks it."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from ledger import triggers
from ledger.models import SealedEntry
from portal.balance.models import Booked, Holding
from portal.catalogue.models import Item
from portal.needs.models import Need, NeedLine
from portal.oversight import goods, versions
from portal.oversight.invariants import INVARIANTS, broken, number
from portal.pledges.models import PledgeLine
from portal.receipts.models import ReceiptLine
from portal.shipping.models import Shipment, ShipmentLine
from portal.stages.models import Trail
from portal.warehouse.models import AllocationLine, ArrivalLine
from tests.factories.needs import create_need
from tests.factories.pledges import create_pledge
from tests.factories.receipts import create_receipt, explain
from tests.factories.shipping import create_direct, create_shipment, line_of, stocked
from tests.factories.warehouse import create_allocation

pytestmark = pytest.mark.django_db


@pytest.fixture
def journeys(seal):
    """One whole journey of each kind, sealed; the last event waits."""
    create_receipt({"line": 1, "rejected": 30, "missing": 20})
    explain(create_receipt({"line": 1, "surplus": 5}))
    create_receipt({"line": 1, "surplus": 7})
    create_shipment(stage="lost")
    create_shipment(stage="packed")
    create_direct()
    create_allocation(line_of(), (stocked(), 400))
    create_pledge(stage="withdrawn")
    create_need(stage="draft")
    seal()
    create_pledge()


@pytest.fixture
def confirmed(seal):
    """One plain journey, sealed."""
    create_receipt()
    seal()


def raw(model, change, where="TRUE", *, unguarded=False):
    """An UPDATE past the engine, on the first row that fits; past the table's own checks too."""
    table = model._meta.db_table
    first = f'SELECT id FROM "{table}" WHERE {where} ORDER BY id LIMIT 1'  # noqa: S608 -- our own
    with connection.cursor() as cursor:
        if unguarded:
            _lift_checks(cursor, model)
        cursor.execute(f'UPDATE "{table}" SET {change} WHERE id = ({first})')  # noqa: S608 -- our own
        assert cursor.rowcount == 1


def _lift_checks(cursor, model):
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        return
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks pending is not altered
    for constraint in model._meta.constraints:
        name = constraint.name
        cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{name}"')


@pytest.fixture
def guarded_again():
    """SQLite's switch is the connection's, not the transaction's."""
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def names():
    return {(row["invariant"], row["table"], row["field"]) for row in broken()}


@pytest.mark.usefixtures("journeys")
def test_every_invariant_holds_after_whole_journeys():
    assert broken() == []


def test_they_hold_where_nothing_has_happened():
    assert broken() == []


def test_every_rule_says_its_number():
    assert {number(rule) for rule in INVARIANTS} == {
        *("I1", "I2", "I3", "I4", "I5", "I9", "I12", "I15", "I17", "I21")
    }


BREAKS = {
    "a holding": (
        (Holding, "amount = amount + 1", "place LIKE 'received:%'"),
        ("I1", "balance_holding", "amount"),
    ),
    "a posting": (
        (Booked, "amount = amount + 1"),
        ("I1", "balance_booked", "postings"),
    ),
    "a place taken for an outside one": (
        (Holding, "outside = TRUE", "place LIKE 'received:%'"),
        ("I2", "balance_holding", "outside"),
    ),
    "a place below zero": (
        (Holding, "amount = -1", "place LIKE 'received:%'"),
        ("I2", "balance_holding", "amount"),
    ),
    "a shipment's line": (
        (ShipmentLine, "quantity = quantity + 1"),
        ("I3", "shipping_shipment", "sent"),
    ),
    "a packed shipment's line": (
        (
            ShipmentLine,
            "quantity = quantity + 1",
            "shipment_id IN (SELECT id FROM shipping_shipment WHERE stage = 'packed')",
        ),
        ("I3", "shipping_shipment", "reserved"),
    ),
    "an allocation's line": (
        (
            AllocationLine,
            "quantity = quantity + 1",
            "allocation_id IN (SELECT id FROM warehouse_allocation WHERE stage = 'published')",
        ),
        ("I3", "warehouse_allocation", "reserved"),
    ),
    "an arrival's line": (
        (ArrivalLine, "missing = missing + 1"),
        ("I4", "warehouse_arrivalline", "announced"),
    ),
    "a receipt's line": (
        (ReceiptLine, "accepted = accepted + 1"),
        ("I4", "receipts_receiptline", "accepted"),
    ),
    "a confirmed shipment": (
        (Shipment, "stage = 'delivered'", "stage = 'confirmed'"),
        ("I4", "receipts_receipt", "lines"),
    ),
    "pledged": ((NeedLine, "pledged = pledged + 1"), ("I5", "needs_needline", "pledged")),
    "allocated": ((NeedLine, "allocated = allocated + 1"), ("I5", "needs_needline", "allocated")),
    "received": ((NeedLine, "received = received + 1"), ("I5", "needs_needline", "received")),
    "sent": (
        (PledgeLine, "sent = sent - 1", "sent > arrived"),
        ("I5", "pledges_pledgeline", "sent"),
    ),
    "arrived": (
        (PledgeLine, "arrived = arrived - 1", "arrived > 0"),
        ("I5", "pledges_pledgeline", "arrived"),
    ),
    "an event that is gone": (
        (Trail, "uid = ''", "uid <> ''"),
        ("I9", "stages_trail", "uid"),
    ),
    "an event nobody sealed": (
        (Trail, "uid = '0123456789abcdef0123456789abcdef'", "uid <> ''"),
        ("I9", "stages_trail", "uid"),
    ),
    "an event before it was public": (
        (Trail, "uid = '0123456789abcdef0123456789abcdef'", "lifecycle = 'need' AND uid = ''"),
        ("I9", "stages_trail", "uid"),
    ),
    "an entry without a move": (
        (Trail, "uid = ''", "uid <> ''"),
        ("I9", "ledger_entry", "uid"),
    ),
    "a stage": (
        (Need, "stage = 'withdrawn'", "stage = 'published'"),
        ("I21", "needs_need", "stage"),
    ),
    "a version": ((Item, "version = version + 1"), ("I21", "catalogue_item", "version")),
    "a move that is not in the table": (
        (Trail, "move = 'teleport'"),
        ("I21", "stages_trail", "move"),
    ),
    "a role": (
        (Trail, "role = 'auditor'", "lifecycle = 'pledge' AND move = 'accept'"),
        ("I21", "stages_trail", "move"),
    ),
    "a step that began elsewhere": (
        (Trail, "source = 'declined'", "lifecycle = 'pledge' AND move = 'accept'"),
        ("I21", "stages_trail", "move"),
    ),
    "a step that led elsewhere": (
        (Trail, "target = 'withdrawn'", "lifecycle = 'pledge' AND move = 'accept'"),
        ("I21", "stages_trail", "move"),
    ),
}


@pytest.mark.usefixtures("journeys", "guarded_again")
def test_what_breaks_an_invariant_is_named():
    """Each break alone, taken back before the next; the journeys are played once for all."""
    unnamed = []
    for what, (change, expected) in BREAKS.items():
        with transaction.atomic():
            raw(*change, unguarded=True)
            if expected not in names():
                unnamed.append(what)
            transaction.set_rollback(True)

    assert unnamed == []
    assert broken() == []


@pytest.mark.usefixtures("confirmed")
def test_an_entry_with_another_number_is_named():
    last = SealedEntry.objects.order_by("-idx").first()
    changed = bytes(last.entry).replace(b'"seq":%d,' % last.idx, b'"seq":%d,' % (last.idx + 1))
    with triggers.lifted(connection):
        SealedEntry.objects.filter(pk=last.pk).update(entry=changed)

    assert names() == {("I12", "ledger_entry", "seq")}


@pytest.mark.usefixtures("confirmed")
def test_a_lot_that_does_not_balance_is_named():
    held = Holding.objects.filter(place__startswith="received:").first()
    Holding.objects.filter(pk=held.pk).update(amount=held.amount - 1)

    (row,) = goods.lots_balance()

    assert (row["index"], row["field"]) == (held.lot, "amount")


@pytest.mark.usefixtures("log")
def test_gifts_promised_for_a_need_are_counted():
    line = line_of()
    create_pledge(lines=(("mask.gb19083-2010", 30, line),))

    assert NeedLine.objects.get(pk=line.pk).pledged == 30
    assert broken() == []


@pytest.mark.usefixtures("log")
def test_the_command_ends_with_one_and_the_list():
    create_need()
    NeedLine.objects.update(pledged=1)
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("invariants", "--json", stdout=out)

    said = json.loads(out.getvalue())
    assert (ended.value.code, said["ok"]) == (1, False)
    assert said["broken"][0].keys() == {"invariant", "table", "index", "field", "reason"}


@pytest.mark.usefixtures("log")
def test_the_command_says_that_all_is_well():
    out = StringIO()

    call_command("invariants", stdout=out)

    assert out.getvalue() == f"{len(INVARIANTS)} rules checked, 0 broken\n"


def test_a_version_that_no_change_made_is_named(log):
    need = create_need()
    create_pledge(lines=((need.lines.get().variant.key, 5, need.lines.get()),))
    assert list(versions.versions_count_the_changes()) == []

    Need.objects.update(revision=2)
    PledgeLine.objects.update(need_version=3)

    assert {(d["table"], d["field"]) for d in versions.versions_count_the_changes()} == {
        ("needs_need", "revision"),
        ("pledges_pledgeline", "need_version"),
    }
