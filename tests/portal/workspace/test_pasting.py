"""A list pasted from a spreadsheet fills the lines of a need for review."""

import pytest
from django.http import QueryDict

from portal.accounts.roles import Role
from portal.needs.models import Need
from portal.workspace.pasting import pasted_rows
from tests.factories.catalogue import load_catalogue
from tests.factories.organisations import create_hospital
from tests.factories.people import signed_in

LIST = "医用防护口罩\tGB 19083-2010\t5000\n医用外科口罩\tYY 0469-2010\t8000个\n护身符\t\t3"


def sent(**values):
    data = QueryDict(mutable=True)
    data.update({"lines-TOTAL_FORMS": "0", **values})
    return data


def row(out, n):
    return [out.form.get(f"lines-{n}-{name}") for name in ("variant", "quantity_kind", "quantity")]


def test_tabs_part_name_standard_and_quantity():
    out = pasted_rows(sent(paste=LIST))

    assert row(out, 0) == ["mask.gb19083-2010", "exact", "5000"]
    assert out.form["lines-TOTAL_FORMS"] == "3"


def test_what_was_changed_is_named_with_its_line():
    out = pasted_rows(sent(paste=LIST))

    assert row(out, 1) == ["mask.yy0469-2011", "exact", "8000"]
    said = dict(out.said)
    assert "YY 0469-2010" in " ".join(said[2])


def test_what_cannot_be_placed_stays_as_a_line_without_an_item():
    out = pasted_rows(sent(paste=LIST))

    assert row(out, 2)[0] == ""
    assert out.form["lines-2-as_written"].startswith("护身符")
    assert 3 in dict(out.said)
    assert out.placed == 2


def test_a_heading_is_understood_in_any_order():
    out = pasted_rows(sent(paste="数量,物资名称\n300,医用外科口罩"))

    assert row(out, 0)[1:] == ["exact", "300"]


@pytest.mark.parametrize("text", ["医用外科口罩,300", "医用外科口罩，300", "医用外科口罩\t300"])
def test_commas_of_both_kinds_part_too(text):
    assert row(pasted_rows(sent(paste=text)), 0)[1:] == ["exact", "300"]


def test_lines_already_typed_stay_first_and_empty_ones_go():
    typed = {
        "lines-TOTAL_FORMS": "3",
        "lines-1-variant": "mask.gb19083-2010",
        "lines-1-quantity_kind": "exact",
        "lines-1-quantity": "7",
    }

    out = pasted_rows(sent(paste="医用外科口罩\t300", **typed))

    assert row(out, 0) == ["mask.gb19083-2010", "exact", "7"]
    assert out.form["lines-TOTAL_FORMS"] == "2"


@pytest.mark.parametrize(
    "text", ["", "   \n ", "\x00", "x" * 30_000, '"never closed\n' * 3, "\ud800", "=1+1\t2"]
)
def test_nothing_that_is_pasted_breaks(text):
    out = pasted_rows(sent(paste=text))

    assert out.refused or out.said


def test_a_mobile_number_is_kept_out_of_the_form():
    out = pasted_rows(sent(paste="医用外科口罩 13800000000\t300"))

    assert "13800000000" not in out.form.urlencode()


def test_at_most_three_hundred_lines_are_taken():
    out = pasted_rows(sent(paste="\n".join(f"物品{n}\t{n + 2}" for n in range(310))))

    assert out.form["lines-TOTAL_FORMS"] == "300"
    assert "300" in out.refused


@pytest.mark.django_db
@pytest.mark.usefixtures("log")
def test_pasting_stores_nothing_and_shows_the_lines(client):
    load_catalogue()
    signed_in(client, Role.HOSPITAL, org=create_hospital().code)

    answer = client.post("/en/hospital/needs/new/", {"paste": LIST, "place": "1"})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="5000"' in text
    assert "2 lines were placed" in text
    assert "护身符" in text
    assert Need.objects.count() == 0
