"""The public lists: what each is made of. See `listing` for what is done with them.

A column's key is the heading of the file and the name in the API: it stays.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.input.purposes import PURPOSES
from portal.tracking.finding.gathering import facet
from portal.tracking.listing.declared import Column, Filter, ListOf, Order
from portal.tracking.listing.filters import (
    CLASS,
    DUE,
    FROM,
    HOSPITAL,
    NEWEST,
    OLDEST,
    REGION,
    TO,
    WORDS,
    Pairs,
    mark,
    overdue,
    stage_in,
)
from portal.tracking.listing.listings_more import (
    CAMPAIGNS,
    FUNDS,
    ORGANISATIONS,
    SHIPMENTS,
    WAREHOUSES,
)
from portal.tracking.listing.records import (
    PLACES,
    GiftItem,
    gift_items,
    need_items,
)
from portal.tracking.models import Gift, Need, Organisation


def _aims() -> Pairs:
    kinds = [("free", _("Wherever it is needed most")), ("hospital", _("One hospital"))]
    kinds += [("region", _("One region"))]
    return [*kinds, *((f"purpose:{key}", text) for key, text in PURPOSES.items())]


def _aim(value: str) -> Q:
    return Q(aim=value) if ":" in value or value == "free" else Q(aim__startswith=f"{value}:")


def _place(name: str) -> Column:
    def amount(record: GiftItem) -> int:
        return record.in_place(name)

    tag = f"#indicator+num+{name}"
    return Column(name, PLACES[name], tag, amount, "quantity", unit="unit_zh")


GIFTS = ListOf(
    "gifts",
    _("Gifts"),
    "tracking:gifts",
    "gift",
    columns=(
        Column("code", _("Gift"), "#meta+code", lambda r: r.gift.code, "code"),
        Column("opened", _("Registered on"), "#date+opened", lambda r: r.gift.opened_at, "moment"),
        Column("stage", _("Stage"), "#status+code", lambda r: r.gift.stage),
        Column("item", _("Item"), "#item+code", lambda r: r.item),
        Column("item_zh", _("Item, in Chinese"), "#item+name+i_zh", lambda r: r.names("zh")),
        Column("item_en", _("Item, in English"), "#item+name+i_en", lambda r: r.names("en")),
        Column("item_class", _("Kind of goods"), "#item+type", lambda r: r.item_class),
        Column("unit_zh", _("Unit"), "#item+unit+i_zh", lambda r: r.unit("zh")),
        Column("unit_en", _("Unit, in English"), "#item+unit+i_en", lambda r: r.unit("en")),
        Column(
            "promised",
            _("Promised"),
            "#indicator+num+promised",
            lambda r: r.promised,
            "quantity",
            unit="unit_zh",
        ),
        *map(_place, PLACES),
        Column("aim", _("Given for"), "#activity+aim", lambda r: r.aim),
        Column("announced_by", _("Announced to be given by"), "#date+due", lambda r: r.due, "date"),
        Column("since", _("Last entry"), "#date+updated", lambda r: r.gift.since, "moment"),
    ),
    filters=(
        WORDS,
        REGION,
        CLASS,
        stage_in("pledge", "money"),
        Filter(
            "for",
            _("Given for"),
            choices=_aims,
            facets=lambda v: [facet("aim", v)],
            where=_aim,
        ),
        FROM,
        TO,
        mark("confirmed", _("With a hospital's confirmation")),
        overdue("overdue"),
        HOSPITAL,
    ),
    orders=(NEWEST, OLDEST, DUE),
    things=lambda codes: {g.code: g for g in Gift.objects.filter(code__in=codes)},
    records=gift_items,
)


def _never(_value: str) -> Q:
    waiting = Organisation.objects.filter(kind="hospital", received=0)
    return Q(owner__in=waiting.values("code"))


def _need(name: str) -> Any:
    return lambda r: getattr(r.need, name)


def _line(name: str) -> Any:
    return lambda r: getattr(r.line, name)


def _count(key: str, label: Promise) -> Column:
    tag = f"#indicator+num+{key}"
    return Column(key, label, tag, _line(key), "quantity", unit="unit_zh")


def _needs(codes: list[str]) -> dict[str, Any]:
    """Of each whether its hospital has `never` received anything."""
    waiting = Organisation.objects.filter(code=OuterRef("hospital"), kind="hospital", received=0)
    found = Need.objects.filter(code__in=codes).annotate(never=Exists(waiting))
    return {need.code: need for need in found}


NEEDS = ListOf(
    "needs",
    _("Needs"),
    "tracking:needs",
    "need",
    columns=(
        Column("code", _("Need"), "#meta+code", _need("code"), "code"),
        Column("line", _("Line"), "#meta+line", _line("no"), "quantity"),
        Column("opened", _("Published"), "#date+opened", _need("opened_at"), "moment"),
        Column("stage", _("Stage"), "#status+code", _need("stage")),
        Column("hospital", _("Hospital"), "#org+code", _need("hospital"), "code"),
        Column("hospital_zh", _("Hospital, in Chinese"), "#org+name+i_zh", _need("name_zh")),
        Column("hospital_en", _("Hospital, in English"), "#org+name+i_en", _need("name_en")),
        Column("province", _("Province"), "#adm1+name", _need("province")),
        Column("city", _("City"), "#adm2+name", _need("city")),
        Column("item", _("Item"), "#item+code", _line("variant")),
        Column("item_zh", _("Item, in Chinese"), "#item+name+i_zh", lambda r: r.names("zh")),
        Column("item_en", _("Item, in English"), "#item+name+i_en", lambda r: r.names("en")),
        Column("item_class", _("Kind of goods"), "#item+type", _line("item_class")),
        Column("unit_zh", _("Unit"), "#item+unit+i_zh", lambda r: r.names("unit_zh")),
        Column("unit_en", _("Unit, in English"), "#item+unit+i_en", lambda r: r.names("unit_en")),
        Column("quantity_kind", _("Kind of quantity"), "#meta+kind", _line("quantity_kind")),
        _count("asked", _("Quantity asked for")),
        _count("pledged", _("Pledged")),
        _count("moving", _("On the way")),
        _count("received", _("Confirmed")),
        _count("gap", _("Still missing")),
        Column("valid_until", _("Needed by"), "#date+due", _need("valid_until"), "date"),
    ),
    filters=(
        WORDS,
        REGION,
        CLASS,
        stage_in("need"),
        FROM,
        TO,
        mark("urgent", _("Urgent ones")),
        Filter("never", _("Only hospitals that never received anything"), "tick", where=_never),
        Filter("all", _("Closed ones too"), "tick"),
        HOSPITAL,
    ),
    orders=(Order("missing", _("Largest gap first"), ("-rank",)), NEWEST, OLDEST),
    things=_needs,
    records=need_items,
    standing=lambda values: () if values.get("all") or values.get("stage") else ("open",),
)


LISTS: dict[str, ListOf] = {
    one.key: one for one in (GIFTS, NEEDS, SHIPMENTS, ORGANISATIONS, WAREHOUSES, FUNDS, CAMPAIGNS)
}
