"""The donor's pages: give part of a need's line, give what you have, and keep the secret link."""

from functools import partial
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.accounts.acting import Actor
from portal.accounts.links import make_link
from portal.accounts.roles import DONOR
from portal.campaigns.taking import pause_said
from portal.catalogue.queries import described, unit_of
from portal.evidence.forms import FilesForm
from portal.input.limits import allowed
from portal.needs.models import NeedLine
from portal.needs.queries import OPEN
from portal.needs.stages import QuantityKind
from portal.organisations.queries import body_of, name_of
from portal.pledges import queries
from portal.pledges.forms import GiftForm
from portal.pledges.models import Pledge
from portal.stages.models import Subject
from portal.stages.promises import receipt_file
from portal.stages.views import take

PER_HOUR = 20
CLAIM_DAYS = 180
GIVEN = "given"  # session: codes of gifts whose secret link is still to be shown
REGISTERED = "registered"  # session: codes of the gifts last registered here


def pledge(request: HttpRequest, code: str, no: int) -> HttpResponse:
    """ "I give part of this line": 404 for what is not public, 410 for a need that is closed."""
    line = queries.asked_line(code=code, no=no)
    if line is None:
        raise Http404
    context = {"line": line, **_about(line)}
    if line.need.stage not in OPEN:
        return render(request, "pledges/closed.html", context, status=410)
    return _give(request, template="pledges/pledge.html", context=context, line=line)


def offer(request: HttpRequest) -> HttpResponse:
    """A gift for no special need."""
    return _give(request, template="pledges/offer.html", context={}, line=None)


@never_cache
def given(request: HttpRequest, code: str) -> HttpResponse:
    """The page after giving: code, QR, public link, and, this one time, the secret link.

    The token is made here and shown; it is neither kept nor in any address of ours that is logged.
    """
    gift = get_object_or_404(Pledge, code=code)
    waiting = request.session.get(GIVEN, [])
    context = {"gift": gift, "public_link": public_link(code), "claim_link": "", "receipt_link": ""}
    if code in request.session.get(REGISTERED, []):
        context["receipt_link"] = reverse("pledges:receipt", args=[code])
    if code in waiting:
        request.session[GIVEN] = [other for other in waiting if other != code]
        token = make_link(purpose="claim", code=code, at=timezone.now(), days=CLAIM_DAYS)
        context["claim_link"] = settings.SITE_ORIGIN + reverse(
            "plain:workspace:claim", args=[token]
        )
    qr = segno.make(public_link(code), error="m").svg_data_uri(border=2, scale=4)
    response = render(request, "pledges/given.html", {**context, "qr": qr})
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The ledger's receipt for a gift that this browser has just registered."""
    if code not in request.session.get(REGISTERED, []):
        raise Http404
    return receipt_file(lifecycle="pledge", code=code, move="register")


def public_link(code: str) -> str:
    """The address of a gift's public page, as it stands in QR codes: every language."""
    return f"{settings.SITE_ORIGIN}/g/{code}/"


def _give(
    request: HttpRequest, *, template: str, context: dict[str, Any], line: NeedLine | None
) -> HttpResponse:
    if request.method == "POST" and "more" not in request.POST and not _may_give(request):
        reason = _(
            "At most 20 gifts an hour can be registered from one connection. "
            "Please try again in an hour, or put several items into one gift."
        )
        limited = render(request, "429.html", {"reason": reason}, status=429)
        limited["Retry-After"] = "3600"
        return limited
    get_token(request)
    return take(
        request,
        model=Pledge,
        move="register",
        actor=Actor(role=DONOR),
        done=partial(_shown_once, request),
        template=template,
        context={**context, "paused": pause_said()},
        kind=partial(GiftForm, line=line, browser=request.META["CSRF_COOKIE"]),
        photos=partial(FilesForm, required=False),
    )


def _shown_once(request: HttpRequest, gift: Subject) -> str:
    registered = [code for code in request.session.get(REGISTERED, []) if code != gift.code]
    request.session[REGISTERED] = [*registered, gift.code][-PER_HOUR:]
    waiting = [code for code in request.session.get(GIVEN, []) if code != gift.code]
    request.session[GIVEN] = [*waiting, gift.code]
    return reverse("pledges:given", args=[gift.code])


def _may_give(request: HttpRequest) -> bool:
    """No address is kept: what is counted is its keyed hash."""
    sender = salted_hmac("pledges", request.META.get("REMOTE_ADDR", "")).hexdigest()
    return allowed(f"pledge:{sender}", limit=PER_HOUR, per=3600, at=timezone.now())


def _about(line: NeedLine) -> dict[str, Any]:
    return {
        "item": described(line.variant),
        "unit": unit_of(line.variant),
        "hospital": name_of(line.need.hospital),
        "body": name_of(body) if (body := body_of(line.need.hospital)) else "",
        "asked_kind": QuantityKind(line.quantity_kind).label,
    }
