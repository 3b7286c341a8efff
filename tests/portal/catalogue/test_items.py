"""The catalogue's data file: complete, consistent, and refused with the line where it is not."""

import re

import pytest

from portal.catalogue.data import FILE, BadCatalogue, catalogue, load
from portal.catalogue.fitness import Fitness

GOOD = """\
[[unit]]
code = "piece"
zh = "个"
en = "piece"
en_many = "pieces"

[[class]]
key = "mask"
zh = "口罩"
en = "Masks"

[[item]]
key = "toy-mask"
zh = "玩具口罩"
en = "toy mask"
class = "mask"
unit = "piece"
packs = [{ key = "box", zh = "盒", en = "box", holds = 20, level = 1, unsure = true }]

[[item.variant]]
key = "toy.gb1-2010"
zh = "甲"
en = "first"
standard = "GB 1001"
version = "2010"
valid_to = 2025-11-30
replaced_by = "toy.gb1-2023"

[[item.variant]]
key = "toy.gb1-2023"
zh = "乙"
en = "second"
standard = "GB 1001"
version = "2023"
valid_from = 2025-12-01

[[item.variant]]
key = "toy.unstated"
zh = "丙"
en = "third"
unstated = true
"""


def read(tmp_path, text):
    path = tmp_path / "toy.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_a_good_file_is_read_into_frozen_rows(tmp_path):
    toy = read(tmp_path, GOOD)

    assert list(toy.variants) == ["toy.gb1-2010", "toy.gb1-2023", "toy.unstated"]
    assert toy.item_of("toy.gb1-2023").unstated.key == "toy.unstated"
    assert toy.variants["toy.gb1-2010"].citation == "GB 1001-2010"
    assert toy.items["toy-mask"].packs[0].unsure is True
    assert toy.items["toy-mask"].unit_zh == "个"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('key = "toy.gb1-2023"\nzh', 'key = "toy.unstated"\nzh', 38, "two entries of variant"),
        ('replaced_by = "toy.gb1-2023"', 'replaced_by = "toy.gone"', 21, "points at toy.gone"),
        ("valid_to = 2025-11-30", "valid_to = 2026-01-01", 21, "is still valid when"),
        (
            "valid_to = 2025-11-30",
            "valid_from = 2026-01-01\nvalid_to = 2025-11-30",
            21,
            "valid_from is later than valid_to",
        ),
        ('unit = "piece"', 'unit = "bushel"', 13, "the unit bushel is not in the file"),
        ('class = "mask"', 'class = "hat"', 13, "the class hat is not in the file"),
        ("unstated = true", 'fitness = ["moon"]', 38, "'moon' is not a valid Fitness"),
        ('unit = "piece"', 'unit = "piece"\ncare = ["moon"]', 13, "'moon' is not a valid Care"),
        ("unstated = true", 'size = "S"', 13, "exactly one variant with unstated"),
        ("holds = 20", "holds = 0", 13, "at least one whole base unit"),
        ('key = "toy-mask"', 'key = "Toy mask"', 13, "a-z, 0-9, dots and hyphens"),
        ("unstated = true", "unstated = true\ncolour = 1", 38, "unexpected keyword"),
        ('replaced_by = "toy.gb1-2023"', 'replaced_by = "toy.unstated"', 21, "no later version"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(tmp_path, old, new, line, says):
    assert GOOD.count(old) == 1 or old == 'key = "toy.gb1-2023"\nzh'

    with pytest.raises(BadCatalogue) as refused:
        read(tmp_path, GOOD.replace(old, new))

    assert says in str(refused.value)
    assert str(refused.value).startswith(f"toy.toml, line {line}: ")


def test_broken_toml_is_refused_with_its_line(tmp_path):
    with pytest.raises(BadCatalogue, match=r"toy\.toml: .*line 2"):
        read(tmp_path, "[[item]]\nkey = ?")


def test_a_name_belongs_to_one_item_only(tmp_path):
    shared = '[[shared]]\nnames = ["玩具口罩"]\nitems = ["toy-mask"]\n'

    with pytest.raises(BadCatalogue, match="both its own and a shared name"):
        read(tmp_path, GOOD + shared)


def test_every_key_is_of_the_stable_shape():
    keys = [*catalogue().items, *catalogue().variants]

    assert [key for key in keys if not re.fullmatch(r"[a-z0-9.-]{3,40}", key)] == []


@pytest.mark.parametrize(
    "citation",
    [
        *["GB 19083-2010", "GB 19083-2023", "GB 2626-2006", "GB 2626-2019", "YY 0469-2011"],
        *["YY 0469-2023", "YY/T 0969-2013", "GB/T 32610-2016", "GB 19082-2009", "GB 19082-2023"],
        *["YY/T 0506-2016", "GB 14866-2006", "GB 10213-2006", "GB 7543", "GB/T 36758"],
        *["GB/T 26373", "GB 27950", "EN 14683", "EN 149", "EN 14126", "EN 166", "EN 455"],
    ],
)
def test_every_standard_of_the_reference_is_there(citation):
    assert citation in {variant.citation for variant in catalogue().variants.values()}


def test_no_unsure_fact_is_hidden():
    """Packs come from general knowledge, so none is sure but those with the number in the name."""
    sure = {p.key for i in catalogue().items.values() for p in i.packs if not p.unsure}

    assert sure == {"box-24", "box-48", "box-96"}
    assert catalogue().variants["mask.yy0469-2023"].unsure is True


def test_a_kn95_is_not_fit_for_isolation_or_fever_clinics():
    fit = {
        level
        for variant in catalogue().items["particulate-respirator"].variants
        for level in variant.fitness
    }

    assert fit == {Fitness.GENERAL_WARD, Fitness.COMMUNITY}


def test_a_daily_mask_is_for_the_community_only():
    assert catalogue().variants["mask.gbt32610-2016"].fitness == (Fitness.COMMUNITY,)


def test_the_file_is_plain_enough_to_read():
    assert all(len(line) <= 400 for line in FILE.read_text(encoding="utf-8").splitlines())
