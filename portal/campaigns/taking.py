"""Whether gifts are taken now: asked wherever one would be (R14), and on which days (R15)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.campaigns.models import Campaign
from portal.campaigns.queries import accepting, within
from portal.campaigns.stages import PauseReason
from portal.stages.engine import MoveRefused


def pause_said() -> str:
    """Why no gifts are taken now, in one sentence; nothing while they are."""
    if accepting():
        return ""
    paused = Campaign.objects.filter(stage="paused").order_by("-since", "-pk").first()
    return paused_said(paused) if paused else ""


def paused_said(campaign: Campaign) -> str:
    """That a campaign takes nothing for now, and why."""
    words = {member.value: str(member.label) for member in PauseReason}
    return _(
        "No gifts are taken for now: %(reason)s (%(code)s). What has been given is being used; "
        "please come back later."
    ) % {"reason": words.get(campaign.pause_reason, campaign.stage_label), "code": campaign.code}


def refuse_goods(campaign: str, *, day: date) -> None:
    """Goods are taken while a campaign takes gifts; those that name one, on its days alone."""
    if not campaign:
        if said := pause_said():
            raise MoveRefused(said)
        return
    found = Campaign.objects.filter(code=campaign).first()
    if found is not None and found.stage == "paused":
        raise MoveRefused(paused_said(found))
    if found is None or found.stage != "active":
        raise MoveRefused(_("This campaign takes no gifts. Please choose another, or none."))
    if not within(found, day):
        raise MoveRefused(
            _(
                "Rule “campaign's days”: %(code)s takes gifts from %(first)s to %(last)s, and "
                "this is %(day)s. Please choose another campaign, or none."
            )
            % {
                "code": campaign,
                "first": found.starts_on,
                "last": found.ends_on,
                "day": day.isoformat(),
            }
        )


def goods_choices() -> list[tuple[str, Any]]:
    """The campaigns that a gift of goods may name; none first."""
    active = Campaign.objects.filter(stage="active").order_by("-pk")
    return [("", _("No campaign")), *((c.code, f"{c.title} · {c.code}") for c in active)]
