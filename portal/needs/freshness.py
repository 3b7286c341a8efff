"""What time does to needs, and the link by which a hospital says that one is still needed."""

from datetime import datetime, timedelta

from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.links import end_links, make_link
from portal.needs.models import Need
from portal.needs.queries import OPEN
from portal.stages.clock import move_on
from portal.stages.engine import MoveRefused

FRESH = timedelta(hours=48)  # so long a need stands without the hospital saying it again
STILL_NEEDED = "still_needed"  # the purpose of the hospital's link
LINK_DAYS = 60


def tick(*, at: datetime) -> int:
    """What time brings about: needs past their day run out, needs not confirmed for 48 hours go
    stale. How many; those that somebody else moves at the same moment wait for the next tick."""
    standing = Need.objects.filter(stage__in=OPEN)
    past = standing.filter(valid_until__lt=timezone.localdate(at))
    old = standing.exclude(stage="stale").annotate(said=Coalesce("confirmed_at", "public_since"))
    moved = move_on(past, "expire", at=at)
    return moved + move_on(old.filter(said__lte=at - FRESH), "go_stale", at=at)


def renew_link(need: Need, *, at: datetime) -> str:
    """A new secret link by which the hospital says "still needed", again and again; it ends the
    earlier ones."""
    if need.stage not in OPEN:
        raise MoveRefused(
            _("The need %(code)s is “%(stage)s”: there is nothing to confirm.")
            % {"code": need.code, "stage": need.stage_label}
        )
    end_links(purpose=STILL_NEEDED, code=need.code)
    return make_link(purpose=STILL_NEEDED, code=need.code, at=at, days=LINK_DAYS)
