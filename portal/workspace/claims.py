"""The donor's pages, by the secret link of one gift: it opens this gift and no other, again and
again.

As at the confirmation link the token is the whole authority: see `portal.receipts.views`.
"""

import re
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.accounts.acting import Actor
from portal.accounts.links import DeadLink, open_link, prolong
from portal.accounts.models import Link
from portal.accounts.roles import DONOR
from portal.accounts.secret import by_secret_link
from portal.catalogue.queries import described, unit_of
from portal.papers.printing import paper
from portal.pledges.models import Diversion, Pledge
from portal.pledges.queries import agreement_of, lines_of, unsent_lines
from portal.receipts.models import Receipt
from portal.receipts.queries import of_gift as receipts_of
from portal.shipping.forms import DirectForm
from portal.shipping.models import Shipment
from portal.shipping.queries import of_gift as shipments_of
from portal.stages.engine import allowed_moves
from portal.stages.models import Subject
from portal.stages.promises import receipt_file
from portal.stages.table import Move
from portal.stages.views import take
from portal.warehouse.models import Arrival

CLAIM = "claim"  # the purpose of the donor's link
CLAIM_DAYS = 180
ANSWERS = ("consent", "refuse")  # to the question whether a gift may be used otherwise


@by_secret_link
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """The gift, where its parts are, and what the donor can do now."""
    gift, actor = _opened(request, token)
    sendable = gift.stage in Pledge.lifecycle.move("dispatch").source
    context = {
        "gift": gift,
        "token": token,
        "lines": [
            {"line": line, "name": described(line.variant), "unit": unit_of(line.variant)}
            for line in lines_of(gift)
        ],
        "arrivals": Arrival.objects.filter(pledge=gift).select_related("warehouse").order_by("pk"),
        "shipments": shipments_of(gift),
        "to_explain": [r for r in receipts_of(gift.code) if r.stage == "discrepancy"],
        "can_send": sendable and unsent_lines(gift).exists(),
        "moves": _own_moves(gift, actor),
        "diversion": Diversion.objects.filter(pledge=gift).first(),
    }
    return render(request, "workspace/claim.html", context)


@by_secret_link
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The ledger's receipt for the registration of the gift."""
    gift, _actor = _opened(request, token)
    return receipt_file(lifecycle="pledge", code=gift.code, move="register")


@by_secret_link
def agreement(request: HttpRequest, token: str) -> HttpResponse:
    """The written agreement of an accepted gift, to print and sign; 404 before that."""
    gift, _actor = _opened(request, token)
    if gift.stage in ("registered", "declined", "withdrawn"):
        raise Http404
    address = settings.SITE_ORIGIN + reverse("plain:tracking:gift", args=[gift.code])
    context = {"address": address, **agreement_of(gift)}
    return paper(request, "pledges/agreement.html", context, name=f"{gift.code}-agreement")


@by_secret_link
def announce(request: HttpRequest, token: str) -> HttpResponse:
    """ "I have sent it to a warehouse"."""
    gift, actor = _opened(request, token)
    return _take(
        request, token, model=Arrival, move="announce", actor=actor, fields={"pledge": gift}
    )


@by_secret_link
def send(request: HttpRequest, token: str) -> HttpResponse:
    """ "I sent it straight to the hospital": packed and handed over in one step."""
    gift, actor = _opened(request, token)
    kind = partial(DirectForm, pledge=gift)
    context = {"direct": True}
    return _take(
        request,
        token,
        model=Shipment,
        move="pack",
        actor=actor,
        fields={"gift": gift},
        kind=kind,
        context=context,
    )


@by_secret_link
def move(request: HttpRequest, token: str, *, move: str) -> HttpResponse:
    """A move of the gift itself, or `explain` of the oldest open difference of a delivery sent by
    the donor."""
    gift, actor = _opened(request, token)
    if move in ANSWERS:
        asked = get_object_or_404(Diversion, pledge=gift)
        return _take(
            request,
            token,
            model=Diversion,
            move=move,
            actor=actor,
            subject=asked,
            template="workspace/diversion.html",
            context={"diversion": asked},
        )
    if move != "explain":
        return _take(request, token, model=Pledge, move=move, actor=actor, subject=gift)
    waiting = receipts_of(gift.code).filter(stage="discrepancy").first()
    if waiting is None:
        return redirect("workspace:claim", token=token)
    return _take(request, token, model=Receipt, move=move, actor=actor, subject=waiting)


def _own_moves(gift: Pledge, actor: Actor) -> list[Move]:
    """What the donor may do with the gift; a public promise is not his alone to take back."""
    bound = gift.announced_by is not None and gift.stage != "registered"
    moves = [m for m in allowed_moves(gift, actor) if not m.opens]
    return [m for m in moves if not (bound and m.name == "withdraw")]


def donor(request: HttpRequest) -> HttpResponse:
    """What the secret link is for, and a box to put it in."""
    typed = request.POST.get("link", "").strip().rstrip("/").rpartition("/")[2]
    if re.fullmatch(r"[A-Za-z0-9_-]{20,100}", typed, re.ASCII):
        return redirect("workspace:claim", token=typed)
    refused = request.method == "POST"
    status = 422 if refused else 200
    return render(request, "workspace/donor.html", {"refused": refused}, status=status)


def _opened(request: HttpRequest, token: str) -> tuple[Pledge, Actor]:
    """The gift of this link and the donor it makes; the link lives on from its last use. Raises
    DeadLink."""
    now = timezone.now()
    link = open_link(token, purpose=CLAIM, at=now)
    gift = Pledge.objects.filter(code=link.code).first()
    if gift is None:
        raise DeadLink
    if request.method != "HEAD":
        _prolong(link)
    return gift, Actor(role=DONOR, by_link=gift.code)


def _prolong(link: Link) -> None:
    """At most once a day, so that looking writes nothing most of the time."""
    now = timezone.now()
    if link.ends_at < now + timedelta(days=CLAIM_DAYS - 1):
        prolong(link, at=now, days=CLAIM_DAYS)


def _take(
    request: HttpRequest,
    token: str,
    *,
    model: type[Subject],
    move: str,
    actor: Actor,
    context: dict[str, Any] | None = None,
    **more: Any,
) -> HttpResponse:
    back = reverse("workspace:claim", args=[token])
    return take(
        request,
        model=model,
        move=move,
        actor=actor,
        done=lambda taken: back,
        context={"back": back, "by_link": True, **(context or {})},
        **more,
    )
