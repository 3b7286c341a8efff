"""Reading needs: open lines for donors, a hospital's own, and a returned one's form."""

import pytest
from django.http import QueryDict
from django.utils import translation

from portal.accounts.roles import Role
from portal.catalogue.queries import variant_choices
from portal.needs import queries
from portal.needs.models import Need
from portal.stages.forms import MoveForm
from tests.factories.catalogue import MASK, SURGICAL
from tests.factories.clock import later
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
TWO = ((MASK, "exact", 10), (SURGICAL, "unknown", None))


def rewriting(need, data=None):
    """The form that the hospital gets to write its need again."""
    actor = actor_of(Role.HOSPITAL, org=need.hospital.code)
    return MoveForm(
        Need.lifecycle.move("rewrite"),
        choices=lambda name: variant_choices(),
        data=data,
        initial=queries.as_written(subject=need, actor=actor),
    )


def sent(form, **changes):
    """What a browser sends of a form that was filled in so."""
    data = QueryDict(mutable=True)
    rows = form.rows["lines"]
    for part in (form, rows.management_form, *rows.forms):
        for field in part:
            value = field.value()
            if value not in (None, False):
                data[field.html_name] = "on" if value is True else str(value)
    data.update(changes)
    return data


def lines(form):
    with translation.override("en"):
        assert form.is_valid(), (form.errors, form.rows["lines"].errors)
    return [(row.variant, row.quantity_kind, row.quantity) for row in form.facts().lines]


def test_a_form_sent_back_unchanged_says_the_same():
    need = create_need(stage="returned", lines=TWO, department="设备处", notes="请送设备处")

    form = rewriting(need, sent(rewriting(need)))

    assert lines(form) == list(TWO)
    assert (form.facts().department, form.facts().notes) == ("设备处", "请送设备处")


def test_lines_may_be_changed_left_out_and_added():
    need = create_need(stage="returned", lines=TWO)
    added = {
        "lines-0-variant": "",
        "lines-0-quantity": "",
        "lines-1-quantity_kind": "estimated",
        "lines-1-quantity": "7",
        "lines-2-variant": "mask.yy0469-2023",
        "lines-2-quantity": "5",
    }

    form = rewriting(need, sent(rewriting(need), **added))

    assert lines(form) == [(SURGICAL, "estimated", 7), ("mask.yy0469-2023", "exact", 5)]


def test_open_lines_are_those_donors_can_answer_the_longest_waiting_first():
    newer = create_need(at=later(days=2))
    older = create_need(lines=TWO)
    for stage in ("draft", "submitted", "returned", "withdrawn"):
        create_need(stage=stage)

    found = [(line.need, line.no) for line in queries.open_lines()]

    assert found == [(older, 1), (older, 2), (newer, 1)]


def test_a_line_is_found_by_its_need_s_code_while_it_is_open():
    need, withdrawn = create_need(), create_need(stage="withdrawn")

    assert queries.open_line(need.code, 1).need == need
    assert queries.open_line(need.code, 2) is None
    assert queries.open_line(withdrawn.code, 1) is None


def test_a_hospital_sees_its_own_needs_the_newest_first(django_assert_num_queries):
    hospital = create_hospital()
    first = create_need(hospital=hospital, stage="draft", lines=TWO)
    second = create_need(hospital=hospital, at=later(days=1))
    create_need()

    with django_assert_num_queries(4):
        found = list(queries.needs_of(hospital.code))
        names = [line.variant.item.name_zh for need in found for line in need.lines.all()]

    assert found == [second, first]
    assert len(names) == 3
