"""What names, standards and specifications mean, and what is said about the way there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.data import catalogue
from portal.catalogue.matching import find, standards


def codes(match):
    return [change.code for change in match.changes]


@pytest.mark.parametrize(
    ("item", "specification", "variant"),
    [
        ("普通医用口罩", "YY/T 0969-2013", "mask.yyt0969-2013"),
        ("医用外科口罩", "YY0469-2011", "mask.yy0469-2011"),
        ("医用外科口罩", "", "mask.surgical-mask.unstated"),
        ("医用防护口罩", "ＧＢ　19083—2010", "mask.gb19083-2010"),
        ("医用防护口罩", "3M 1860", "mask.niosh-surgical-n95"),
        ("KN95", "gb2626-2006", "mask.gb2626-2006"),
        ("FFP2口罩", "EN 149:2001", "mask.ffp2"),
        ("surgical masks", "EN 14683 Type IIR", "mask.en14683-iir"),
        ("防护服", "3M4565", "coverall.unstated"),
        ("乳胶手套", "灭菌，GB 10213-2006", "gloves.gb10213-2006.sterile"),
        ("乳胶手套", "非灭菌 GB 10213-2006", "gloves.gb10213-2006"),
        ("乳胶手套", "灭菌", "gloves.unstated"),
        ("75%酒精", "2500ML/瓶", "ethanol.2500ml"),
        ("75%酒精", "500ml", "ethanol.500ml"),
        ("呼吸机", "无创", "ventilator.noninvasive"),
        ("测体温设备", "人体热像体温智能检测仪", "thermometer.imaging"),
        ("隔离衣", "YY/T0506-2016", "gown.isolation.yyt0506-2016"),
        ("手术衣", "YY/T0506-2016", "gown.surgical.yyt0506-2016"),
        ("洛匹那韦/利托那韦", "", "lopinavir-ritonavir.unstated"),
        ("ＥＣＭＯ", "", "ecmo.unstated"),
        ("医用外科口罩（无菌）", "", "mask.surgical-mask.unstated"),
    ],
)
def test_a_clear_name_is_matched_without_change(item, specification, variant):
    match = find(item, specification)

    assert match.variant == catalogue().variants[variant]
    if "149" not in specification:
        assert match.changes == ()


@pytest.mark.parametrize(
    ("item", "specification", "variant", "code", "meant"),
    [
        ("防护服", "GB 19082-2003", "coverall.gb19082-2009", "standard_year", "GB 19082-2009"),
        ("医用外科口罩", "YY 0469-2010", "mask.yy0469-2011", "standard_year", "YY 0469-2011"),
        ("防护服", "GB 19082-2022", "coverall.gb19082-2023", "standard_year", "GB 19082-2023"),
        ("医用外科口罩", "GB 0469-2011", "mask.yy0469-2011", "standard_prefix", "YY 0469-2011"),
        ("普通医用口罩", "YY 0969-2013", "mask.yyt0969-2013", "standard_prefix", "YY/T 0969-2013"),
        ("防护服", "GB19083-2010", "coverall.unstated", "standard_of_another", "GB 19082-2009"),
    ],
)
def test_a_wrong_citation_becomes_a_question(item, specification, variant, code, meant):
    match = find(item, specification)

    assert match.variant == catalogue().variants[variant]
    assert codes(match) == [code]
    assert match.changes[0].params["meant"] == meant


def test_a_right_citation_beside_a_wrong_one_decides_alone():
    match = find("防护服", "GB 19082-2003 或 GB 19082-2009")

    assert match.variant == catalogue().variants["coverall.gb19082-2009"]
    assert match.changes == ()


def test_a_standard_without_year_and_with_several_versions_is_not_guessed():
    match = find("医用防护口罩", "GB 19083")

    assert match.variant == catalogue().variants["mask.medical-respirator.unstated"]
    assert codes(match) == ["standard_without_year"]


def test_an_unknown_standard_is_kept_as_a_remark():
    match = find("防护服", "GB 99999-2001")

    assert match.variant == catalogue().variants["coverall.unstated"]
    assert [remark.params for remark in match.remarks] == [{"written": "GB 99999-2001"}]


def test_a_mistyped_model_is_a_remark():
    match = find("医用防护口罩", "GB 19083-2010, 建议3M 1860/1870/9123")

    assert [remark.code for remark in match.remarks] == ["model_meant"]
    assert match.remarks[0].params == {"written": "3M 9123", "meant": "3M 9132"}


@pytest.mark.parametrize(
    ("item", "key"),
    [
        ("防冲击眼罩/护目镜/防护眼镜", "goggles"),
        ("防护帽/医用帽/圆帽", "medical-cap"),
        ("长筒胶鞋/防污染靴", "rubber-boots"),
        ("医用防护口罩 | N95口罩", "medical-respirator"),
        ("N95口罩/KN95口罩", "particulate-respirator"),
    ],
)
def test_several_names_of_one_thing_are_one_item(item, key):
    match = find(item)

    assert match.variant == catalogue().items[key].unstated
    assert codes(match) == ["joined_names"]


@pytest.mark.parametrize(
    ("item", "reason", "candidates"),
    [
        ("防护服、护目镜", "several_items", ("coverall", "goggles")),
        ("一次性隔离衣 / 手术衣", "several_items", ("isolation-gown", "surgical-gown")),
        ("医用外科口罩和牙刷", "several_items", ("surgical-mask",)),
        (
            "医用口罩",
            "ambiguous",
            ("disposable-medical-mask", "surgical-mask", "medical-respirator"),
        ),
        ("防护服清洗机", "not_in_catalogue", ("coverall",)),
        ("飞机", "not_in_catalogue", ()),
        ("", "not_in_catalogue", ()),
    ],
)
def test_what_is_not_clear_is_not_guessed(item, reason, candidates):
    match = find(item)

    assert match.variant is None
    assert (match.reason, match.candidates) == (reason, candidates)


def test_what_is_not_medical_is_no_medical_mask():
    assert find("非医用口罩").variant is None


def test_a_standard_decides_a_shared_name():
    match = find("N95口罩", "GB 19083-2010")

    assert match.variant == catalogue().variants["mask.gb19083-2010"]
    assert codes(match) == ["shared_name_by_standard"]


def test_a_bare_n95_is_never_read_as_medical():
    match = find("3M N95口罩")

    assert match.variant == catalogue().variants["mask.particulate-respirator.unstated"]
    assert codes(match) == ["name_read_as", "shared_name"]


def test_a_standard_finds_the_item_of_an_unknown_name():
    match = find("连体衣", "GB 19082-2009")

    assert match.variant == catalogue().variants["coverall.gb19082-2009"]
    assert codes(match) == ["item_by_standard"]


def test_every_name_of_every_item_finds_that_item():
    wrong = [
        (name, item.key)
        for item in catalogue().items.values()
        for name in (item.zh, item.en, *item.names)
        if (found := find(name).variant) is None or found.item != item.key
    ]

    assert wrong == []


def test_every_citation_finds_its_standard_and_every_wrong_one_asks():
    for variant in catalogue().variants.values():
        item = catalogue().item_of(variant.key)
        for cited in filter(None, (variant.citation, *variant.cited_as)):
            found = find(item.zh, f"{cited} {' '.join(variant.names)}").variant
            assert found.citation == variant.citation


def test_parts_of_longer_numbers_are_no_standard():
    assert standards("KGB 19082-2009 GB 190821234567") == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_an_answer(item, specification):
    match = find(item, specification)

    assert (match.variant is None) == bool(match.reason)
    assert match == find(item, specification)
