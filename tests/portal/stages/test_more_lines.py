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


class ChosenLine(Facts):
    lot: str = fact("Lot", choices="lots")
    quantity: int = fact("Quantity")


class Chosen(Facts):
    lines: tuple[ChosenLine, ...] = fact("Lines")


CHOOSE = Move("choose", target="chosen", by=("warehouse",), facts=Chosen, effect="choose", done="-")


def test_lines_may_stay_empty_where_there_is_one_choice_only():
    one = [("B-1", "The only lot")]
    empty = MoveForm(CHOOSE, choices=lambda name: one)
    data = QueryDict(mutable=True)
    for row in empty.rows["lines"].forms:  # as a browser sends what it was shown
        lot = row["lot"]
        data[lot.html_name] = lot.field.choices[0][0]
        data[row["quantity"].html_name] = ""
    data.update({"lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "0"})
    data.update({"lines-0-lot": "B-1", "lines-0-quantity": "900"})
    form = MoveForm(CHOOSE, choices=lambda name: one, data=data)

    assert form.is_valid(), form.rows["lines"].errors
    assert [(line.lot, line.quantity) for line in form.facts().lines] == [("B-1", 900)]


def test_a_given_line_with_one_choice_has_it_chosen():
    given = {"lines": [{"caption": "Masks", "quantity": 5}]}
    form = MoveForm(CHOOSE, choices=lambda name: [("B-1", "The only lot")], initial=given)

    assert list(form.rows["lines"].forms[0]["lot"].field.choices) == [("B-1", "The only lot")]
