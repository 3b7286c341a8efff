"""The button for more lines of a form that has rows of facts."""

from django.http import QueryDict
from django.template.loader import render_to_string

from portal.stages.facts import Facts, fact
from portal.stages.forms import MoveForm
from portal.stages.table import Move


class Line(Facts):
    item: str = fact("Item")
    quantity: int = fact("Quantity")


class Asked(Facts):
    title: str = fact("Title")
    lines: tuple[Line, ...] = fact("Lines")


ASK = Move("ask", target="asked", by=("hospital",), facts=Asked, effect="ask", done="Asked")


def sent(**more):
    data = QueryDict(mutable=True)
    data.update({"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-item": "Masks"})
    data.update(more)
    return MoveForm(ASK, choices=lambda name: [], data=data)


def test_five_more_lines_come_and_what_was_typed_stays():
    form = sent(more="lines")

    assert len(form.rows["lines"].forms) == 6
    assert form.rows["lines"].forms[0]["item"].value() == "Masks"


def test_nothing_is_called_wrong_before_the_form_is_sent():
    shown = render_to_string("_components/_form.html", {"form": sent(more="lines"), "submit": "S"})

    assert "error" not in shown
    assert "aria-invalid" not in shown


def test_what_is_wrong_is_said_once_it_is_sent():
    shown = render_to_string("_components/_form.html", {"form": sent(), "submit": "S"})

    assert 'href="#id_title"' in shown
    assert 'href="#id_lines-0-quantity"' in shown


def test_the_button_for_more_lines_names_them():
    shown = render_to_string("_components/_form.html", {"form": sent(), "submit": "S"})

    assert '<button class="btn ghost" type="submit" name="more" value="lines"' in shown


def test_lines_are_checked_when_the_button_names_no_lines_of_the_form():
    form = sent(more="title")

    assert form.wants_more == ""
    assert not form.is_valid()
    assert [sorted(wrong) for wrong in form.rows["lines"].errors] == [["quantity"]]


def test_asking_for_more_lines_is_never_a_valid_form():
    form = sent(**{"more": "lines", "title": "Masks", "lines-0-quantity": "3"})

    assert form.wants_more == "lines"
    assert not form.is_valid()
