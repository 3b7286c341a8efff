"""The secret link by which a carrier enters, changes and withdraws its own offers of transport,
without an account."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.links import make_link, open_link
from portal.accounts.roles import CARRIER, COORDINATOR, DISPATCHER
from portal.accounts.secret import by_secret_link
from portal.shipping.models import Capacity
from portal.stages.admin import SubjectAdmin
from portal.stages.engine import allowed_moves
from portal.stages.views import take

CARRY = "carry"  # the purpose of the link: of one charity, used again and again
CARRY_DAYS = 90
MOST_OFFERS = 50


@by_secret_link
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """The form of an offer, and the offers made by this link before; the charity that gave the link
    answers for whom it gave it to."""
    actor = _carrier(token)
    mine = Capacity.objects.filter(org=actor.org, entered_by=actor.who).order_by("-pk")
    here = reverse("shipping:carry", args=[token])
    return take(
        request,
        model=Capacity,
        move="offer",
        actor=actor,
        fields={"org": actor.org, "entered_by": actor.who},
        template="shipping/carry.html",
        context={
            "made": mine.filter(code=request.GET.get("made", "")).first(),
            "offers": [
                {"row": row, "moves": allowed_moves(row, actor)} for row in mine[:MOST_OFFERS]
            ],
            "token": token,
            "by_link": True,
            "days": CARRY_DAYS,
        },
        done=lambda taken: f"{here}?made={taken.code}",
    )


@by_secret_link
def offer_move(request: HttpRequest, token: str, *, code: str, move: str) -> HttpResponse:
    """A carrier changes or withdraws an offer of its own; other carriers' are not found."""
    actor = _carrier(token)
    mine = Capacity.objects.filter(org=actor.org, entered_by=actor.who)
    back = reverse("shipping:carry", args=[token])
    return take(
        request,
        model=Capacity,
        move=move,
        actor=actor,
        subject=get_object_or_404(mine, code=code),
        context={"back": back, "by_link": True},
        done=lambda taken: f"{back}?made={taken.code}",
    )


def _carrier(token: str) -> Actor:
    """Whom this link speaks for: one carrier of one charity. Raises DeadLink."""
    link = open_link(token, purpose=CARRY, at=timezone.now())
    return Actor(role=CARRIER, org=link.code, by_link=f"{link.code}/{link.pk}")


class CarrierLink(SubjectAdmin):
    """The list of offers leads to it; a link is shown once, and each carrier gets its own."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.carrier_link_view)
        return [path("link/", view, name="shipping_capacity_carrier"), *super().get_urls()]

    def openings(self, request: HttpRequest) -> list[tuple[str, object]]:
        found = super().openings(request)
        if self._giver(request) is None:
            return found
        return [*found, (reverse("admin:shipping_capacity_carrier"), _("A link for a carrier"))]

    def carrier_link_view(self, request: HttpRequest) -> HttpResponse:
        """POST makes a new link and shows it this one time; earlier ones go on working."""
        giver = self._giver(request)
        if giver is None:
            raise Http404
        link = ""
        if request.method == "POST":
            now = timezone.now()
            token = make_link(purpose=CARRY, code=giver.org, at=now, days=CARRY_DAYS)
            link = settings.SITE_ORIGIN + reverse("plain:shipping:carry", args=[token])
        page: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("A link for a carrier"),
            "link": link,
            "days": CARRY_DAYS,
        }
        response = render(request, "shipping/carrier_link.html", page)
        add_never_cache_headers(response)
        return response

    def _giver(self, request: HttpRequest) -> Actor | None:
        mine = self.capacities(request)
        return next((a for a in mine if a.role in (DISPATCHER, COORDINATOR)), None)
