"""Certificates as pages: the paper of a gift, and what there is to say of a number on a paper.

`/g/<code>/certificate/` is a paper, to print or as PDF: the certificate of what was confirmed or
received, and another one, which nobody takes for it, as long as nothing was. Its QR code opens
`/certificates/<number>/`, which says whether the number is valid, superseded or unknown.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import ledger.api as ledger
from ledger.core import codes
from portal.input.limits import allowed
from portal.papers.printing import NoPdf, as_pdf, can_pdf
from portal.tracking.certificates import attesting
from portal.tracking.certificates.certificate import Certificate
from portal.tracking.finding import lookup as finding
from portal.tracking.models import Gift
from portal.tracking.responding import page, public
from portal.tracking.views import by_code

A_MINUTE = 60  # PDFs for one address: one after the other they take longer than that


@by_code
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The gift's certificate, or the note of its promise, as a page to print."""
    gift, newest = _found(code)
    return page(
        request,
        attesting.template_of(newest),
        lambda: _context(gift, newest),
        version=_version(gift, newest),
    )


@by_code
def paper_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as PDF; where none can be made, the page with a sentence that says so."""
    gift, newest = _found(code)
    parts = settings.RELEASE, get_language(), _version(gift, newest), ledger.erasures()
    tag = f"{'.'.join(map(str, parts))}.pdf"
    unchanged = get_conditional_response(request, etag=quote_etag(tag))
    if unchanged is not None:
        return public(request, unchanged, tag=tag)
    caller = salted_hmac("paper", request.META.get("REMOTE_ADDR", "")).hexdigest()
    if not allowed(f"paper:{caller}", limit=A_MINUTE, per=60, at=timezone.now()):
        reason = _("More than sixty papers in a minute went to your address. Please wait.")
        return render(request, "429.html", {"reason": reason}, status=429)
    template, context = attesting.template_of(newest), _context(gift, newest)
    try:
        made = as_pdf(render_to_string(template, {**context, "pdf": True}, request))
    except NoPdf as missing:
        told = {**context, "no_pdf": str(missing), "can_pdf": False}
        return public(request, render(request, template, told), tag=tag)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-certificate.pdf"'
    return public(request, response, tag=tag)


@require_safe
def number(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the certificate with this number is valid, superseded, or was never given."""
    try:
        known = codes.normalise(code)
    except codes.WrongCode as wrong:
        return _unknown(request, code, finding.sentence(wrong.reason))
    if known != code:
        return redirect("tracking:certificate", known)
    of = Certificate.objects.filter(code=code).values("gift")[:1]
    rows = list(Certificate.objects.filter(gift__in=of).order_by("-n"))
    row = next((row for row in rows if row.code == code), None)
    if row is None:
        return _unknown(request, code)
    gift = Gift.objects.get(code=row.gift)
    version = f"{gift.version}.{rows[0].version}"
    return page(
        request,
        "tracking/certificate.html",
        lambda: attesting.answer(gift, row, rows),
        version=version,
    )


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """A field for a number; it leads to what there is to say of it."""
    typed = request.GET.get("q", "")
    if not typed.strip():
        context = {"section": "gifts", "state": ""}
        return page(request, "tracking/certificate.html", lambda: context, version=0)
    try:
        return redirect("tracking:certificate", codes.normalise(typed))
    except codes.WrongCode as wrong:
        return _unknown(request, typed, finding.sentence(wrong.reason), status=422)


def _unknown(
    request: HttpRequest, typed: str, error: str = "", *, status: int = 404
) -> HttpResponse:
    context = attesting.unknown(typed[: finding.LONGEST], error)
    return render(request, "tracking/certificate.html", context, status=status)


def _found(code: str) -> tuple[Gift, Certificate | None]:
    gift = Gift.objects.filter(code=code).first()
    if gift is None:
        raise finding.Lost(finding.nothing(code), status=404)
    return gift, Certificate.objects.filter(gift=code).order_by("-n").first()


def _version(gift: Gift, newest: Certificate | None) -> str:
    return f"{gift.version}.{newest.version if newest else 0}"


def _context(gift: Gift, newest: Certificate | None) -> dict[str, Any]:
    return {
        **attesting.paper(gift, newest),
        "pdf": False,
        "can_pdf": can_pdf(),
        "pdf_url": reverse("tracking:gift_certificate_pdf", args=[gift.code]),
        "back": reverse("tracking:gift", args=[gift.code]),
    }
