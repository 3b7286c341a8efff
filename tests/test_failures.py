"""The list of failures is whole, and its tests and breaks are where it says."""

import re
from pathlib import Path

import pytest

from tests.failures import FAILURES

ROOT = Path(__file__).resolve().parent.parent
EACH = [(failure.number, one) for failure in FAILURES for one in failure.watches]


def test_all_thirty_five_are_watched():
    assert [failure.number for failure in FAILURES] == list(range(1, 36))
    assert all(failure.watches for failure in FAILURES)


@pytest.mark.parametrize(("number", "one"), EACH)
def test_its_test_is_there_and_named_after_it(number, one):
    file, _, name = one.test.partition("::")

    assert name.startswith(f"test_failure_{number:02d}_")
    assert re.search(rf"^def {name}\b", (ROOT / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize(("number", "one"), EACH)
def test_its_break_finds_its_place(number, one):
    assert (ROOT / one.file).read_text().count(one.old) == 1
    assert one.old != one.new
