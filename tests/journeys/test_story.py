"""The demo's story, played whole through the real commands: it shows every ending and adds up."""

import json
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

import ledger.api as ledger
from portal.accounts.models import Person
from portal.balance.checking import differences
from portal.demo import story
from portal.demo.clock import hours
from portal.organisations.models import Organisation
from portal.pledges.models import Pledge
from portal.receipts.models import Receipt, ReceiptLine
from portal.shipping.models import Shipment
from portal.tracking.projection import checking
from portal.warehouse.models import ArrivalLine
from tests.factories.clock import AT

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(settings.BASE)
ACCOUNTS = {
    *("hospital", "hospital2", "coordinator", "coordinator2", "warehouse", "warehouse2"),
    *("quality", "dispatcher", "finance", "finance2", "finance3", "publisher", "publisher2"),
    *("moderator", "authority", "authority2", "auditor", "security"),
}


def test_the_story_shows_every_way_a_gift_can_go_and_all_of_it_adds_up(log):
    ticks = []

    story.play(at=AT, progress=lambda done, total, text: ticks.append((done, total)))

    entries = list(ledger.entries())
    types = Counter(e.body["type"] for e in entries)
    assert len(entries) >= 300
    assert Organisation.objects.count() >= 12
    assert Pledge.objects.count() >= 40
    assert set(Person.objects.values_list("username", flat=True)) >= ACCOUNTS
    _as_the_schemas_say(entries)
    _every_ending(types)
    _on_its_own_clock(entries)
    assert ticks[-1][0] <= ticks[-1][1]
    assert differences() == []
    assert checking.differences() == []
    call_command("fsck")
    call_command("invariants")


def _as_the_schemas_say(entries):
    schemas = {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text())
        for path in (ROOT / "docs" / "events").glob("*.schema.json")
    }
    for entry in entries[1:]:  # the first is the ledger's own
        wanted = set(schemas[entry.body["type"]]["required"])
        assert wanted <= set(entry.body["data"]), entry.body["type"]


def _every_ending(types):
    split = Counter(Shipment.objects.values_list("lines__lot__pledge__code", flat=True))
    assert max(split.values()) >= 3  # one gift over several shipments
    shared = [s.lines.values("lot__pledge").distinct().count() for s in Shipment.objects.all()]
    assert max(shared) >= 2  # several gifts in one shipment
    assert Shipment.objects.filter(gift__isnull=False, stage="confirmed").exists()  # direct
    assert ArrivalLine.objects.filter(missing__gt=0).exists()  # short at goods-in
    assert ReceiptLine.objects.filter(reason="damaged", rejected__gt=0).exists()
    assert ReceiptLine.objects.filter(surplus__gt=0).exists()
    assert set(Receipt.objects.values_list("stage", flat=True)) == {
        "confirmed",
        "discrepancy",
        "resolved",
    }
    assert types["pledge.withdraw"] == 1
    assert types["pledge.decline"] >= 1
    assert types["shipment.lose"] == 1


def _on_its_own_clock(entries):
    times = [
        datetime.fromisoformat(e.body["data"]["recorded_at"])
        for e in entries
        if "recorded_at" in e.body["data"]
    ]
    told = [t for t in times if t <= AT]
    assert len(told) >= 300
    assert max(told) - min(told) > hours(20 * 24)
    # the plot is played in order: no entry was recorded before the one sealed ahead of it,
    # but for steps that one journey takes in a single breath
    assert sum(b < a - hours(4) for a, b in pairwise(told)) == 0
