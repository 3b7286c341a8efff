"""Open data: the page, the schemas, and money in the shapes of 360Giving and IATI."""

import csv
import json
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from portal.tracking.listing.listings import LISTS
from tests.factories.funds import approve, create_fund, give, request, spend
from tests.portal.tracking.api.test_api import API, rows_of
from tests.portal.tracking.stories import Story, whole

pytestmark = pytest.mark.django_db
GRANT = {
    "type": "object",
    "required": [
        *("id", "title", "description", "currency", "amountAwarded", "awardDate"),
        *("recipientOrganization", "fundingOrganization"),
    ],
    "properties": {
        "id": {"type": "string", "pattern": "^360G-"},
        "title": {"type": "string", "maxLength": 140},
        "description": {"type": "string", "minLength": 1},
        "currency": {"const": "CNY"},
        "amountAwarded": {"type": "number", "exclusiveMinimum": 0},
        "amountDisbursed": {"type": "number", "minimum": 0},
        "awardDate": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "recipientOrganization": {"$ref": "#/$defs/orgs"},
        "fundingOrganization": {"$ref": "#/$defs/orgs"},
    },
    "$defs": {
        "orgs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["id", "name"],
                "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
            },
        }
    },
}  # what the standard's own schema demands of the fields that we write
ORDER = (
    *("iati-identifier", "reporting-org", "title", "description", "participating-org"),
    *("activity-status", "activity-date", "recipient-country", "sector", "transaction"),
)  # of the elements of an activity, as the schema of 2.03 prescribes it
TRANSACTION = (*("transaction-type", "transaction-date", "value", "description", "receiver-org"),)


@pytest.fixture
def money(log, seal_and_project):
    """A fund of 900.50 yuan: 700.50 granted and paid, 100 granted and not paid."""
    fund = create_fund()
    give(fund, 90050)
    paid = spend(fund, 70050)
    asked = request(fund, 10000)
    approve(asked)
    approve(asked)
    seal_and_project()
    return fund, paid


def test_the_page_leads_to_every_list_schema_and_export(log, client, seal_and_project):
    seal_and_project()
    text = client.get("/en/open-data/").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)"', text))

    for key in LISTS:
        assert {f"/en/{key}/list.csv", f"{API}/{key}"} <= links
    assert {f"{API}/openapi.json", "/en/feed.atom", "/open-data/iati.xml"} <= links
    assert "/open-data/schemas/receipt.confirm.json" in links
    assert "1 entries" in re.sub(r"</?b>", "", text)
    assert "https://creativecommons.org/licenses/by/4.0/" in text


def test_a_schema_is_json_schema_and_fits_what_was_sealed(money, client):
    for row in rows_of(client, f"{API}/entries"):
        response = client.get(f"/open-data/schemas/{row['type']}.json")
        if row["type"] in ("ledger.create",):
            assert response.status_code == 404
            continue
        found = json.loads(response.content)
        Draft202012Validator.check_schema(found)
        assert list(Draft202012Validator(found).iter_errors(row["data"])) == [], row["type"]
        assert response["Content-Type"] == "application/schema+json"


@pytest.mark.parametrize("name", ["nothing", "../authz", "..%2f..%2fpyproject", "x" * 300])
def test_there_is_no_other_file(log, client, name):
    assert client.get(f"/open-data/schemas/{name}.json").status_code == 404


def test_money_granted_is_a_grant_of_360giving(money, client):
    fund, paid = money
    package = client.get("/open-data/360giving.json").json()

    assert re.fullmatch(r"\d+\.\d+", package["version"])
    assert package["license"] == "https://creativecommons.org/licenses/by/4.0/"
    for grant in package["grants"]:
        assert list(Draft202012Validator(GRANT).iter_errors(grant)) == []
    first, second = package["grants"]
    assert (first["amountAwarded"], first["amountDisbursed"]) == (700.5, 700.5)
    assert (second["amountAwarded"], second["amountDisbursed"]) == (100, 0)
    assert first["id"] == f"360G-shanji-{paid.code}"
    assert first["recipientOrganization"][0]["name"] == paid.recipient.legal_name
    assert first["fundingOrganization"][0]["id"] == f"CN-USCC-{fund.org.credit_code}"


def test_a_fund_is_an_activity_of_iati(money, client):
    fund, _paid = money
    root = ElementTree.fromstring(client.get("/open-data/iati.xml").content)  # noqa: S314 -- ours

    assert (root.tag, root.get("version")) == ("iati-activities", "2.03")
    (activity,) = root
    found = [child.tag for child in activity]
    assert found == sorted(found, key=ORDER.index)
    assert set(found) == set(ORDER)
    for transaction in activity.iter("transaction"):
        inner = [child.tag for child in transaction]
        assert inner == sorted(inner, key=TRANSACTION.index)
    values = [
        (row.find("transaction-type").get("code"), row.findtext("value"))
        for row in activity.iter("transaction")
    ]
    assert values == [("1", "900.50"), ("2", "700.50"), ("3", "700.50"), ("2", "100.00")]
    assert "Gifts of the month" in [row.text for row in activity.iter("narrative")]
    ref = activity.find("reporting-org").get("ref")
    assert activity.findtext("iati-identifier") == f"{ref}-{fund.code}"
    assert all(narrative.text for narrative in activity.iter("narrative"))


def test_an_export_is_the_same_in_every_language(money, client):
    for name in ("360giving.json", "iati.xml"):
        assert client.get(f"/en/open-data/{name}").content == client.get(
            f"/zh/open-data/{name}"
        ).content.replace(b"/zh/", b"/en/")


@pytest.mark.parametrize("address", ["/open-data/360giving.json", "/open-data/iati.xml"])
def test_where_there_is_no_money_there_is_no_empty_export(log, client, address):
    assert client.get(address).status_code == 404


def test_a_donor_and_a_supplier_are_not_named_in_the_exports(money, client):
    text = "".join(
        client.get(address).content.decode()
        for address in ("/open-data/360giving.json", "/open-data/iati.xml")
    )

    assert money[1].supplier
    assert money[1].supplier not in text
    assert money[1].supplier_code not in text


def test_queries_of_the_exports_do_not_grow(money, client, seal_and_project):
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/open-data/360giving.json").status_code == 200
            assert client.get("/open-data/iati.xml").status_code == 200
        counts.append(len(asked))
        spend(money[0], 1000)
        spend(money[0], 1000)
        seal_and_project()

    assert counts[0] == counts[1] <= 18


def test_a_mirror_answers_all_of_it_itself(log, client, settings, seal_and_project):
    seal_and_project()
    settings.MIRROR_OF = "https://original.example"

    for address in ("/en/open-data/", f"{API}/gifts", "/gifts/list.csv", "/zh/feed.atom"):
        assert client.get(address).status_code == 200, address
    assert client.get("/admin/webhooks/hook/").status_code == 307


def test_acceptance_20_the_file_of_a_list_and_the_interface_say_the_same(client, seal_and_project):
    whole(Story())
    seal_and_project()
    for name, listing in LISTS.items():
        file = client.get(f"/en/{name}/list.csv")
        lines = b"".join(file.streaming_content).decode().lstrip("\ufeff").splitlines()
        heading, _tags, *table = list(csv.reader(lines))
        said = rows_of(client, f"{API}/{name}?limit=2")

        assert heading == [column.key for column in listing.columns]
        numbers = [c.key for c in listing.columns if c.kind in ("quantity", "money", "code")]
        assert [[row[heading.index(key)] for key in numbers] for row in table] == [
            ["" if row[key] is None else str(row[key]) for key in numbers] for row in said
        ], name
