"""Which goods may be used where, as the catalogue says."""

import pytest

from portal.catalogue.fitness import Fitness
from portal.catalogue.queries import fit, fitness
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
