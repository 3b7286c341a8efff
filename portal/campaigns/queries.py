"""What others ask about campaigns."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from portal.accounts.acting import Actor
from portal.campaigns.models import Campaign
from portal.campaigns.stages import Planned


def as_planned(*, subject: Campaign, actor: Actor | None = None) -> dict[str, Any]:
    """The plan as it is, for the form that changes it."""
    return {spec.name: getattr(subject, spec.name) for spec in Planned.specs()}


def campaigns_of(org: str) -> QuerySet[Campaign]:
    """The campaigns of an organisation that were filed, newest first."""
    found = Campaign.objects.filter(org__code=org, public_since__isnull=False)
    return found.select_related("org").order_by("-pk")


def accepting(org: str = "") -> bool:
    """Whether gifts are taken: not while every campaign that could take them is paused.

    `org`: of one organisation only. Where no campaign was begun, nothing is paused.
    """
    begun = Campaign.objects.filter(stage__in=("active", "paused"))
    found = set((begun.filter(org__code=org) if org else begun).values_list("stage", flat=True))
    return found != {"paused"}


def within(campaign: Campaign, day: date) -> bool:
    """Whether a gift of this day may be booked to it (R15)."""
    first, last = campaign.starts_on, campaign.ends_on
    return first is not None and last is not None and first <= day <= last
