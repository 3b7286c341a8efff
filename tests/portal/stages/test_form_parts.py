"""In which order a move asks for its facts, and what it folds away."""

import pytest

from portal.funds.money_stages import MONEY
from portal.needs.stages import NEED
from portal.stages.form_parts import Part
from portal.stages.forms import MoveForm
from portal.stages.registry import subjects

SHOWN = [(model.lifecycle.key, move) for model in subjects() for move in model.lifecycle.moves]


def choices(name):
    return [("one", "One"), ("two", "Two")]


def names(form):
    return [
        "rows" if part.rows else part.field.name if part.field else [f.name for f in part.fields]
        for part in form.parts()
    ]


@pytest.mark.parametrize(("key", "move"), SHOWN, ids=lambda each: getattr(each, "name", each))
def test_every_fact_stands_on_the_page_once(key, move):
    form = MoveForm(move, choices=choices)

    fields = [
        field.name
        for part in form.parts()
        if not part.rows
        for field in (part.fields or (part.field,))
    ]
    seen = {field.name for field in form.visible_fields()} - {"sure"}
    assert sorted(fields) == sorted(seen)
    assert sum(part.rows is not None for part in form.parts()) == len(form.rows)
    named = {*move.facts.asks_first, *move.facts.folds[1]}
    assert named <= {spec.name for spec in move.facts.specs()}


def test_the_lines_of_a_need_come_before_what_is_said_about_all_of_them():
    form = MoveForm(NEED.move("write"), choices=choices)

    assert names(form)[:2] == ["rows", "valid_until"]


def test_a_gift_of_money_is_asked_for_its_sum_first_and_for_foreign_money_only_if_there_was_some():
    shown = names(MoveForm(MONEY.move("enter"), choices=choices))

    assert shown[:2] == ["amount", "fund"]
    assert shown[-1] == ["currency", "original", "rate", "rate_on", "rate_source"]


def test_a_line_shows_what_everybody_fills_in_and_folds_the_rest():
    row = MoveForm(NEED.move("write"), choices=choices).rows["lines"].forms[0]

    parts = row.parts()

    seen = [field.name for field in parts.seen]
    assert seen == ["variant", "quantity", "quantity_kind", "priority", "fitness"]
    assert "stock_days" in {field.name for field in parts.fields}
    assert not parts.open


def test_what_is_folded_opens_where_something_stands_in_it():
    form = MoveForm(MONEY.move("enter"), choices=choices, initial={"rate": "7.1"})

    folded = form.parts()[-1]

    assert folded.open
    assert not Part(fields=(form["original"],)).open


def test_the_question_about_a_large_number_stands_last_and_only_when_asked():
    form = MoveForm(MONEY.move("enter"), choices=choices)
    without = names(form)
    form.asks_again = True

    assert "sure" not in without
    assert names(form)[-2] == "sure"
