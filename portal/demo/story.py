"""The story that the demonstration plays: three weeks of needs, gifts, shipments and confirmations.

Everything goes through the same commands as on any day (acts.py), on the story's own clock
(clock.py). Hospitals, donors and persons are invented; the need lines are real ones (needs/
demo_needs.csv).
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain, count

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from ledger import publishing, sealing
from portal.accounts.links import make_link
from portal.catalogue import commands as catalogue
from portal.celery import app
from portal.demo import needs, plots
from portal.demo.cast import PASSWORD, World, gather
from portal.demo.clock import Journey
from portal.demo.clock import play as play_journeys
from portal.needs.freshness import STILL_NEEDED
from portal.needs.models import Need
from portal.pledges.models import Pledge
from portal.shipping.models import Shipment
from portal.tracking.certificates.certificate import Certificate
from portal.tracking.projection import projecting

Progress = Callable[[int, int, str], None]  # done, total, what happens now
LENGTH = timedelta(days=21)
REMEMBERED = "demo.json"
STEPS = 470  # about as many waits as the journeys have


def play(*, at: datetime, progress: Progress) -> None:
    """Three weeks up to `at`, sealed, published and projected."""
    begins = at - LENGTH
    world = World()
    catalogue.load(at=begins)
    gather(world, at=begins + timedelta(hours=1))
    needs.post_all(world, at=begins + timedelta(hours=3))
    ticks = count(1)

    def each(now: datetime) -> None:
        done = next(ticks)
        progress(min(done, STEPS), STEPS, f"{now:%m-%d %H:%M}")
        if done % 40 == 0:  # a checkpoint now and then, as on real days
            settle()

    play_journeys(_cast(world, begins), until=at, each=each)
    settle()
    app.control.purge()  # the doorbell rang for every step; all of it is sealed
    _remember(world, at=at)


def settle() -> None:
    """Seal, publish and project everything recorded so far."""
    now = timezone.now()  # of the machine: what is sealed now is sealed now
    sealing.seal_all(at=now)
    publishing.sign_and_publish(at=now)
    projecting.project_all()


def codes() -> list[tuple[str, str]]:
    """What to look at: a sentence and an address without the site in front."""
    kept = settings.VAR / REMEMBERED
    return [tuple(pair) for pair in json.loads(kept.read_text())] if kept.exists() else []


def _remember(world: World, *, at: datetime) -> None:
    """Keep what `make demo` prints each time it starts: gifts worth a look, two secret links."""
    found = [(sentence, f"/g/{world.gifts[sentence]}/") for sentence in plots.LOOK_AT]
    old = Certificate.objects.exclude(ended_by="").order_by("-seq").first()
    if old is not None:
        said = gettext_noop("A certificate that was superseded")
        found.append((said, f"/certificates/{old.code}/"))
    came = Shipment.objects.filter(stage__in=("delivered", "unconfirmed"))
    waiting = came.order_by("stage", "pk").first()
    if waiting is not None:
        token = make_link(purpose="confirm", code=waiting.code, at=at, days=30)
        found.append(
            (gettext_noop("The hospital confirms a delivery by this link"), f"/confirm/{token}/")
        )
    stale = Need.objects.filter(stage="stale").order_by("pk").first()
    if stale is not None:
        token = make_link(purpose=STILL_NEEDED, code=stale.code, at=at, days=60)
        said = gettext_noop("The hospital says by this link that its need still stands")
        found.append((said, f"/still-needed/{token}/"))
    ready = Pledge.objects.filter(stage="accepted").order_by("pk").first()
    if ready is not None:
        token = make_link(purpose="claim", code=ready.code, at=at, days=180)
        found.append(
            (gettext_noop("The donor's private link of an accepted gift"), f"/claim/{token}/")
        )
    kept = settings.VAR / REMEMBERED
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(found))


def _cast(world: World, begins: datetime) -> Iterator[tuple[datetime, Journey]]:
    for hours_later, journey in chain(needs.keeping(world), plots.all_of(world)):
        yield begins + timedelta(hours=hours_later), journey


__all__ = ["PASSWORD", "codes", "play"]
