"""R22: whatever number the page of figures prints is the same in JSON, interface and CSV, and what
a recount of the sealed entries comes to; one that has no such twin fails here by itself."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

import ledger.api as ledger
from portal.tracking.projection import projecting
from portal.tracking.statistics import registry
from portal.tracking.statistics.statement import at_present
from tests.portal.tracking.statistics.eventful import eventful, numbers, percentile, rows_of
from tests.portal.tracking.statistics.printed import DATE, NUMBER, Printed, whole
from tests.portal.tracking.statistics.recounting import Recount
from tests.portal.tracking.stories import Story

pytestmark = pytest.mark.django_db
WORDS = ("90th percentile", "90%", "Over 1 day", "Over 3 days", "Over 7 days", "for over 72 hours")
DRAWN = {"text"}  # the scale of a chart; `Printed.explained` has the numbers beside it


@pytest.fixture
def world(log, seal_and_project):
    told = eventful(Story())
    seal_and_project()
    return told


def asked(address):
    """(figure, what the address asks for)."""
    parts = urlsplit(address)
    only = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts.path.rstrip("/").rpartition("/")[2], only


def values(told):
    """Every value of the JSON that has rows, wherever it stands."""
    if isinstance(told, list):
        return [found for each in told for found in values(each)]
    if isinstance(told, dict):
        return [told] if "rows" in told else [v for each in told.values() for v in values(each)]
    return []


def twins(told):
    """{address of rows: the numbers that JSON gives for it}."""
    found = {}
    for value in values(told):
        hours = {value.get(name) for name in ("median", "p90", "count")}
        found.setdefault(value["rows"], set()).update(
            {value["amount"]} if "amount" in value else hours
        )
    today = date.fromisoformat(told["medians_as_of"])
    for stage in told["stages"]:
        ended = registry.ends(*stage["stage"].split("."))  # nothing waits there
        for days, n in stage["over_days"].items() if not ended else ():
            before = today - timedelta(days=int(days))
            found[f"{stage['there_now']['rows']}?before={before}"] = {n}
    return found


def test_r22_acceptance_20_page_json_csv_counters_and_replay_are_equal(world, client):
    told, again = numbers(client), Recount()
    page = Printed(client.get("/en/statistics/").content.decode())
    api = client.get("/en/api/v1/statistics").json()
    twin = twins(told)

    assert told["as_of"]["entries"] == ledger.size() == projecting.seen()
    assert api == told | {"licence": api["licence"]}
    assert {pair for pair in page.linked if pair[1] not in twin.get(pair[0], {0})} == set()
    for address in {*twin, *(address for address, _n in page.linked)}:
        assert counted(client, again, address) == twin.get(address, {0}), address


def counted(client, again, address):
    """What the rows of an address come to, in its file and by the recount; of hours the median, the
    90th percentile and how many."""
    figure, only = asked(address)
    rows = [int(row["amount"]) for row in rows_of(client, csv_of(address))]
    if not figure.startswith("hours-") and figure != "confirm_hours":
        assert sum(rows) == again.number(figure, **only), address
        return {sum(rows)}
    stays = again.stays(figure, **only)
    assert sorted(rows) == sorted(stays), address
    some = {percentile(stays, 50), percentile(stays, 90)} if stays else {None}
    return some | {len(stays)}


def test_r22_the_numbers_of_each_organisation_are_their_rows(world, client):
    """On the page that compares them, and on each one's own."""
    again, seen = Recount(), set()
    pages = [f"/en/statistics/organisations/?kind={kind}" for kind in ("hospital", "charity")]
    pages += [f"/en/o/{world[name]}/" for name in ("first", "second", "far", "charity")]
    for page in pages:
        for address, number in Printed(client.get(page).content.decode()).linked:
            known = counted(client, again, address)
            soon = [hours for hours in again.stays(asked(address)[0], **asked(address)[1])
                    if hours < registry.ON_TIME]  # fmt: skip
            assert number in known | {len(soon)}, (page, address)
            seen.add(asked(address)[0])

    assert seen >= {"confirmed", "gap", "confirm_hours", "counted", "dispatched", "differences"}


def csv_of(address):
    return re.sub(r"/(\?|$)", r".csv\1", address)


