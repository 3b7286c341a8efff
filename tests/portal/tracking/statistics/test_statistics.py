"""The public figures: page, JSON, CSV, counters and a recount of the sealed entries are one."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest

import ledger.api as ledger
from portal.tracking import queries
from portal.tracking.models import Tally
from portal.tracking.projection import checking, projecting
from portal.tracking.statistics import dwelling, registry
from portal.tracking.statistics.statement import at_present
from tests.portal.tracking.statistics.eventful import eventful, numbers, rows_of
from tests.portal.tracking.stories import MASK, Story, posting

pytestmark = pytest.mark.django_db
PART = "mask|只"


@pytest.fixture
def world(log, seal_and_project):
    told = eventful(Story())
    seal_and_project()
    return told


def by_part(figure):
    return {v.get("part", ""): v.get("amount", v.get("median")) for v in figure["values"]}


def test_what_came_is_where_it_is_now_to_the_piece_and_a_recall_takes_nothing(world, client):
    figures = {figure["key"]: by_part(figure) for figure in numbers(client)["figures"]}
    page = client.get(f"/en/statistics/?part={quote(PART)}").content.decode()
    by = client.get("/en/statistics/organisations/?kind=hospital").content.decode()
    query = f"part={quote(PART, safe='')}&amp;org={world['first']}"

    assert figures["confirmed"] == {PART: 600 + 90 + 195 + 5 - 7}
    assert figures["left_again"] == {PART: 3}
    assert figures["at-received"] == {PART: figures["confirmed"][PART] - 3}
    assert "Masks (pieces): 1,000 = 1,000" in page
    assert "Eye and face protection (pairs): 50 = 50" in page
    assert "Masks (pieces): handed over and confirmed, by day" in page
    assert "Hubei 883" in page
    assert Tally.objects.get(of=world["first"], kind="org").amounts["confirmed"] == {PART: 793}
    assert f"/en/statistics/rows/confirmed/?{query}" in by


def test_a_file_has_every_row_once_however_few_are_read_at_once(world, client, monkeypatch):
    for key in ("gifts", "confirmed", "at-stock", "now-pledge-received", "needs_open", "gap"):
        rows = rows_of(client, f"/en/statistics/rows/{key}.csv")
        assert len({str(row) for row in rows}) == len(rows) > 0
        for at_once in (1, 2, len(rows)):
            monkeypatch.setattr("portal.tracking.statistics.making.IN_A_FILE", at_once)
            assert rows_of(client, f"/en/statistics/rows/{key}.csv") == rows


def test_rows_are_told_in_words_not_in_keys(world, client):
    lie, ends, gaps = (
        client.get(f"/en/statistics/rows/{key}/").content.decode()
        for key in ("at-received", "now-need-withdrawn", "gap")
    )

    assert "received" not in lie.partition("<tbody")[2].partition("</tbody>")[0]
    assert f'<a href="/en/o/{world["first"]}/">' in lie
    assert "Withdrawn" in ends
    assert MASK in [row["item"] for row in rows_of(client, "/en/statistics/rows/gap.csv")]
    assert MASK not in gaps
    assert world["house"] in client.get("/en/statistics/rows/at-stock/").content.decode()


def test_acceptance_21_kinds_and_units_are_never_added(world, client):
    figures = {figure["key"]: by_part(figure) for figure in numbers(client)["figures"]}

    assert figures["sent"] == {PART: 1000, "eyes-face|副": 50}
    assert figures["gap"] == {PART: 1005, "eyes-face|副": 90}
    assert {key for key, parts in figures.items() if "" in parts} >= {"gifts", "needs_open"}
    assert all(
        set(parts) <= {PART, "eyes-face|副"}
        for key, parts in figures.items()
        if registry.BY_KEY[key].unit == "pieces"
    )


def test_r16_a_figure_falls_only_with_its_correction_beside_it(world, client, seal_and_project):
    before = numbers(client)
    grows = {f["key"]: by_part(f) for f in before["figures"] if f["grows"] and f["unit"] != "hours"}
    book = posting(world["gift"], world["lot"], MASK, 20, f"received:{world['second']}",
                   f"rejected:{world['second']}")  # fmt: skip
    story = Story()
    shipment = world["shipments"][1]
    story.say("receipt.amend", shipment, world["second"], postings=[book], corrects=world["wrong"])
    seal_and_project()
    after = numbers(client)

    fallen = {
        figure["key"]: grows[figure["key"]][part] - amount
        for figure in after["figures"]
        if figure["key"] in grows
        for part, amount in by_part(figure).items()
        if amount < grows[figure["key"]].get(part, 0)
    }
    assert fallen == {"confirmed": 20}
    newest = after["taken_back"][0]
    assert (newest["entry"], newest["figure"], newest["amount"]) == (
        ledger.size() - 1,
        "confirmed",
        -20,
    )
    assert newest["corrects"] == world["wrong"]
    page = client.get("/en/statistics/").content.decode()
    assert re.search(rf'−20 pieces</td><td><a href="/en/ledger/entry/{newest["entry"]}/">', page)


def test_r16_the_same_history_entry_by_entry_never_falls_without_a_word(log, seal):
    eventful(Story())
    seal()
    held, told = {}, []
    projecting.project(limit=ledger.size() - 12)
    while projecting.project(limit=1):
        statement = at_present()
        for figure in registry.FIGURES:
            for value in statement.values(figure):
                key = figure.key, value.part
                if figure.grows and figure.unit != "hours" and value.amount < held.get(key, 0):
                    told += [(part.seq, part.figure) for part, _line in statement.falls]
                    assert (statement.index - 1, figure.name) in told
                held[key] = value.amount

    assert {figure for _seq, figure in told} == {"confirmed", "lost"}
    assert checking.differences() == []


def test_medians_are_those_of_the_last_whole_day(log, seal_and_project):
    story = Story()
    story.catalogue()
    gift = story.gift((MASK, 1, None, 0))
    seal_and_project()
    assert queries.followed(gift).usual.of("pledge", "registered") is None

    story.at += timedelta(days=1)
    gift = story.gift((MASK, 1, None, 0), accepted=False)
    story.at += timedelta(hours=7)
    story.move_gift(gift, "accept", "accepted")
    seal_and_project()
    first = queries.followed(gift).usual
    story.at += timedelta(days=1)
    story.gift((MASK, 1, None, 0))
    seal_and_project()
    second = queries.followed(gift).usual

    assert (f"{first.day}", first.of("pledge", "registered")) == ("2026-03-02", (0, 0, 1))
    assert (f"{second.day}", second.of("pledge", "registered")) == ("2026-03-03", (0, 7, 2))
    assert second.version > first.version


@pytest.mark.parametrize(
    ("found", "half", "most"),
    [({"3": 1}, 3, 3), ({"1": 1, "2": 1}, 1, 2), ({"0": 5, "10": 4, "9": 1}, 0, 10)],
)
def test_percentiles_are_numbers_that_occurred(found, half, most):
    assert (dwelling.percentile(found, 50), dwelling.percentile(found, 90)) == (half, most)


MILLIONS = {
    "gifts": {"": 12_345},
    "confirmed": {PART: 123_456_789, "eyes-face|副": 9_999, "eyes-face|个": 10_000},
    "money": {"CNY": 5_208_850},
    "units": {PART: "pieces", "eyes-face|副": "pieces", "eyes-face|个": "pieces"},
}


def test_large_figures_are_said_in_wan_and_yi_with_the_exact_ones_beside_them(client, log):
    Tally.objects.create(of="", kind="all", day="", amounts=MILLIONS)
    home, page = (client.get(f"/zh/{name}").content.decode() for name in ("", "statistics/"))

    assert '<data value="12345" title="12,345 笔">1.23</data></span><small>万笔</small>' in home
    assert '<data value="123456789" title="123,456,789 只">1.2345</data><small>亿只</small>' in home
    assert '<data value="5208850" title="¥52,088.50">¥5.2</data></b> 万' in home
    assert "<dd>1<small>万个" not in home  # the exact one is in the title
    assert '<data value="12345" title="12,345">1.23 万</data></a></dd>' in page
    assert '<dd class="small num exact">12,345</dd>' in page
    assert '<dd class="small num exact">¥52,088.50</dd>' in page
    assert ">123,456,789</a></td>" in page  # tables are exact
    english = client.get("/en/statistics/").content.decode()
    assert ">12,345</a></dd>" in english
    assert "Eye and face protection (pieces · 副)" in english
    assert "Eye and face protection (pieces · 个)" in english


def test_what_waits_for_long_opens_its_rows(world, client):
    """Ageing: each number of days, and of what; R22 for it."""
    waiting = 0
    for stay in at_present().stays:
        for older in stay.older:
            rows = rows_of(client, older.href.replace("/?", ".csv?"))
            ends = registry.ends(stay.kind, stay.stage)
            assert older.amount == (0 if ends else len(rows)), older.href
            waiting += older.amount
    page = client.get("/en/statistics/").content.decode()
    link = re.search(r'href="(/en/statistics/rows/now-[^"]+before=[^"]+)">([\d,]+)</a>', page)

    assert waiting > 0
    assert "There since before 20" in client.get(link[1]).content.decode()


@pytest.mark.parametrize("key", ["nothing", "hours-nothing-here", "now-shipment-nowhere"])
def test_an_unknown_figure_is_not_found(client, log, key):
    assert client.get(f"/en/statistics/rows/{key}/").status_code == 404
    assert client.get(f"/en/statistics/rows/{key}.csv").status_code == 404


def test_a_nonsense_address_is_answered(log, client):
    queries = ["after=x", "after=9~x", "part=%00&org=U", "region=%E6%B9%96&day=1"]
    queries += ["before=0001-01-01", "before=9999-12-31&day=x", "before=yesterday"]
    queries += [f"after={'9' * 400}", "after=2026-01-01~a~b", "after=~~~"]
    queries += ["after=0001-01-01T00:00:00%2B08:00~S"]
    for key in ("confirmed", "at-stock", "unconfirmed", "needs_open", "gap"):
        for query in queries:
            assert client.get(f"/en/statistics/rows/{key}/?{query}").status_code == 200


def test_an_empty_ledger_has_its_page(client, log):
    assert b"Nothing so far." in client.get("/en/statistics/").content
    assert numbers(client)["as_of"] == {"entries": 0, "at": None}
