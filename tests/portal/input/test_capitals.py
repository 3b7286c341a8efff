"""Amounts in Chinese capitals, read back by a reader that knows nothing of how they are made."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.input.capitals import MOST, capitals

pytestmark = pytest.mark.pure

OFFICIAL = {
    # the examples of the rules for bills and settlement vouchers
    "1409.50": "壹仟肆佰零玖元伍角",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
}
OTHERS = {
    "0.00": "零元整",
    "0.05": "伍分",
    "0.50": "伍角",
    "10.00": "壹拾元整",
    "1000.00": "壹仟元整",
    "1001.00": "壹仟零壹元整",
    "100800.00": "壹拾万零捌佰元整",
    "10010000.00": "壹仟零壹万元整",
    "100007000.00": "壹亿零柒仟元整",
    "100000001.00": "壹亿零壹元整",
    "1000000000000.00": "壹万亿元整",
    "1000010000000.01": "壹万亿零壹仟万元零壹分",
}


def fen(amount):
    return int(amount.replace(".", ""))


def read(text):
    """The fen of an amount in capitals: an evaluator over units, without the maker's tables."""
    digits = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    found = re.fullmatch(r"(?:([^元]+)元)?零?(?:(.)角)?(?:(.)分)?整?", text)
    total = part = digit = 0
    for sign in found[1] or "":
        if sign in digits:
            digit = digits[sign]
        elif sign in units:
            part, digit = part + digit * units[sign], 0
        elif sign == "万":
            total, part, digit = total + (part + digit) * 10**4, 0, 0
        elif sign == "亿":
            total, part, digit = (total + part + digit) * 10**8, 0, 0
    yuan = total + part + digit
    return yuan * 100 + digits[found[2] or "零"] * 10 + digits[found[3] or "零"]


@pytest.mark.parametrize(("amount", "said"), [*OFFICIAL.items(), *OTHERS.items()])
def test_amounts_read_as_the_rules_write_them(amount, said):
    assert capitals(fen(amount)) == said


@settings(max_examples=200, deadline=None)
@given(st.integers(0, MOST) | st.integers(0, 10**7) | st.integers(0, 10**12).map(lambda n: n * 100))
@example(MOST)
def test_another_reader_gets_every_fen_back_and_noughts_stand_only_between_figures(amount):
    said = capitals(amount)

    assert read(said) == amount
    assert "零零" not in said
    assert said.endswith("整") == (amount % 100 == 0)
    assert not re.search("零[元万亿角分整]", said.replace("零元整", ""))
    assert not re.search("(^|[零万亿元])拾", said), "a 壹 stands before 拾"
    assert amount < 100 or "角" in said or not amount % 10 or "元零" in said


@pytest.mark.parametrize("amount", [-1, MOST + 1])
def test_what_cannot_be_said_is_refused(amount):
    with pytest.raises(ValueError, match="no amount of money"):
        capitals(amount)
