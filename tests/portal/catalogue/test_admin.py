"""The catalogue in the workbench: read by those who use it, changed by nobody there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.roles import Role
from portal.catalogue.models import Item
from tests.factories.catalogue import FEW, MASK, load_catalogue
from tests.factories.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
LIST = "/admin/catalogue/item/"


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.COORDINATOR, 200), (Role.AUDITOR, 200), (Role.WAREHOUSE, 403)]
)
def test_who_reads_the_catalogue(client, role, sees):
    load_catalogue(only=FEW[:1])
    reader, item = signed_in(client, role), Item.objects.get()

    assert reader.get(LIST).status_code == sees
    assert reader.get(f"{LIST}{item.pk}/change/").status_code == sees


def test_an_item_is_shown_with_its_variants(client):
    load_catalogue(only=FEW[:1])
    page = signed_in(client, Role.COORDINATOR).get(f"{LIST}{Item.objects.get().pk}/change/")

    assert MASK in page.content.decode()


def test_an_item_is_told_in_words_not_in_keys(client):
    load_catalogue(only=FEW[:1])
    item = Item.objects.get()
    reader = signed_in(client, Role.COORDINATOR)

    html = reader.get(f"{LIST}{item.pk}/change/", headers={"Accept-Language": "en"}).text

    assert item.care == ["expiry", "sterile-stated"]
    assert "Expiry date, Say whether it is sterile" in html
    assert "Isolation ward or ICU, Fever clinic" in html
    assert f"<div>{MASK}</div>" in html
    assert "&quot;" not in html
    assert (
        '<td class="field-kind">Masks</td>'
        in reader.get(LIST, headers={"Accept-Language": "en"}).text
    )


def test_nothing_is_changed_there(client):
    load_catalogue(only=FEW[:1])
    reader, item = signed_in(client, Role.COORDINATOR), Item.objects.get()

    assert reader.get(f"{LIST}open/publish/").status_code == 404
    assert reader.post(f"{LIST}open/publish/", {}).status_code == 404
    assert "/move/" not in reader.get(LIST).content.decode()
    assert "/move/" not in reader.get(f"{LIST}{item.pk}/change/").content.decode()
    assert reader.post(f"{LIST}{item.pk}/change/", {"name_zh": "别的"}).status_code == 403
    assert reader.post(f"{LIST}{item.pk}/delete/", {"post": "yes"}).status_code == 403
    assert reader.get(f"{LIST}add/").status_code == 403


def test_the_list_costs_the_same_with_one_row_and_with_three(client):
    reader = signed_in(client, Role.COORDINATOR)
    costs = []
    reader.get(LIST)  # what is asked once and kept
    for count in (1, 3):
        load_catalogue(only=FEW[:count])
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(LIST).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 11
