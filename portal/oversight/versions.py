"""Versions of needs: each was made by a change, and gifts answer versions that there were."""

from collections.abc import Iterator

from django.db.models import Count, F

from portal.needs.models import Need
from portal.oversight.differences import Difference, of
from portal.pledges.models import PledgeLine
from portal.stages.models import Trail


def versions_count_the_changes() -> Iterator[Difference]:
    """I21: a need's version is one more than it was changed, and no gift answers one still to
    come."""
    changes = Trail.objects.filter(lifecycle="need", move="change")
    counted = dict(changes.order_by().values_list("code").annotate(Count("pk")))
    for need in Need.objects.order_by("pk").iterator():
        should = 1 + counted.get(need.code, 0)
        if need.revision != should:
            yield of(need, "revision", f"is {need.revision}, the trail says {should}")
    ahead = PledgeLine.objects.filter(need_version__gt=F("need_line__need__revision"))
    for line in ahead.order_by("pk"):
        yield of(line, "need_version", f"is {line.need_version}, which there was not yet")
