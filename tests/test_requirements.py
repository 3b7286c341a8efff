"""Each rule and each acceptance test of the requirements has a test that is named after it."""

import re
from pathlib import Path

from tests.requirements import ACCEPTANCE, RULES

TESTS = Path(__file__).resolve().parent
NAMES = [
    name
    for file in TESTS.rglob("test_*.py")
    for name in re.findall(r"^ *(?:async )?def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
]


def numbers(pattern):
    return {int(number) for name in NAMES for number in re.findall(pattern, name)}


def test_every_rule_has_a_test_named_after_it():
    assert numbers(r"_r(\d\d)(?=_)") == set(RULES)


def test_every_acceptance_test_is_there():
    assert numbers(r"_acceptance_(\d\d)(?=_)") == set(ACCEPTANCE)
