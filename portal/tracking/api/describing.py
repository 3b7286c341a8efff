"""OpenAPI 3.1 of the interface, derived from the lists' own columns, filters and orders."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.tracking.listing.declared import Column, Filter, ListOf
from portal.tracking.listing.listings import LISTS

LICENCE = {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"}
CODE = {"type": "string", "pattern": "^[A-Z]-[2-9A-HJKMNP-Z]{10}$"}
KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": ["string", "null"]},
    "code": {"type": ["string", "null"]},
    "quantity": {"type": ["integer", "null"], "description": "In whole base units."},
    "money": {"type": ["integer", "null"], "description": "In fen (CNY 0.01)."},
    "date": {"type": ["string", "null"], "format": "date"},
    "moment": {"type": ["string", "null"], "format": "date-time"},
    "yes": {"type": ["boolean", "null"]},
}
PROBLEMS = {
    "404": "There is no such list, or nothing public has the code.",
    "422": "The question has a value or a name that is not understood.",
    "429": "Too many questions in a minute; Retry-After says when to go on.",
}


def described() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for listing in LISTS.values():
        paths[f"/{listing.key}"] = {"get": _rows(listing)}
        paths[f"/{listing.key}/{{code}}"] = {"get": _thing(listing)}
    paths["/lots"] = {"get": _lots()}
    paths["/entries"] = {"get": _entries()}
    paths["/statistics"] = {"get": STATISTICS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shanji, read-only interface",
            "version": settings.RELEASE,
            "summary": "What the public pages show, as JSON.",
            "description": DESCRIPTION,
            "license": LICENCE,
        },
        "servers": [{"url": settings.SITE_ORIGIN + reverse("plain:tracking:api").rstrip("/")}],
        "paths": paths,
        "components": {
            "schemas": {
                **{_name(one): _schema(one) for one in LISTS.values()},
                "Held": HELD,
                "Entry": ENTRY,
                "Figure": FIGURE,
                "Problem": PROBLEM,
            },
            "responses": {status: _problem(text) for status, text in PROBLEMS.items()},
        },
    }


DESCRIPTION = (
    "Every answer is made of sealed entries and says at which index (`as_of`). Lists take the same "
    "filters as their pages. `next` leads to the next page and is null on the last. An ETag comes "
    "with every answer; ask again with If-None-Match. Nothing can be written. "
    "To follow everything, read the files of the log under /ledger/ instead: they are not limited."
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
MOMENT = {"type": "string", "format": "date-time"}
ENTRY = {
    "type": "object",
    "required": ["index", "uid", "type", "code", "codes", "recorded_at", "sealed_at", "leaf"],
    "properties": {
        "index": {"type": "integer", "minimum": 0},
        "uid": {"type": "string"},
        "type": {"type": "string", "description": "Schemas: /open-data/schemas/<type>.json"},
        "code": {"type": "string"},
        "codes": {"type": "array", "items": CODE},
        "corrects": {"type": ["string", "null"], "description": "uid of the corrected entry"},
        "recorded_at": MOMENT,
        "sealed_at": MOMENT,
        "leaf": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "data": {"type": "object"},
    },
}


HELD = {
    "type": "object",
    "required": ["lot", "gift", "item", "place", "owner", "amount"],
    "properties": {
        "lot": CODE,
        "gift": {**CODE, "description": "A gift's code, or that of the spending that bought it."},
        "item": {"type": "string"},
        "place": {"type": "string"},
        "owner": {"type": ["string", "null"]},
        "amount": {"type": "integer", "minimum": 1},
    },
    "additionalProperties": False,
}


def _name(listing: ListOf) -> str:
    return listing.key.capitalize()


def _schema(listing: ListOf) -> dict[str, Any]:
    """One record, every column in it."""
    return {
        "type": "object",
        "required": [column.key for column in listing.columns],
        "properties": {column.key: _column(column) for column in listing.columns},
        "additionalProperties": False,
    }


def _column(column: Column) -> dict[str, Any]:
    told = {"title": str(column.label), **KINDS[column.kind], "x-hxl": column.hxl}
    return {**told, "x-unit": column.unit} if column.unit else told


def _rows(listing: ListOf) -> dict[str, Any]:
    orders = [order.key for order in listing.orders]
    own = [_parameter(one.key, str(one.label), _values(one)) for one in listing.filters]
    return {
        "operationId": f"list_{listing.key}",
        "summary": str(listing.title),
        "parameters": [
            *own,
            _parameter("sort", "Order", {"enum": orders, "default": orders[0]}),
            _parameter("after", "As given by `next`", {"type": "string"}),
            _parameter("before", "As given by `previous`", {"type": "string"}),
            LIMIT,
        ],
        "responses": _responses(_name(listing), paged=True),
    }


def _values(one: Filter) -> dict[str, Any]:
    """What a filter takes: a closed list only where the tables close it."""
    if one.kind == "tick":
        return {"enum": ["1"]}
    if one.kind == "day":
        return {"type": "string", "format": "date"}
    if one.kind == "words" or one.free:
        return {"type": "string", "maxLength": 60}
    return {"enum": [key for key, _label in one.choices()]}


def _parameter(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": schema}


LIMIT = _parameter(
    "limit", "How many things", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
)


def _thing(listing: ListOf) -> dict[str, Any]:
    code = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "operationId": f"read_{listing.key}",
        "summary": f"{listing.title}: one of them",
        "parameters": [code],
        "responses": _responses(_name(listing), paged=False),
    }


def _entries() -> dict[str, Any]:
    after = {"type": "integer", "minimum": -1, "default": -1}
    return {
        "operationId": "list_entries",
        "summary": "Sealed entries in the order of the ledger",
        "parameters": [
            _parameter("after", "Index of the last entry that you have", after),
            _parameter("code", "Only entries that concern this code", {"type": "string"}),
            LIMIT,
        ],
        "responses": _responses("Entry", paged=True),
    }


def _lots() -> dict[str, Any]:
    return {
        "operationId": "list_lots",
        "summary": "Where the pieces of every lot are",
        "parameters": [
            _parameter("gift", "Only lots of this gift", {"type": "string"}),
            _parameter("after", "As given by `next`", {"type": "string"}),
            LIMIT,
        ],
        "responses": _responses("Held", paged=True),
    }


def _responses(schema: str, *, paged: bool) -> dict[str, Any]:
    address = {"type": ["string", "null"], "format": "uri-reference"}
    properties: dict[str, Any] = {
        "list": {"type": "string"},
        "as_of": {"type": "integer", "description": "Entries below this index are in it."},
        "licence": {"type": "string", "format": "uri"},
        "rows": {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}},
    }
    if paged:
        properties |= {"next": address, "previous": address}
        properties |= {"count": {"type": "integer"}, "count_is_least": {"type": "boolean"}}
    body = {"type": "object", "required": ["list", "as_of", "rows"], "properties": properties}
    return {
        "200": {"description": "The rows.", "content": {"application/json": {"schema": body}}},
        "304": {"description": "You have it already."},
        **{status: {"$ref": f"#/components/responses/{status}"} for status in PROBLEMS},
    }


FIGURE = {
    "type": "object",
    "required": ["key", "title", "definition", "unit", "grows", "values"],
    "properties": {
        "key": {"type": "string"},
        "title": {"type": "string"},
        "definition": {"type": "string"},
        "unit": {"enum": ["pieces", "fen", "count", "hours"]},
        "grows": {"type": "boolean", "description": "It falls only by a stated correction."},
        "values": {"type": "array", "items": {"type": "object"}},
    },
}
STATISTICS = {
    "operationId": "read_statistics",
    "summary": "Every public figure, each with the address of the rows that make it",
    "responses": {
        **_responses("Figure", paged=False),
        "200": {
            "description": "The figures as of one entry.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["as_of", "figures"],
                        "properties": {
                            "as_of": {"type": "object", "required": ["entries", "at"]},
                            "figures": {
                                "type": "array",
                                "items": {"$ref": "#/components/schemas/Figure"},
                            },
                        },
                    }
                }
            },
        },
    },
}


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
