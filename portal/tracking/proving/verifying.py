"""Proofs to take away, and the page where they are checked without trusting it."""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import ledger.api as ledger
from portal.input.speaking import english
from portal.tracking import showing
from portal.tracking.finding.lookup import Lost, found, nothing
from portal.tracking.proving import offline, proofs, saying
from portal.tracking.responding import page, public
from portal.tracking.views import by_code

WITH_PROOFS = "GNSP"  # an organisation's entries are without end


def _known(code: str) -> None:
    """Raises Lost for what has no public page, or no proofs."""
    if code[0] not in WITH_PROOFS:
        raise Lost(nothing(code), status=404)
    found(code)


@by_code
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """Every entry of the code with its proof, as one zip."""
    _known(code)
    case = proofs.of(code)
    if not case.proofs:
        raise Lost(
            _(
                "No entry of %(code)s is under a published checkpoint yet. "
                "Please try again in a minute."
            )
            % {"code": code},
            status=404,
        )
    response = _file(request, proofs.as_zip(case), "application/zip")
    response["Content-Disposition"] = f'attachment; filename="{code}.zip"'
    return response


@by_code
def proof_json(request: HttpRequest, code: str) -> HttpResponse:
    """The same for the card on the page of the code."""
    _known(code)
    return _file(request, proofs.as_json(proofs.of(code)), "application/json")


def _file(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
    """Tagged by what is in it: a value erased, or a cosignature added, makes another file."""
    tag = sha256(body).hexdigest()[:32]
    unchanged = get_conditional_response(request, etag=quote_etag(tag))
    response = unchanged or HttpResponse(body, content_type=content_type)
    return public(request, response, tag=tag)


def _policy() -> str | None:
    newest = ledger.published()
    return newest.policy.decode() if newest else None


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Check proofs in this browser."""
    policy = _policy()

    def context() -> dict[str, Any]:
        crumbs = showing.crumbs((_("Verify proofs"), ""))
        return {"strings": saying.words(), "policy": policy, "crumbs": crumbs, "section": "ledger"}

    version = sha256((policy or "").encode()).hexdigest()[:16]
    return page(request, "tracking/verify.html", context, version=version)


@require_safe
def verify_offline(request: HttpRequest) -> HttpResponse:
    """The verifier as one file to keep."""
    response = _file(request, offline.document(policy=_policy()).encode(), "text/html")
    language = "en" if english() else "zh"
    name = f"shanji-verify-{settings.RELEASE}-{language}.html"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
