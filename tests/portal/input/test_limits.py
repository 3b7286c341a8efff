"""Rate limits: counted by slots, and forgotten when nobody asks for them any more."""

import pytest

from portal.input.limits import allowed, tidy
from portal.input.models import Hit
from tests.factories.clock import AT, later

pytestmark = pytest.mark.django_db


def test_counts_are_kept_for_a_day_after_their_slot_and_no_longer():
    allowed("minute", limit=5, per=60, at=AT)
    allowed("day", limit=5, per=86400, at=AT)

    assert tidy(at=later(hours=24)) == 0
    assert tidy(at=later(hours=24, minutes=2)) == 1
    assert [hit.key for hit in Hit.objects.all()] == ["day"]
    assert tidy(at=later(days=3)) == 1
