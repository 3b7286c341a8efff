"""The hospital's page behind the link "still needed": what it asks for and one button.

The token in the address is the whole authority; see `portal.accounts.secret`.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from portal.accounts.acting import Actor
from portal.accounts.links import DeadLink, open_link, prolong
from portal.accounts.roles import HOSPITAL
from portal.accounts.secret import by_secret_link
from portal.catalogue.queries import described, unit_of
from portal.needs.freshness import LINK_DAYS, STILL_NEEDED
from portal.needs.models import Need
from portal.needs.queries import OPEN
from portal.organisations.queries import name_of
from portal.stages.models import Subject
from portal.stages.views import take


@by_secret_link
def still_needed(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the need and changes nothing; POST says it again, and the link lives on."""
    link = open_link(token, purpose=STILL_NEEDED, at=timezone.now())
    rows = Need.objects.select_related("hospital").filter(stage__in=OPEN)
    need = rows.filter(code=link.code).first()
    if need is None:
        raise DeadLink

    def done(taken: Subject) -> str:
        prolong(link, at=timezone.now(), days=LINK_DAYS)
        return reverse("needs:still_needed_thanks", args=[taken.code])

    lines = need.lines.select_related("variant__item").order_by("no")
    return take(
        request,
        model=Need,
        move="still_needed",
        actor=Actor(role=HOSPITAL, org=need.hospital.code, by_link=need.code),
        subject=need,
        template="needs/still_needed.html",
        context={
            "need": need,
            "hospital": name_of(need.hospital),
            "lines": [(described(x.variant), x.quantity, unit_of(x.variant)) for x in lines],
        },
        done=done,
    )


def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Where the button leads: it says where the public record stands."""
    need = Need.objects.filter(code=code, public_since__isnull=False).first()
    if need is None:
        raise Http404
    response = render(request, "needs/still_thanks.html", {"need": need})
    add_never_cache_headers(response)
    return response
