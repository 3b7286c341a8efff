"""The public lists of what is one row each: organisations, shipments, warehouses, money."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.tracking import words
from portal.tracking.finding.gathering import facet
from portal.tracking.listing.declared import Asked, Column, Filter, ListOf
from portal.tracking.listing.filters import (
    CLASS,
    FROM,
    HOSPITAL,
    NEWEST,
    OLDEST,
    REGION,
    TO,
    WORDS,
    mark,
    overdue,
    stage_in,
)
from portal.tracking.models import Organisation, Subject


def rows(rows: Sequence[Any], _asked: Asked) -> Iterable[Any]:
    return rows


def _field(name: str) -> Any:
    return lambda r: getattr(r, name)


def _subjects(kind: str) -> Any:
    return lambda codes: {s.code: s for s in Subject.objects.filter(kind=kind, code__in=codes)}


def name(word: str, language: str) -> Any:
    """The name of what a field of a subject's row says by its code."""
    return lambda r: r.names.get(getattr(r, word), {}).get(language, "")


def _fact(name: str) -> Any:
    return lambda r: r.facts.get(name)


ORGANISATIONS = ListOf(
    "organisations",
    _("Organisations"),
    "tracking:organisations",
    "organisation",
    columns=(
        Column("code", _("Organisation"), "#org+code", _field("code"), "code"),
        Column("kind", _("Kind"), "#org+type", _field("kind")),
        Column("name_zh", _("Name"), "#org+name+i_zh", _field("legal_name")),
        Column("name_en", _("Name in English"), "#org+name+i_en", _field("name_en")),
        Column("credit_code", _("Credit code"), "#org+id", _field("credit_code")),
        Column("stage", _("Stage"), "#status+code", _field("stage")),
        Column("province", _("Province"), "#adm1+name", _field("province")),
        Column("city", _("City"), "#adm2+name", _field("city")),
        Column("district", _("District"), "#adm3+name", _field("district")),
        Column("level", _("Level"), "#org+level", _field("level")),
        Column(
            "unconfirmed",
            _("Deliveries unconfirmed"),
            "#indicator+num+unconfirmed",
            _field("unconfirmed"),
            "quantity",
        ),
        Column("since", _("Last entry"), "#date+updated", _field("since"), "moment"),
    ),
    filters=(
        WORDS,
        REGION,
        Filter(
            "kind",
            _("Kind"),
            choices=lambda: list(words.KINDS.items()),
            facets=lambda v: [facet("mark", v)],
            where=lambda v: Q(marks__contains=f"|{v}|"),
        ),
        stage_in("organisation"),
        mark("unconfirmed", _("With deliveries unconfirmed")),
    ),
    orders=(NEWEST, OLDEST),
    things=lambda codes: {o.code: o for o in Organisation.objects.filter(code__in=codes)},
    records=rows,
)

SHIPMENTS = ListOf(
    "shipments",
    _("Shipments"),
    "tracking:shipments",
    "shipment",
    columns=(
        Column("code", _("Shipment"), "#meta+code", _field("code"), "code"),
        Column("opened", _("Packed"), "#date+opened", _field("opened_at"), "moment"),
        Column("stage", _("Stage"), "#status+code", _field("stage")),
        Column("since", _("In this stage since"), "#date+since", _field("since"), "moment"),
        Column("warehouse", _("Warehouse"), "#loc+code", _field("warehouse"), "code"),
        Column("hospital", _("Hospital"), "#org+code", _field("hospital"), "code"),
        Column("hospital_zh", _("Hospital, in Chinese"), "#org+name+i_zh", name("hospital", "zh")),
        Column("hospital_en", _("Hospital, in English"), "#org+name+i_en", name("hospital", "en")),
        Column("carrier", _("Carrier"), "#org+carrier", _fact("carrier")),
        Column("boxes", _("Boxes"), "#indicator+num+boxes", _fact("boxes"), "quantity"),
    ),
    filters=(
        *(WORDS, REGION, CLASS, stage_in("shipment"), FROM, TO),
        replace(overdue("unconfirmed"), label=_("Unconfirmed for over 72 hours")),
        HOSPITAL,
    ),
    orders=(NEWEST, OLDEST),
    things=_subjects("shipment"),
    records=rows,
)

WAREHOUSES = ListOf(
    "warehouses",
    _("Warehouses"),
    "tracking:warehouses",
    "warehouse",
    columns=(
        Column("code", _("Warehouse"), "#loc+code", _field("code"), "code"),
        Column("name_zh", _("Name"), "#loc+name+i_zh", _fact("name_zh")),
        Column("name_en", _("Name in English"), "#loc+name+i_en", _fact("name_en")),
        Column("organisation", _("Organisation"), "#org+code", _fact("org"), "code"),
        Column("province", _("Province"), "#adm1+name", _fact("province")),
        Column("city", _("City"), "#adm2+name", _fact("city")),
        Column("stage", _("Stage"), "#status+code", _field("stage")),
        Column("since", _("In this stage since"), "#date+since", _field("since"), "moment"),
    ),
    filters=(
        WORDS,
        REGION,
        replace(CLASS, label=_("Kind of goods in stock")),
        stage_in("warehouse"),
        Filter(
            "org",
            _("Organisation"),
            "code",
            facets=lambda v: [facet("of", v)],
            where=lambda v: Q(owner=v),
            free=True,
        ),
    ),
    orders=(NEWEST, OLDEST),
    things=_subjects("warehouse"),
    records=rows,
)

FUNDS = ListOf(
    "funds",
    _("Funds"),
    "tracking:funds",
    "fund",
    columns=(
        Column("code", _("Fund"), "#meta+code", _field("code"), "code"),
        Column("title_zh", _("Title"), "#activity+name+i_zh", _fact("title_zh")),
        Column("title_en", _("Title in English"), "#activity+name+i_en", _fact("title_en")),
        Column("campaign", _("Campaign"), "#meta+campaign", _fact("campaign"), "code"),
        Column("stage", _("Stage"), "#status+code", _field("stage")),
        Column("use_by", _("To be spent by"), "#date+due", _fact("use_by")),
        Column("fee_bp", _("Fee, in hundredths of a percent"), "#meta+fee", _fact("fee_bp")),
        Column("since", _("In this stage since"), "#date+since", _field("since"), "moment"),
    ),
    filters=(WORDS, stage_in("fund")),
    orders=(NEWEST, OLDEST),
    things=_subjects("fund"),
    records=rows,
)

CAMPAIGNS = ListOf(
    "campaigns",
    _("Campaigns"),
    "tracking:campaigns",
    "campaign",
    columns=(
        Column("code", _("Campaign"), "#meta+code", _field("code"), "code"),
        Column("title_zh", _("Title"), "#activity+name+i_zh", _fact("title_zh")),
        Column("title_en", _("Title in English"), "#activity+name+i_en", _fact("title_en")),
        Column("filing_number", _("Filing number"), "#meta+filing", _fact("filing_number")),
        Column("starts_on", _("From"), "#date+start", _fact("starts_on")),
        Column("ends_on", _("Until"), "#date+end", _fact("ends_on")),
        Column("stage", _("Stage"), "#status+code", _field("stage")),
    ),
    filters=(WORDS, stage_in("campaign")),
    orders=(NEWEST, OLDEST),
    things=_subjects("campaign"),
    records=rows,
)
