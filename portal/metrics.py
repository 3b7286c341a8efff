"""How the site is, for a monitoring system: `/metrics`, in Prometheus' text format 0.0.4.

Not public: it answers whoever knows METRICS_TOKEN, and is not there (404) while none is set. The
figures are those of `/healthz`, of the queues in the database, and of the newest checks; none of
them says anything of a person. Thirteen questions to the database, however much there is.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare

import ledger.api as ledger
from ledger.models import MODES
from portal import pages
from portal.notices.models import Notice
from portal.tracking.projection.projecting import seen
from portal.webhooks.models import Hook

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
CHECKS = ("fsck", "drill", "backup")


class Gauge(NamedTuple):
    """A figure that goes up and down: its name, what it is, and its value by label."""

    name: str
    help: str
    values: Mapping[str, float]


def metrics(request: HttpRequest) -> HttpResponse:
    """Http404 without a token in the settings; 401 without it in the request."""
    if not settings.METRICS_TOKEN:
        raise Http404
    sent = request.headers.get("Authorization", "").encode()
    if constant_time_compare(sent, f"Bearer {settings.METRICS_TOKEN}".encode()):
        answer = HttpResponse(text(timezone.now()), content_type=FORMAT)
    else:
        answer = HttpResponse("METRICS_TOKEN is wanted.\n", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
    add_never_cache_headers(answer)
    return answer


def text(now: datetime) -> str:
    """All figures; one that is not there yet (no checkpoint, no check) has no line."""
    lines = []
    for gauge in (*_of_log(now), *_of_queues(now), *_of_checks(now)):
        name = f"shanji_{gauge.name}"
        lines += [f"# HELP {name} {gauge.help}", f"# TYPE {name} gauge"]
        lines += [f"{name}{label} {value:.15g}" for label, value in gauge.values.items()]
    return "\n".join(lines) + "\n"


def _of_log(now: datetime) -> Iterator[Gauge]:
    told = pages.health(now)
    since = ledger.witnessed().since
    yield Gauge("release_info", "The release that runs.", {f'{{release="{settings.RELEASE}"}}': 1})
    modes = {f'{{mode="{mode}"}}': told["mode"] == mode for mode in MODES}
    yield Gauge("mode", "1 for the mode of the log; all are 0 without a log.", modes)
    yield Gauge("tree_size", "Sealed entries.", {"": told["tree_size"]})
    yield Gauge("projected", "Sealed entries that the public pages know.", {"": seen()})
    yield Gauge(
        "checkpoint_age_seconds", "Age of the newest signature.", _one(told["checkpoint_age_s"])
    )
    yield Gauge("unsealed", "Events that wait to be sealed.", {"": told["unsealed"]})
    oldest = told["oldest_unsealed_s"] or 0
    yield Gauge("oldest_unsealed_seconds", "How long the oldest has waited.", {"": oldest})
    missing = (now - since).total_seconds() if since else 0
    yield Gauge("quorum_missing_seconds", "How long witnesses have been missing.", {"": missing})


def _of_queues(now: datetime) -> Iterator[Gauge]:
    mails = Notice.objects.filter(state=Notice.State.WAITING).aggregate(
        n=Count("pk"), oldest=Min("queued_at")
    )
    waited = (now - mails["oldest"]).total_seconds() if mails["oldest"] else 0
    yield Gauge("notices_waiting", "Mails that wait to be sent.", {"": mails["n"]})
    yield Gauge("notices_oldest_seconds", "How long the oldest has waited.", {"": waited})
    running = Q(stopped_at=None)
    hooks = Hook.objects.aggregate(
        failing=Count("pk", filter=running & Q(attempts__gt=0)),
        stopped=Count("pk", filter=~running),
    )
    yield Gauge("webhooks_failing", "Webhooks whose last try failed.", {"": hooks["failing"]})
    yield Gauge("webhooks_stopped", "Webhooks that were given up.", {"": hooks["stopped"]})


def _of_checks(now: datetime) -> Iterator[Gauge]:
    lines = ledger.journal(*CHECKS)
    label = {kind: f'{{check="{kind}"}}' for kind in lines}
    good = {label[kind]: line.good for kind, line in lines.items()}
    ages = {label[kind]: (now - line.at).total_seconds() for kind, line in lines.items()}
    yield Gauge("check_good", "1 if the newest check of its kind found all well.", good)
    yield Gauge("check_age_seconds", "How long ago that was.", ages)


def _one(value: float | None) -> dict[str, float]:
    return {} if value is None else {"": value}
