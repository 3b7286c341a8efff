"""What quantity cells mean, one line a way of writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.data import catalogue
from portal.needs.notes import Kind
from portal.needs.quantities import read_quantity

EXACT, ESTIMATED, UNLIMITED, UNKNOWN = "exact", "estimated", "unlimited", "unknown"


def read(cell, item="surgical-mask", **beside):
    return read_quantity(cell, item=catalogue().items[item], **beside)


@pytest.mark.parametrize(
    ("cell", "kind", "amount", "notes"),
    [
        ("", UNKNOWN, None, []),
        ("1000", EXACT, 1000, []),
        ("１０００", EXACT, 1000, ["quantity_read"]),
        ("١٢", EXACT, 12, ["quantity_read"]),
        ("1,000个", EXACT, 1000, ["quantity_read"]),
        ("1_000", EXACT, 1000, ["quantity_read"]),
        ("+5", EXACT, 5, ["quantity_read"]),
        ("1000.0", EXACT, 1000, ["quantity_read"]),
        ("1E+05", EXACT, 100_000, ["quantity_read"]),
        ("2万", EXACT, 20_000, ["quantity_read"]),
        ("2.5万只", EXACT, 25_000, ["quantity_read"]),
        ("2万5千", EXACT, 25_000, ["quantity_read"]),
        ("五千", EXACT, 5000, ["quantity_read"]),
        ("一万二", EXACT, 12_000, ["quantity_read"]),
        ("两千零五只", EXACT, 2005, ["quantity_read"]),
        ("1000pcs", EXACT, 1000, ["quantity_read"]),
        ("5000只,急需", EXACT, 5000, ["quantity_read"]),
        ("2000000", EXACT, 2_000_000, ["quantity_large"]),
        ("500+", ESTIMATED, 500, ["quantity_estimated"]),
        ("约5000", ESTIMATED, 5000, ["quantity_estimated"]),
        ("5000左右", ESTIMATED, 5000, ["quantity_estimated"]),
        ("1万余只", ESTIMATED, 10_000, ["quantity_estimated"]),
        ("≥500", ESTIMATED, 500, ["quantity_estimated"]),
        ("5000（越多越好）", ESTIMATED, 5000, ["quantity_estimated"]),
        ("5000，上述数目仅为参考", ESTIMATED, 5000, ["quantity_estimated"]),
        ("5000-10000", ESTIMATED, 5000, ["quantity_range"]),
        ("1-2万", ESTIMATED, 10_000, ["quantity_range"]),
        ("上述数目仅为参考，实际上是越多越好", UNLIMITED, None, ["quantity_unlimited"]),
        ("上述数目仅为参考, 越多越好", UNLIMITED, None, ["quantity_unlimited"]),
        ("不限", UNLIMITED, None, ["quantity_unlimited"]),
        ("若干", UNKNOWN, None, ["quantity_vague"]),
        ("大量", UNKNOWN, None, ["quantity_vague"]),
        ("几千", UNKNOWN, None, ["quantity_vague"]),
        ("-", UNKNOWN, None, ["quantity_vague"]),
        ("NaN", UNKNOWN, None, ["quantity_vague"]),
        ("Infinity", UNKNOWN, None, ["quantity_unread"]),
        ("10^12", UNKNOWN, None, ["quantity_unread"]),
        ("=1+1", UNKNOWN, None, ["quantity_unread"]),
        ("2020-01-30", UNKNOWN, None, ["quantity_unread"]),
        ("防护服100套口罩200个", UNKNOWN, None, ["quantity_unread"]),
        ("500/天", UNKNOWN, None, ["quantity_rate"]),
        ("10箱", UNKNOWN, None, ["pack_unsure"]),
        ("10 boxes", UNKNOWN, None, ["pack_unsure"]),
        ("10箱*2000只/箱", EXACT, 20_000, ["quantity_pack"]),
        ("10箱（每箱2000只）", EXACT, 20_000, ["quantity_pack"]),
        ("500 pairs", UNKNOWN, None, ["unit_unread"]),
        ("0", UNKNOWN, None, ["quantity_zero"]),
        ("-5", UNKNOWN, None, ["quantity_negative"]),
        ("−5", UNKNOWN, None, ["quantity_negative"]),
        ("1.5", UNKNOWN, None, ["quantity_not_whole"]),
        ("1.000", UNKNOWN, None, ["quantity_grouping"]),
        ("10,00", UNKNOWN, None, ["quantity_grouping"]),
        ("1000000000000", UNKNOWN, None, ["quantity_too_large"]),
        ("1e400", UNKNOWN, None, ["quantity_too_large"]),
    ],
)
def test_a_way_of_writing(cell, kind, amount, notes):
    quantity = read(cell)

    assert (quantity.kind, quantity.amount) == (kind, amount)
    assert [note.code for note in quantity.notes] == notes


@pytest.mark.parametrize(
    ("item", "cell", "beside", "kind", "amount"),
    [
        ("medical-gloves", "500副", {}, EXACT, 1000),
        ("medical-gloves", "500只", {}, EXACT, 500),
        ("medical-gloves", "500", {}, ESTIMATED, 500),
        ("medical-gloves", "500", {"unit": "双"}, EXACT, 1000),
        ("medical-gloves", "50盒", {"specification": "100只/盒"}, EXACT, 5000),
        ("medical-gloves", "50盒", {"specification": "50双/盒"}, EXACT, 5000),
        ("medical-gloves", "50盒", {}, UNKNOWN, None),
        ("goggles", "500副", {}, EXACT, 500),
        ("pcr-kit", "10盒", {}, UNKNOWN, None),
        ("pcr-kit", "10盒", {"specification": "24人份/盒"}, EXACT, 240),
        ("vegetables", "500斤", {}, EXACT, 250),
        ("vegetables", "501斤", {}, ESTIMATED, 251),
        ("vegetables", "2吨", {}, EXACT, 2000),
        ("ventilator", "一台", {}, EXACT, 1),
        ("surgical-mask", "10", {"unit": "箱"}, UNKNOWN, None),
    ],
)
def test_units_and_packs_become_base_units(item, cell, beside, kind, amount):
    quantity = read(cell, item, **beside)

    assert (quantity.kind, quantity.amount) == (kind, amount)


@given(st.text(max_size=40) | st.text("0123456789.,+-e_'~万千百箱只/x*() ", max_size=20))
def test_any_cell_has_an_answer_within_the_limits(cell):
    quantity = read(cell)

    refused = [note for note in quantity.notes if note.kind is Kind.REFUSED]
    if quantity.amount is None:
        assert quantity.kind in {UNLIMITED, UNKNOWN}
    else:
        assert quantity.kind in {EXACT, ESTIMATED}
        assert 1 <= quantity.amount <= 10**9
        assert refused == []
    for note in quantity.notes:
        assert str(note)
