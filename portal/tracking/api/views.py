"""The read-only interface: the public lists, one thing of a list, lots, entries, figures.

Lists are asked as their pages are, with the same filters and orders, and answer the same rows: all
are made of the one declaration in `listings`.
"""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.tracking import queries
from portal.tracking.api.answering import Problem, answer, open_to_all
from portal.tracking.api.describing import described
from portal.tracking.feeds import LICENCE
from portal.tracking.finding import lookup, places
from portal.tracking.listing.declared import Asked, ListOf
from portal.tracking.listing.listings import LISTS
from portal.tracking.models import Holding, Line
from portal.tracking.projection.projecting import seen
from portal.tracking.statistics import telling
from portal.tracking.statistics.statement import at_present

USUAL, MOST = 50, 200
OTHERS = ("lots", "entries", "statistics")
PAGING = ("sort", "after", "before", "limit")


@open_to_all
def index(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    lists = {name: reverse("plain:tracking:api_list", args=[name]) for name in (*LISTS, *OTHERS)}
    openapi = {"openapi": reverse("plain:tracking:api_description"), "licence": LICENCE}
    return answer(request, lambda: {**lists, **openapi}, version="api")


@open_to_all
def description(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, made from the declarations of the lists."""
    return answer(request, described, version="openapi")


@open_to_all
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """One page of a list: as many things as `limit` says, each with all its records."""
    listing = _list(name)
    limit, asked = _limit(request), _asked(request, listing)
    version = seen()

    def made() -> dict[str, Any]:
        page = asked.page(limit)
        return {
            "list": name,
            "as_of": version,
            "licence": LICENCE,
            "count": page.count,
            "count_is_least": page.least,
            "next": _page(name, page.next, limit),
            "previous": _page(name, page.previous, limit),
            "rows": [listing.cells(record) for record in asked.records(page.rows)],
        }

    response = answer(request, made, version=f"{name}.{version}.{asked.key()}.{limit}")
    return response


@open_to_all
def thing(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """The records of one code, the same as in its list."""
    listing, known = _list(name), lookup.read(code)
    version = seen()

    def made() -> dict[str, Any]:
        found = list(listing.things([known]).values())
        if not found:
            raise Problem(lookup.nothing(known), status=404)
        records = listing.records(found, listing.read({}))
        return {
            "list": name,
            "as_of": version,
            "licence": LICENCE,
            "rows": [listing.cells(record) for record in records],
        }

    return answer(request, made, version=f"{name}.{version}.{known}")


@open_to_all
def statistics(request: HttpRequest) -> HttpResponse:
    """Every public figure: the same as /statistics.json."""

    def made() -> dict[str, Any]:
        return {"licence": LICENCE, **telling.told(at_present())}

    return answer(request, made, version=f"statistics.{seen()}")


@open_to_all
def entries(request: HttpRequest) -> HttpResponse:
    """Sealed entries in the order of the ledger, after an index; of one code if one is given."""
    _known(request, {"after", "limit", "code"})
    limit, after = _limit(request), _number(request, "after", -1, least=-1)
    code = lookup.read(request.GET["code"]) if "code" in request.GET else ""
    version = seen()

    def made() -> dict[str, Any]:
        found: QuerySet[Line] = Line.objects.filter(seq__gt=after).order_by("seq")
        if code:
            links = queries.links_of(code).filter(line_id__gt=after)
            found = queries.some_of(links, limit + 1).order_by("seq")
        lines = list(found[: limit + 1])
        keep = {"code": code} if code else {}
        more = urlencode({**keep, "after": lines[limit - 1].seq}) if len(lines) > limit else ""
        return {
            "list": "entries",
            "as_of": version,
            "licence": LICENCE,
            "next": _page("entries", f"?{more}" if more else "", limit),
            "rows": [entry_of(line) for line in lines[:limit]],
        }

    return answer(request, made, version=f"entries.{version}.{code}.{after}.{limit}")


@open_to_all
def lots(request: HttpRequest) -> HttpResponse:
    """Where the pieces of every lot are: one row for each place that holds some; of one gift if it
    is named."""
    _known(request, {"after", "limit", "gift"})
    limit, gift = _limit(request), request.GET.get("gift", "")
    code = lookup.read(gift) if gift else ""
    key = _key(request.GET.get("after", ""))
    version = seen()

    def made() -> dict[str, Any]:
        found = Holding.objects.filter(amount__gt=0).exclude(lot="")
        found = found.filter(gift=code) if code else found
        found = found.filter(places.beyond(Holding.KEY, key)) if key else found
        rows = list(found.order_by(*Holding.KEY)[: limit + 1])
        keep = {"gift": code} if code else {}
        last = "~".join(getattr(rows[limit - 1], n) for n in Holding.KEY) if rows[limit:] else ""
        more = urlencode({**keep, "after": last}) if last else ""
        return {
            "list": "lots",
            "as_of": version,
            "licence": LICENCE,
            "next": _page("lots", f"?{more}" if more else "", limit),
            "rows": [held_of(row) for row in rows[:limit]],
        }

    return answer(request, made, version=f"lots.{version}.{code}.{key}.{limit}")


def held_of(row: Holding) -> dict[str, Any]:
    """What one place holds of a lot; `owner` is a warehouse, shipment, hospital …"""
    place, _colon, owner = row.place.partition(":")
    told = {"lot": row.lot, "gift": row.gift, "item": row.item, "place": place}
    return {**told, "owner": owner or None, "amount": row.amount}


def _key(text: str) -> tuple[str, ...]:
    """The row after which the page begins; none for nothing."""
    found = tuple(text.split("~")) if text else ()
    if found and (len(found) != len(Holding.KEY) or "\0" in text):
        raise Problem(_("This is no place in the list: follow `next` as it was given."), status=422)
    return found


def entry_of(line: Line) -> dict[str, Any]:
    """An entry as sealed, without the chain; `/ledger/entry/<index>/` has its very bytes."""
    return {
        "index": line.seq,
        "uid": line.uid,
        "type": line.type,
        "code": line.code,
        "codes": line.codes,
        "corrects": line.corrects or None,
        "recorded_at": line.recorded_at,
        "sealed_at": line.at,
        "leaf": line.leaf,
        "data": line.data,
    }


def _list(name: str) -> ListOf:
    if name not in LISTS:
        said = _("There is no such list; these are: %(lists)s.")
        raise Problem(said % {"lists": ", ".join([*LISTS, *OTHERS])}, status=404)
    return LISTS[name]


def _asked(request: HttpRequest, listing: ListOf) -> Asked:
    """What the address asks for. Here a value that a page would leave out is a Problem."""
    _known(request, {*(one.key for one in listing.filters), *PAGING})
    asked = listing.read(request.GET)
    wanted = request.GET.get("after") or request.GET.get("before")
    if wanted and asked.cursor is None:
        raise Problem(_("This is no place in the list: follow `next` as it was given."), status=422)
    if asked.notices:
        raise Problem(" ".join(asked.notices), status=422)
    return asked


def _known(request: HttpRequest, names: set[str]) -> None:
    """A misspelt filter would answer more than was asked for."""
    if strange := sorted(set(request.GET) - names):
        said = _("%(word)s is not asked for here; what is: %(names)s.")
        told = {"word": strange[0][:40], "names": ", ".join(sorted(names))}
        raise Problem(said % told, status=422)


def _limit(request: HttpRequest) -> int:
    return _number(request, "limit", USUAL, least=1, most=MOST)


def _number(request: HttpRequest, name: str, usual: int, *, least: int, most: int = 10**15) -> int:
    text = request.GET.get(name, "")
    if not text:
        return usual
    plain = text.isascii() and text.removeprefix("-").isdigit() and len(text) < 18
    if not plain or not least <= int(text) <= most:
        said = _("%(name)s must be a whole number from %(least)d to %(most)d.")
        raise Problem(said % {"name": name, "least": least, "most": most}, status=422)
    return int(text)


def _page(name: str, query: str, limit: int) -> str | None:
    """The address of another page, without a host: a mirror's leads to the mirror."""
    if not query:
        return None
    more = "" if limit == USUAL else f"&limit={limit}"
    return reverse("plain:tracking:api_list", args=[name]) + query + more
