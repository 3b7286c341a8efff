"""Waybills and device registrations: what is sound is checked, what drifts is only warned about."""

import pytest

from portal.input.registrations import read_registration
from portal.input.uscc import WrongCreditCode, check_uscc
from portal.input.waybills import WrongWaybill, read_waybill, s10_check


def test_acceptance_22_credit_code_postal_and_registration_numbers_as_published():
    assert check_uscc("12420100000000019X") == "12420100000000019X"
    with pytest.raises(WrongCreditCode):
        check_uscc("12420100000000019Y")
    assert read_waybill("RB123456785GB", carrier="post").warning is None
    with pytest.raises(WrongWaybill, match="check digit"):
        read_waybill("RB123456784GB", carrier="post")
    said = read_registration("国械注准20203400057")
    assert (said.kind, said.year, said.device_class, said.warning) == ("registered", 2020, 3, None)


def test_the_check_digits_ten_and_eleven_have_their_own():
    assert [s10_check(digits) for digits in ("12345678", "47312482", "00000000")] == ["5", "9", "5"]
    assert s10_check("00000008") == "0"


@pytest.mark.parametrize("digit", range(8))
def test_one_wrong_digit_of_a_postal_number_is_found(digit):
    right = "47312482"
    wrong = f"{right[:digit]}{(int(right[digit]) + 1) % 10}{right[digit + 1 :]}"

    with pytest.raises(WrongWaybill):
        read_waybill(f"EA{wrong}9CN", carrier="ems")


@pytest.mark.parametrize(
    ("carrier", "typed", "odd"),
    [
        ("sf", "SF1234567890123", False),
        ("sf", "123456789012", False),
        ("sf", "sf 1234 5678 90123", False),
        ("sf", "YT1234567890123", True),
        ("yto", "YT1234567890123", False),
        ("jd", "JDVA12345678901", False),
        ("zto", "1234567890123", False),
        ("ems", "1234567890123", False),
        ("sto", "12", True),
        ("own", "", False),
        ("own", "鄂A", False),
        ("sf", "", False),
    ],
)
def test_the_patterns_of_carriers_warn_and_never_refuse(carrier, typed, odd):
    assert (read_waybill(typed, carrier=carrier).warning is not None) is odd


def test_what_was_typed_is_kept_beside_what_it_means():
    waybill = read_waybill(" ＳＦ1234-567890123", carrier="sf")

    assert (waybill.raw, waybill.number) == (" ＳＦ1234-567890123", "SF1234567890123")


@pytest.mark.parametrize(
    ("typed", "kind", "device_class"),
    [
        ("国械注准20203400057", "registered", 3),
        ("鄂械注准 2020 2 14 1234", "registered", 2),
        ("黔械注准20202140001", "registered", 2),
        ("国械注进20153400057", "registered", 3),
        ("鄂汉械备20200012号", "filed", 1),
        ("国食药监械（准）字2010第3640001号", "old", 0),
        ("国械注准20201400057", "unknown", 0),
        ("K192345", "unknown", 0),
    ],
)
def test_a_registration_number_says_its_kind_and_class(typed, kind, device_class):
    said = read_registration(typed)

    assert (said.kind, said.device_class) == (kind, device_class)
    assert (said.warning is not None) is (kind == "unknown")
