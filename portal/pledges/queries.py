"""What the pages and the upper parts ask about gifts."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from ledger.core.postings import INSIDE
from portal.accounts.acting import Actor
from portal.balance.models import Holding
from portal.balance.places import name_of
from portal.campaigns.taking import goods_choices
from portal.catalogue.queries import described, unit_of, variant_choices
from portal.needs.models import NeedLine
from portal.organisations import queries as organisations
from portal.pledges import designation
from portal.pledges.models import Pledge, PledgeLine
from portal.stages.models import Trail

__all__ = [
    "agreement_of",
    "asked_line",
    "designation_choices",
    "is_accounted_for",
    "lines_of",
    "may_go_to",
    "related_choices",
    "unsent_lines",
    "variant_choices",
]
Pairs = list[tuple[str, Any]]

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


def agreement_of(pledge: Pledge) -> dict[str, Any]:
    """What stands in the agreement on an accepted gift: the two parties and the lines."""
    accepted = Trail.objects.filter(lifecycle="pledge", code=pledge.code, move="accept")
    charity = organisations.by_code(
        accepted.order_by("-pk").values_list("org", flat=True).first() or ""
    )
    return {
        "gift": pledge,
        "donor": pledge.donor_name,
        "charity": organisations.name_of(charity) if charity else "",
        "rows": [
            {"line": line, "name": described(line.variant), "unit": unit_of(line.variant)}
            for line in lines_of(pledge)
        ],
    }


def designation_choices(*, subject: Pledge | None = None, actor: Actor | None = None) -> Pairs:
    """Whom a gift may be for: anybody, a region, a use, a hospital."""
    return designation.choices()


def campaign_choices(*, subject: Pledge | None = None, actor: Actor | None = None) -> Pairs:
    """The campaigns that take gifts now."""
    return goods_choices()


def related_choices(*, subject: Pledge | None = None, actor: Actor | None = None) -> Pairs:
    """To which hospital a donor may be related; to none first."""
    return [("", _("No")), *organisations.hospital_choices()]


def may_go_to(pledge: Pledge, line: NeedLine) -> bool:
    """Whether what the donor laid down lets the gift go to this line of a need."""
    return designation.covers(pledge.designation, line, place=pledge.region)
