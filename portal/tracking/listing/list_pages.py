"""The pages that list: gifts, shipments, organisations, each as its declaration says."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.tracking import showing, words
from portal.tracking.finding import search
from portal.tracking.gift import carried, gift_showing, sums, verdict
from portal.tracking.listing import list_forms
from portal.tracking.listing.declared import Asked
from portal.tracking.listing.listings import LISTS
from portal.tracking.models import Gift, Organisation, Subject
from portal.tracking.money import holdings, money_showing
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page

Cards = Callable[[list[Any], Asked], list[dict[str, Any]]]


def each(card: Callable[[Any], dict[str, Any]]) -> Cards:
    """Each row by itself."""
    return lambda rows, _asked: [card(row) for row in rows]


def answer(request: HttpRequest, key: str, cards: Cards, *, section: str) -> HttpResponse:
    """The page of a list; `cards`: the public rows as its template wants them."""
    version, asked = seen(), LISTS[key].read(request.GET.dict())
    if search.is_code(asked.values.get("q", "")):
        return redirect(f"{reverse('tracking:lookup')}?{urlencode({'q': asked.values['q']})}")

    def context() -> dict[str, Any]:
        found = asked.page()
        shown = cards(found.rows, asked)
        return {"section": section, "cards": shown, **list_forms.around(asked, found)}

    return page(request, f"tracking/{key}.html", context, version=f"{version}-{asked.key()}")


@require_safe
def gifts(request: HttpRequest) -> HttpResponse:
    """Every gift, newest first, or those that the address asks for."""
    return answer(request, "gifts", each(_gift), section="gifts")


def _gift(gift: Gift) -> dict[str, Any]:
    if holdings.is_money(gift):
        return money_showing.card(gift)
    return {
        "gift": gift,
        "href": reverse("tracking:gift", args=[gift.code]),
        "title": gift_showing.title(gift),
        "stage": showing.stage_label("pledge", gift.stage),
        "headline": verdict.headline(gift, verdict.shares(gift)),
        "bars": sums.split_bars(gift)[:1],
    }


@require_safe
def shipments(request: HttpRequest) -> HttpResponse:
    """Every consignment: from where to whom, and where it is."""

    return answer(request, "shipments", each(_shipment), section="gifts")


def _shipment(row: Subject) -> dict[str, Any]:
    told = carried.verdict(row)
    return {
        "code": row.code,
        "href": reverse("tracking:shipment", args=[row.code]),
        "title": words.name(row.names, row.hospital) if row.hospital else row.code,
        "headline": told["headline"],
        "stage": showing.stage_label("shipment", row.stage),
        "tone": showing.stage_tone("shipment", row.stage),
        "opened_at": row.opened_at,
    }


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """Hospitals, charities, donors, authorities: verified, or known from a notice."""

    return answer(request, "organisations", each(_organisation), section="organisations")


def _organisation(row: Organisation) -> dict[str, Any]:
    return {
        "organisation": row,
        "name": showing.organisation_name(row),
        "kind": words.label(words.KINDS, row.kind),
        "place": words.place_of(vars(row)),
        "stage": showing.stage_label("organisation", row.stage),
        "href": reverse("tracking:organisation", args=[row.code]),
    }
