"""Which goods may be used where, as the catalogue says."""

import pytest

from portal.catalogue.fitness import Fitness
from portal.catalogue.models import Item
from portal.catalogue.queries import accepted, fit, fitness
from tests.factories.catalogue import load_catalogue, variant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue(log):
    load_catalogue(only=("medical-respirator", "particulate-respirator"))


def test_r02_an_industrial_n95_is_fit_for_no_isolation_ward():
    assert not fit(variant("mask.gb2626-2019"), Fitness.ISOLATION)
    assert not fit(variant("mask.gb2626-2019"), Fitness.FEVER_CLINIC)
    assert fit(variant("mask.gb19083-2023"), Fitness.ISOLATION)


def test_levels_are_told_by_key():
    assert fitness("mask.gb2626-2019") == {Fitness.GENERAL_WARD, Fitness.COMMUNITY}


@pytest.mark.parametrize("key", ["mask.medical-respirator.unstated", "mask.nobody-knows"])
def test_what_nobody_has_said_is_fit_for_nothing(key):
    assert fitness(key) == frozenset()


def test_a_later_version_of_the_standard_and_its_foreign_equivalents_are_accepted():
    asked = variant("mask.gb19083-2010")

    assert accepted(asked) == {
        "mask.gb19083-2010",
        "mask.gb19083-2023",
        "mask.niosh-surgical-n95",
    }
    assert accepted(asked, exact=True) == {"mask.gb19083-2010", "mask.gb19083-2023"}
    assert accepted(variant("mask.gb19083-2023"), exact=True) == {"mask.gb19083-2023"}


def test_the_sealed_item_says_version_class_equivalents_and_packs(log):
    item = Item.objects.get(key="particulate-respirator")
    ffp2 = item.variants.get(key="mask.ffp2")
    old = item.variants.get(key="mask.gb2626-2006")

    assert (ffp2.grade, ffp2.unsure, ffp2.sterile) == ("FFP2", True, None)
    assert old.equivalents == ["mask.niosh-n95", "mask.ffp2", "mask.ffp3"]
    assert "no-splash" in item.care
    assert list(item.packs.order_by("pk").values_list("units", "level", "unsure")) == [
        (20, 1, True),
        (50, 1, True),
    ]
