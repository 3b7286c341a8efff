"""R19: no personal mobile number gets into what is public, whichever form it is typed into."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.disclosure.classes import PRIVATE
from portal.input.cleaning import Unclean, clean_public_text, holds_mobile
from portal.stages.forms import form_field
from portal.stages.registry import flat_specs
from portal.stages.table import lifecycles

TYPED = [
    *("13800000000", "电话 138 0000 0000。", "+86 138-0000-0000", "0086 13800000000"),
    *("１３８００００００００", "١٣٨٠٠٠٠٠٠٠٠", "138.0000.0000", "1380 000 0000", "138·0000·0000"),
    *("138-00-000-000", "一三八〇〇〇〇〇〇〇〇", "幺三八零零零零零零零零", "(138)00000000"),
    "5 13800000000",
]
FINE = [
    *("027-85550000", "027 8555 0000", "2020-02-10 13:00", "GB 19083-2010", "1,380,000 只"),
    *("批号 20200210138", "91420100MA4K00000X", "EA123456789CN", "12345678901", "SF1380000000000"),
]


def texts():
    """Every fact that somebody types freely and everybody may read."""
    for table in lifecycles():
        for move in table.moves:
            for spec in flat_specs(table, move.name):
                typed = spec.of is str and spec.kind in ("line", "note") and spec.choices is None
                if typed and spec.disclosure is not PRIVATE:
                    yield pytest.param(spec, id=f"{table.key}.{move.name}.{spec.name}")


@pytest.mark.parametrize("typed", TYPED)
def test_r19_a_mobile_number_is_refused_however_it_is_written(typed):
    with pytest.raises(Unclean, match="personal mobile number"):
        clean_public_text(f"前台 {typed}")


@pytest.mark.parametrize("typed", FINE)
def test_r19_land_lines_dates_and_codes_are_taken(typed):
    assert clean_public_text(typed) == typed


@pytest.mark.parametrize("spec", list(texts()))
def test_r19_no_public_fact_of_any_move_takes_one(spec):
    field = form_field(spec, choices=dict)

    with pytest.raises(ValidationError, match="personal mobile number"):
        field.clean("13800000000")


@settings(deadline=None, max_examples=50)
@given(
    st.text(max_size=20).filter(lambda text: not any(c.isdigit() for c in text)),
    st.integers(3, 9),
    st.integers(0, 10**9 - 1),
)
def test_r19_it_is_found_anywhere_in_a_text(around, second, rest):
    number = f"1{second}{rest:09d}"

    assert holds_mobile(f"{around}号{number}号{around}")
