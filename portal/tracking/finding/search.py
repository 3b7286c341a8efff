"""The one box: a code leads to its page; words, a donor's published name or a waybill number to
what they are found in. Without script it is a form; with it the same answer comes while typing."""

import re
import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from portal.input.limits import allowed
from portal.tracking.finding import grams, lookup, searching
from portal.tracking.responding import fragment, page

A_MINUTE = 60  # look-ups of codes from one address
WORDS_A_MINUTE = 180  # questions in words: one comes with every pause in typing
LONGEST = 200
PATH = re.compile(r"/(?:g|needs|shipments|o|f|m|lots|warehouses)/([A-Z]-[2-9A-HJKMNP-Z]{10})\b")
CODE_LIKE = re.compile(r"[A-Z]\s*-|[A-Z][\s-]*(?=[A-Z]*[0-9])[0-9A-Z][0-9A-Z\s-]{4,}\Z", re.ASCII)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Leads to the page of a code, or shows what was found, or says what is wrong."""
    if "q" not in request.GET:
        return page(request, "tracking/lookup.html", lambda: {"section": "search"}, version=0)
    typed = request.GET["q"]
    written = plain(typed)
    if not _allowed(request, written):
        reason = _("More than sixty look-ups in a minute came from your address. Please wait.")
        return render(request, "429.html", {"reason": reason}, status=429)
    try:
        href = lookup.found(written) if _code_like(written) or not written else ""
    except lookup.Lost as lost:
        words = [] if written[1:2] == "-" else searching.groups(written)
        return _answer(request, typed, words, lost=lost)
    if not href:
        return _answer(request, typed, searching.groups(written))
    if fragment(request):
        return _answer(request, typed, [], href=href)
    return redirect(href)


def plain(typed: str) -> str:
    """As typed, in half width; of a pasted address of a page only its code."""
    written = unicodedata.normalize("NFKC", typed[: LONGEST + 1]).strip()
    inside = PATH.search(written)
    return inside[1] if inside else written


def is_code(typed: str) -> bool:
    """Whether it is the code of something, however it is written."""
    try:
        return bool(lookup.read(plain(typed)))
    except lookup.Lost:
        return False


def _code_like(written: str) -> bool:
    """Whether somebody meant a code, right or wrong; `N95` and `GB 19083` are words too.

    One code in twenty has no digit at all: what checks as a code is one."""
    return len(written) > LONGEST or bool(CODE_LIKE.match(written.upper())) or is_code(written)


def _allowed(request: HttpRequest, written: str) -> bool:
    caller = salted_hmac("lookup", request.META.get("REMOTE_ADDR", "")).hexdigest()
    code = _code_like(written) or not fragment(request)
    key, limit = ("lookup", A_MINUTE) if code else ("find", WORDS_A_MINUTE)
    return allowed(f"{key}:{caller}", limit=limit, per=60, at=timezone.now())


def _answer(
    request: HttpRequest,
    typed: str,
    found: list[searching.Group],
    *,
    href: str = "",
    lost: lookup.Lost | None = None,
) -> HttpResponse:
    if lost is None and not href and not grams.terms(typed):
        lost = lookup.Lost(_("Please type words or a code: letters or digits."), status=422)
    context: dict[str, Any] = {
        "typed": typed[:LONGEST],
        "groups": found,
        "href": href,
        "error": str(lost) if lost and not found else "",
        "says": said(found, href=href),
        "instant": fragment(request),
        "section": "search",
    }
    status = lost.status if lost and not found else 200
    template = "tracking/_found.html" if fragment(request) else "tracking/lookup.html"
    response = render(request, template, context, status=200 if fragment(request) else status)
    response["Cache-Control"] = "private, no-store"
    return response


def said(found: list[searching.Group], *, href: str) -> str:
    """What a screen reader hears when the answer has come."""
    if href:
        return _("This is a code; its page is the only result.")
    count = sum(len(group.rows) for group in found)
    if not count:
        return _("Nothing found")
    return ngettext("%(n)d result shown", "%(n)d results shown", count) % {"n": count}
