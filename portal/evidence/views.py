"""Published copies: fixed type, made name, nothing that a browser could run."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_safe

from portal.evidence import boxes, queries
from portal.evidence.sniffing import JPEG, PDF

ENDINGS = {JPEG: "jpg", PDF: "pdf", "image/png": "png", "image/webp": "webp"}
CSP = "default-src 'none'; sandbox"
RETRY_AFTER = 120  # seconds


@require_safe
def file(request: HttpRequest, sha256: str) -> HttpResponse:
    """A published copy; 404 for all else, also once it is withdrawn."""
    found = queries.published(sha256)
    if found is None:
        raise Http404
    return _answer(request, name=sha256, media=JPEG if found.is_picture else PDF)


@require_safe
def thumb(request: HttpRequest, sha256: str) -> HttpResponse:
    """The small picture of a published photo."""
    found = queries.published(sha256)
    if found is None or not found.thumb_sha256:
        raise Http404
    return _answer(request, name=found.thumb_sha256, media=JPEG, small=True)


def _answer(request: HttpRequest, *, name: str, media: str, small: bool = False) -> HttpResponse:
    try:
        data = boxes.get(boxes.PUBLIC, name)
    except boxes.Away:
        return away(request)
    except (boxes.Lost, boxes.Damaged):
        return _damaged(request, small=small)
    tag = quote_etag(name)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = served(data, media=media, name=f"shanji-{name[:12]}")
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=60"
    return response


def away(request: HttpRequest) -> HttpResponse:
    """The store is away, not the file: 503, so that nobody takes it for lost."""
    response = render(request, "evidence/away.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response


def served(data: bytes, *, media: str, name: str) -> HttpResponse:
    """Bytes that strangers sent, as nothing but what they are; a PDF is never shown in place."""
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = (
        content_disposition_header(media == PDF, f"{name}.{ENDINGS[media]}") or "inline"
    )
    response["Content-Security-Policy"] = CSP
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _damaged(request: HttpRequest, *, small: bool) -> HttpResponse:
    """A page that says so; in the place of a thumbnail a picture that does."""
    if small:
        response = render(request, "evidence/damaged.svg", status=404, content_type="image/svg+xml")
        response["Content-Security-Policy"] = CSP
    else:
        response = render(request, "evidence/damaged.html", status=404)
    add_never_cache_headers(response)
    return response
