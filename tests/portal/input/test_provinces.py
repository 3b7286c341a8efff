"""The 34 provincial units, and how a place is said in the reader's language."""

import pytest
from django.utils import translation

from portal.input.provinces import PROVINCES, named, place, places, short


def test_there_are_thirty_four_each_with_a_name_and_letters_of_its_own():
    names, letters = zip(*PROVINCES.values(), strict=True)

    assert len(PROVINCES) == len(set(names)) == len(set(letters)) == 34


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("湖北省", "湖北"),
        ("北京市", "北京"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("香港特别行政区", "香港"),
        ("湖北", "湖北"),
        ("沙市", "沙市"),
        ("", ""),
    ],
)
def test_the_word_for_what_kind_of_unit_it_is_is_left_out(written, bare):
    assert short(written) == bare


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ("湖北省", "Hubei"),
        ("湖北 武汉市", "Hubei 武汉市"),
        ("湖北 · 武汉市", "Hubei · 武汉市"),
        ("湖北省、湖南省", "Hubei、Hunan"),
        ("内蒙古自治区", "Inner Mongolia"),
        ("湖北大厦", "湖北大厦"),
        ("", ""),
    ],
)
def test_a_province_is_said_in_english_and_a_city_as_it_is_written(written, english):
    with translation.override("en"):
        assert place(written) == english
    with translation.override("zh-hans"):
        assert place(written) == written


def test_a_city_that_is_a_province_is_said_once():
    with translation.override("en"):
        assert places("北京", "北京市", "海淀区") == "Beijing · 海淀区"
        assert named("北京市") == "Beijing"
    with translation.override("zh-hans"):
        assert places("湖北", "武汉", "") == "湖北 · 武汉"
