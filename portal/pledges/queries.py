"""What the pages and the upper parts ask about gifts."""

from django.db.models import F, QuerySet

from ledger.core.postings import INSIDE
from portal.balance.models import Holding
from portal.balance.places import name_of
from portal.catalogue.queries import variant_choices
from portal.needs.models import NeedLine
from portal.pledges.models import Pledge, PledgeLine

__all__ = ["asked_line", "is_accounted_for", "lines_of", "unsent_lines", "variant_choices"]

ON_THE_WAY = INSIDE - {"received"}


def is_accounted_for(pledge: Pledge) -> bool:
    """Whether every piece promised was sent and has come to an end: confirmed, or written off.

    Ask after the postings of the running move are booked.
    """
    if unsent_lines(pledge).exists():
        return False
    held = Holding.objects.filter(gift=pledge.code, amount__gt=0).values_list("place", flat=True)
    return not any(name_of(place) in ON_THE_WAY for place in held)


def lines_of(pledge: Pledge) -> QuerySet[PledgeLine]:
    """The lines of a gift in order, with item and need."""
    found = pledge.lines.select_related("variant__item", "need_line__need__hospital")
    return found.order_by("no")


def unsent_lines(pledge: Pledge) -> QuerySet[PledgeLine]:
    """The lines of which the donor has something left to send."""
    return lines_of(pledge).filter(sent__lt=F("quantity"))


def asked_line(*, code: str, no: int) -> NeedLine | None:
    """A line of a need that is public, by the need's code; None for any other."""
    found = NeedLine.objects.filter(need__code=code, no=no, need__public_since__isnull=False)
    return found.select_related("need__hospital", "variant__item").first()
