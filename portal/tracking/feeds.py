"""Atom feeds (RFC 4287): what happened to one code, and on the whole site, newest first.

A feed is made of sealed entries and of their open facts alone: readers keep copies that no erasure
reaches, so named values stay on the page. Ids are `tag:` addresses (RFC 4151) under the portal's
own host and the day of sealing: they are the same in both languages, on a mirror and for ever.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.languages import in_language
from portal.tracking import queries, telling, words
from portal.tracking.finding.lookup import PAGES, Lost, nothing
from portal.tracking.models import Line
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import conditional
from portal.tracking.views import by_code

AT_ONCE = 50
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
KIND = "application/atom+xml; charset=utf-8"


class Feed(Atom1Feed):
    """Updated when its newest entry was sealed, whoever asks and whenever; RFC 4287, 4.2.15."""

    def latest_post_date(self) -> datetime:
        found: datetime = self.feed["sealed_at"]
        return found


@by_code
def of_code(request: HttpRequest, code: str) -> HttpResponse:
    """What happened to a gift, need, shipment, organisation, fund, campaign, warehouse or lot."""
    newest = queries.links_of(code).last()
    if newest is None or code[0] not in PAGES:
        raise Lost(nothing(code), status=404)
    begun = queries.links_of(code).select_related("line")[:1]

    def made() -> HttpResponse:
        lines = list(queries.newest_of(code, AT_ONCE))
        page = reverse(PAGES[code[0]][0], args=[code])
        name = words.name(lines[0].names, code)
        title = f"{name} {code}" if name != code else code
        return feed(request, code, begun[0].line.at, title=title, page=page, lines=lines)

    return conditional(request, f"{code}.{newest.line_id}.atom", made)


@require_safe
def site(request: HttpRequest) -> HttpResponse:
    """What happened lately: needs, gifts, goods counted in, decisions, deliveries."""
    title = _("What happened lately")
    return _of_all(request, "site", title, "tracking:home", lambda: queries.latest(AT_ONCE))


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """What was published and said anew."""

    def lines() -> list[Line]:
        return list(Line.objects.exclude(corrects="").order_by("-seq")[:AT_ONCE])

    return _of_all(request, "corrections", _("Corrections"), "tracking:corrections", lines)


def _of_all(
    request: HttpRequest, name: str, title: str, page: str, lines: Callable[[], list[Line]]
) -> HttpResponse:
    """A feed over the whole ledger; it began with the first entry."""

    def made() -> HttpResponse:
        first = Line.objects.order_by("seq").first()
        begun = first.at if first else datetime.fromisoformat("2026-01-01T00:00:00Z")
        return feed(request, name, begun, title=title, page=reverse(page), lines=lines())

    return conditional(request, f"{name}.{seen()}.atom", made)


def feed(
    request: HttpRequest,
    name: str,
    begun: datetime,
    *,
    title: str,
    page: str,
    lines: Iterable[Line],
) -> HttpResponse:
    """`name` and `begun` make its id; `lines`, newest first, its entries."""
    rows = list(lines)
    language = get_language() or settings.LANGUAGE_CODE
    made = Feed(
        title=_("%(title)s · Shanji") % {"title": title},
        link=settings.SITE_ORIGIN + page,
        description=None,
        language="en" if words.english() else "zh-Hans",
        author_name=_("Shanji"),
        feed_url=settings.SITE_ORIGIN + in_language(request.path_info, language),
        feed_guid=tag_of(name, begun),
        subtitle=_("Open facts of sealed entries; each entry leads to its proof."),
        feed_copyright=LICENCE,
        sealed_at=rows[0].at if rows else begun,
    )
    for line in rows:
        made.add_item(
            title=telling.title(line),
            link=settings.SITE_ORIGIN + reverse("tracking:entry", args=[line.seq]),
            description=_told(line, of=name),
            unique_id=tag_of(f"entry/{line.seq}", line.at),
            updateddate=line.at,
            pubdate=line.at,
            categories=[line.type, *line.codes],
        )
    return HttpResponse(made.writeString("utf-8"), content_type=KIND)


def tag_of(name: str, day: datetime) -> str:
    """`tag:portal.example,2026-03-02:entry/7`."""
    return f"tag:{settings.SITE_HOST},{day:%Y-%m-%d}:{name}"


def _told(line: Line, *, of: str) -> str:
    """Its open facts as a list; what was named stays on the page, from which it can be erased."""
    facts = telling.view(line, {}, of=of)["facts"]
    rows = ((fact["label"], fact["value"]) for fact in facts)
    inner = format_html_join("", "<li>{}: {}</li>", rows)
    return format_html("<ul>{}</ul>", inner) if inner else ""
