"""Files made for a gift, and what stands still: about, privacy."""

import io

import segno
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

import ledger.api as ledger
from portal.tracking.finding.lookup import Lost, nothing
from portal.tracking.gift import picturing
from portal.tracking.models import Gift, Link
from portal.tracking.responding import page, public
from portal.tracking.views import by_code

AN_HOUR = 3600


@by_code
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The address of the gift's page as a picture."""
    if not Gift.objects.filter(code=code).exists():
        raise Lost(nothing(code), status=404)
    picture = io.BytesIO()
    address = settings.SITE_ORIGIN + reverse("plain:tracking:gift", args=[code])
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=4, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    response = HttpResponse(picture.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@by_code
def share(request: HttpRequest, code: str) -> HttpResponse:
    """The picture that others show beside a link to the gift: made once for each of its states."""
    row = Gift.objects.filter(code=code).first()
    if row is None:
        raise Lost(nothing(code), status=404)
    tag = f"{settings.RELEASE}.{get_language()}.{code}.{row.version}.share"
    response = get_conditional_response(request, etag=quote_etag(tag))
    if response is None:
        made = cache.get_or_set(tag, lambda: picturing.of_gift(row), timeout=AN_HOUR)
        response = HttpResponse(made, content_type="image/png")
    return public(request, response, tag=tag)


@by_code
def events(request: HttpRequest, code: str) -> HttpResponse:
    """Every entry that concerns the gift, as sealed, byte for byte."""
    row = Gift.objects.filter(code=code).first()
    if row is None:
        raise Lost(nothing(code), status=404)
    tag = f"{settings.RELEASE}.{row.version}.events"
    unchanged = get_conditional_response(request, etag=quote_etag(tag))
    if unchanged is not None:
        return public(request, unchanged, tag=tag)
    seqs = Link.objects.filter(code=code).values_list("line_id", flat=True)
    parts = [
        f'{{"index":{e.index},"leaf":"{e.leaf.hex()}","entry":{e.raw.decode()}}}'
        for e in ledger.entries_at(sorted(seqs))
    ]
    listed = ",\n".join(parts)
    body = f'{{"code":"{code}","entries":[\n{listed}\n]}}\n'
    response = HttpResponse(body, content_type="application/json")
    return public(request, response, tag=tag)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return page(request, "tracking/about.html", lambda: {"section": "about"}, version=0)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return page(request, "tracking/privacy.html", dict, version=0)