def test_r22_the_page_leaves_no_number_of_the_json_out(world, client):
    """Of the whole, of the newest days, of each stage; and every kind that a recount knows."""
    told, again = numbers(client), Recount()
    page = Printed(client.get("/en/statistics/").content.decode())
    printed = dict(page.linked)

    for figure in told["figures"]:
        assert bool(figure["values"]) >= (figure["unit"] != "pieces")
        for value in figure["values"]:
            assert value["rows"] in printed, figure["key"]
        if figure["unit"] == "pieces":
            assert {value["part"] for value in figure["values"]} == again.parts(figure["key"])
    for stage in told["stages"]:
        assert {stage["there_now"]["rows"], stage["hours"]["rows"]} <= {
            *printed,
            *([stage["hours"]["rows"]] if not stage["hours"]["count"] else []),
        }
    assert set(told["regions"]) == {"湖北", "广东"} == {row[4] for row in again.rows} - {""}
    assert set(told["days"]) == {row[5] for row in again.rows} - {""}


def test_r22_no_number_on_the_page_is_without_its_rows(world, client):
    """Beside those that lead to their rows: only dates, definitions, the scale of a chart, and what
    a sentence says of the table below it."""
    told = numbers(client)
    page = Printed(client.get("/en/statistics/").content.decode())

    assert unexplained(page, told) == []


def unexplained(page, told):
    own = [str(text) for one in registry.FIGURES for text in (one.title, one.says)]
    sums = dict.fromkeys(at_present().units, 0)
    for figure in told["figures"]:
        for value in figure["values"] if figure["key"] in ("sent", "bought", "found") else ():
            sums[value["part"]] += value["amount"]
    beside = {told["as_of"]["entries"], *sums.values()}
    beside |= {n for fall in told["taken_back"] for n in (fall["entry"], -fall["amount"])}
    beside |= {n for value in values(told) for n in (value.get("p90"), value.get("count"))}
    found = []
    for section, element, text in page.others:
        plain = DATE.sub("", text)
        for words in sorted([*own, *WORDS], key=len, reverse=True):
            plain = plain.replace(words, "")
        said = {whole(n) for n in NUMBER.findall(plain)} - page.explained(section) - beside
        if said and element not in DRAWN:
            found.append((section, element, text))
    return found


def test_a_number_without_rows_or_twin_would_be_seen(world, client):
    """Both nets bite: a number in a sentence, and one that leads to other rows."""
    told = numbers(client)
    html = client.get("/en/statistics/").content.decode()
    wild = html.replace("</main>", "<p>4,711 smiles</p></main>")
    wrong = Printed(re.sub(r"(/rows/sent/[^>]+>)1,000<", r"\g<1>1,001<", html))

    assert unexplained(Printed(wild), told) == [("", "p", "4,711 smiles")]
    assert [n for a, n in wrong.linked if n not in twins(told).get(a, {0})] == [1001]


def test_the_counters_of_the_first_page_are_those_of_the_figures(world, client):
    """Each leads to its list; the numbers are the ones of the page of figures."""
    figures = {figure["key"]: figure["values"] for figure in numbers(client)["figures"]}
    home = client.get("/en/").content.decode()
    shown = re.findall(r'<a href="(/en/[^"]+)">[^<]+</a></dt><dd>(?:<span[^>]*>)?([\d,]+)', home)

    assert [whole(n) for _href, n in shown[:2]] == [
        figures[key][0]["amount"] for key in ("gifts", "needs_open")
    ]
    assert f"{figures['confirmed'][0]['amount']:,}" in home
    for name, (_href, number) in zip(("gifts", "needs"), shown, strict=False):
        assert client.get(f"/api/v1/{name}").json()["count"] == whole(number)


def test_each_number_opens_a_page_of_the_rows_that_are_in_its_file(world, client):
    """The same numbers in the same order, so they add up to it there too."""
    for figure in numbers(client)["figures"]:
        for value in figure["values"]:
            rows = [int(row["amount"]) for row in rows_of(client, value["csv"])]
            page = client.get(value["rows"]).content.decode()
            shown = re.findall(r'<td[^>]* class="r num">([^<]+)</td>', page)
            signs = [-1 if {"-", "−"} & set(text) else 1 for text in shown]
            found = [sign * whole(text) for sign, text in zip(signs, shown, strict=True)]
            assert found == rows, value["rows"]
