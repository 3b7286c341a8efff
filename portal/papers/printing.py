"""Papers that are printed: one HTML template each, shown as a page to print or made into a PDF.

    return paper(request, "shipping/packing_list.html", context, name=f"{code}-packing-list")

`?print` answers with the page, always; without it the PDF comes, and where no PDF can be made, the
page with a sentence that says so. The template extends `papers/paper.html`, whose only stylesheet
is `static/papers.css`; the pictures in it are `data:` addresses. The PDF embeds its fonts and is
the same bytes for the same content, so a paper carries no time of printing.
"""

from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

_one_at_a_time = Lock()  # pango is not made for threads, and a PDF takes a whole processor


class NoPdf(Exception):
    """WeasyPrint, or Debian's pango that it calls, is not installed."""


def paper(
    request: HttpRequest, template: str, context: dict[str, Any], *, name: str
) -> HttpResponse:
    """The paper as PDF, or as the page to print. `name`: of the file, without its ending."""
    said = ""
    if "print" not in request.GET:
        try:
            made = as_pdf(render_to_string(template, {**context, "pdf": True}, request))
        except NoPdf as missing:
            said = str(missing)
        else:
            response = HttpResponse(made, content_type="application/pdf")
            response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
            add_never_cache_headers(response)
            return response
    page = {**context, "pdf": False, "no_pdf": said, "can_pdf": can_pdf() and not said}
    response = render(request, template, page)
    add_never_cache_headers(response)
    return response


def can_pdf() -> bool:
    """Whether WeasyPrint is installed (that pango is too shows when it is called)."""
    return find_spec("weasyprint") is not None


def as_pdf(html: str) -> bytes:
    """PDF/UA-1 of a whole page. Nothing is fetched: not from the network, not from the disk.

    Raises NoPdf where it cannot be made; FatalURLFetchingError for a page that names anything
    but `data:`.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 -- optional, and slow to import
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ImportError, OSError) as missing:  # OSError: no pango
        raise NoPdf(str(missing)) from missing
    nothing_outside = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    with _one_at_a_time:
        page = HTML(string=html, url_fetcher=nothing_outside)
        made: bytes = page.write_pdf(stylesheets=[_stylesheet()], pdf_variant="pdf/ua-1")
    return made


@cache
def _stylesheet() -> Any:
    from weasyprint import CSS  # noqa: PLC0415 -- as above

    return CSS(string=(settings.BASE / "static" / "papers.css").read_text("utf-8"))
