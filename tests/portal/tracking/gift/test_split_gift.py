"""The page of a gift that was split over twelve shipments to five hospitals, with loss, damage,
return and sale: it adds up to the piece, and picture and table say the same."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.balance.models import Holding
from portal.shipping.stages import LossReason, Lost
from portal.warehouse.models import Lot
from tests.factories.catalogue import MASK
from tests.factories.organisations import create_hospital
from tests.factories.pledges import create_pledge
from tests.factories.receipts import confirm, explain, received
from tests.factories.shipping import create_shipment, line_of, move_on, stocked
from tests.factories.stock import agree, ask
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
SENT, FOUND = 10_000, 7


def split(count):
    """A gift with so many shipments; from the fourth on with everything that can go wrong."""
    hospitals = [create_hospital() for _n in range(min(count, 5))]
    pledge = create_pledge(lines=((MASK, SENT),))
    lot = stocked(
        pledge=pledge, house=create_warehouse(), accepted=9_800, rejected=80, reason="damaged"
    )
    for n in range(count):
        line = line_of(hospitals[n % len(hospitals)], quantity=500)
        stage = {4: "packed", 5: "in_transit", 6: "delivered"}.get(n, "in_transit")
        shipment = create_shipment((line, lot, 500), stage=stage)
        if n == 7:
            move_on(shipment, "lose", Lost(reason=LossReason.ACCIDENT))
        elif n not in (4, 5, 6):
            differs = {3: {"rejected": 20}, 8: {"missing": 11}, 9: {"surplus": FOUND}}.get(n)
            receipt = confirm(
                shipment, received(shipment, *([{"line": 1, **differs}] if differs else []))
            )
            if n == 9:
                explain(receipt)
    if count > 9:
        gone = {"sale": {"quantity": 200}, "return": {"quantity": 300}}
        for what, said in gone.items():
            ask(lot, what, **said)
            agree(Lot.objects.get(pk=lot.pk), what, **said)
    return pledge


class Page(HTMLParser):
    """The picture's bands and nodes, and the rows of the table beside it."""

    def __init__(self, text):
        super().__init__()
        self.bands, self.nodes, self.rows, self.row, self.inside = Counter(), {}, [], None, False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "figure":
            self.inside = "ways" in told.get("class", "")
        elif tag == "path" and "data-from" in told:
            self.bands[told["data-from"], told["data-to"]] += int(told["data-amount"])
        elif tag == "g" and "data-node" in told:
            self.nodes[told["data-node"]] = int(told["data-amount"])
        elif tag == "tr":
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self.row.append("")

    def handle_endtag(self, tag):
        if tag == "tr" and self.inside and len(self.row) == 5:
            self.rows.append(self.row)
        if tag == "figure":
            self.inside = False

    def handle_data(self, text):
        if self.row:
            self.row[-1] += text


@pytest.fixture
def read(client, seal_and_project):
    def page(pledge):
        seal_and_project()
        answer = client.get(f"/en/g/{pledge.code}/")
        assert answer.status_code == 200
        return answer.content.decode()

    return page


def check_sums(pledge, text):
    """Picture, table and books agree to the piece."""
    found = Page(text)
    rows = [(*row[:4], int(row[4].replace(",", ""))) for row in found.rows[1:]]
    # all that was sent and found, once
    assert sum(row[4] for row in rows) == SENT + FOUND
    assert len({row[2] for row in rows if row[2].startswith("S-")}) == 12
    # the picture's nodes and bands are the table's sums
    column = Counter()
    for source, house, shipment, _now, amount in rows:
        column["donor:" if source == "sent by the donor" else "found:"] += amount
        column[house] += amount
        column[shipment] += amount
    for key, amount in found.nodes.items():
        kind, _colon, code = key.partition(":")
        if kind in ("donor", "found"):
            assert amount == column[key]
        if kind == "shipment":
            assert amount == column[code]
    into, out_of = Counter(), Counter()
    for (one, other), amount in found.bands.items():
        out_of[one] += amount
        into[other] += amount
    for key, amount in found.nodes.items():
        assert amount in (into[key], out_of[key]), key
        assert not (into[key] and out_of[key]) or into[key] == out_of[key], key
    # the ends of the picture are the books
    held = Counter()
    for row in Holding.objects.filter(gift=pledge.code, amount__gt=0):
        held[row.place.partition(":")[0]] += row.amount
    ends = Counter()
    for key, amount in found.nodes.items():
        ends[key.partition(":")[0]] += amount
    same = ("received", "rejected", "damaged", "lost", "returned", "sold", "stock")
    assert {kind: ends[kind] for kind in same} == {kind: held[kind] for kind in same}
    assert (ends["returned"], ends["sold"]) == (300, 200)
    assert ends["packing"] == ends["transit"] == ends["delivered"] == 500


@pytest.mark.parametrize("count", [1, 3, 12])
def test_picture_table_and_books_agree_and_four_questions_are_enough(read, client, count):
    pledge = split(count)
    text = read(pledge)

    with CaptureQueriesContext(connection) as questions:
        client.get(f"/en/g/{pledge.code}/")

    assert len(questions) <= 4, [q["sql"][:90] for q in questions]
    start = text.index('<figure class="card ways">')
    figure = text[start : text.index("</figure>", start)]
    assert re.search(r'<svg [^>]*role="img" aria-label="[^"]+"', figure)
    assert "style=" not in figure
    assert "<script" not in figure
    assert "The same as a table" in figure
    if count == 12:
        check_sums(pledge, text)
