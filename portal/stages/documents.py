"""Documents made from the tables: diagrams, event schemas, who may what. Committed, and
compared."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils import translation

from portal.accounts.roles import Role
from portal.disclosure.classes import OPEN
from portal.disclosure.lists import listed, rows_of
from portal.disclosure.places import data_map
from portal.evidence import commands as evidence
from portal.evidence.models import Shows
from portal.stages.facts import Facts, Spec, closed_names
from portal.stages.models import Subject
from portal.stages.registry import subjects
from portal.stages.table import Lifecycle, Move

CODE = {"type": "string", "pattern": "^[A-Z]-[2-9A-HJKMNP-Z]{10}$"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"}
POSTING = {
    "type": "object",
    "required": ["amount", "from", "gift", "item", "lot", "to"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "integer", "minimum": 1},
        "from": {"type": "string"},
        "gift": CODE,
        "item": {"type": "string"},
        "lot": {"type": "string"},
        "to": {"type": "string"},
    },
}


def documents() -> dict[str, str]:
    """Every generated document by its path below docs/."""
    with translation.override("en"):
        found = {f"lifecycles/{m.lifecycle.key}.md": page(m.lifecycle) for m in subjects()}
        for model in subjects():
            for move in model.lifecycle.moves:
                if is_sealed(model.lifecycle, move):
                    name = f"events/{model.lifecycle.event(move)}.schema.json"
                    found[name] = as_json(schema(model, move))
        for event in evidence.EVENTS:
            found[f"events/{event}.schema.json"] = as_json(filed_schema(event))
        found["authz.yaml"] = authz()
        found["data-map.md"] = data_map()
    return found


def is_sealed(table: Lifecycle, move: Move) -> bool:
    """Whether an entry of this type can exist: sealed, and leading to or within the public part."""
    return move.sealed and bool(set(move.targets) & reachable(table))


def reachable(table: Lifecycle) -> set[str]:
    """The stages a public subject can be in."""
    found = set(table.public_from)
    while True:
        more = {t for m in table.moves if set(m.source) & found for t in m.targets} - found
        if not more:
            return found
        found |= more


def page(table: Lifecycle) -> str:
    """One lifecycle as a Mermaid diagram and two tables."""
    lines = [f"# {table.label} (`{table.key}`, codes {table.kind}-…)", "", "```mermaid"]
    lines += ["stateDiagram-v2", *_arrows(table), "```", ""]
    lines += [f"Public from: {', '.join(table.public_from)}.", ""]
    lines += ["| stage | label | public stage | meaning |", "|---|---|---|---|"]
    lines += [f"| {s.key} | {s.label} | {s.public} | {s.text} |" for s in table.stages]
    lines += ["", "| move | from | to | by | facts | sealed |", "|---|---|---|---|---|---|"]
    for m in table.moves:
        facts = ", ".join(f"{s.name} ({s.disclosure})" for s in m.facts.specs()) or "-"
        by = ", ".join(m.by) or "follows from another move"
        cells = [m.name, ", ".join(m.source) or "nowhere", ", ".join(m.targets), by, facts]
        lines.append(f"| {' | '.join(cells)} | {'yes' if is_sealed(table, m) else 'no'} |")
    return "\n".join(lines) + "\n"


def _arrows(table: Lifecycle) -> Iterator[str]:
    for move in table.moves:
        for source in move.source or ("[*]",):
            for target in move.targets:
                yield f"    {source} --> {target}: {move.name}"
    for stage in table.stages:
        if stage.ends:
            yield f"    {stage.key} --> [*]"


def schema(model: type[Subject], move: Move) -> dict[str, Any]:
    """JSON Schema of an entry's `data`. New facts are added with a default, so none is
    forbidden."""
    table = model.lifecycle
    properties: dict[str, Any] = {
        "recorded_at": TIME,
        "actor_role": {"enum": sorted(move.by) or sorted(Role)},
        "actor_org": {"type": "string"},
        "stage": {"enum": list(move.targets)},
        "postings": {"type": "array", "minItems": 1, "maxItems": 500, "items": POSTING},
        **facts_schema(move.facts),
    }
    required = ["actor_org", "actor_role", "recorded_at", "stage", *facts_schema(move.facts)]
    committed = ["actor", *closed_names(move.facts)]
    enters = set(move.targets) & set(table.public_from)
    if move.seals_subject or enters:
        own = subject_schema(model)
        properties |= own
        committed += [n for which in ("named", "private") for n in listed(model, which)]
        if move.seals_subject or move.opens:
            required += list(own)
    return _schema(table.event(move), required, properties, committed)


def filed_schema(event: str) -> dict[str, Any]:
    """The same of a photo or paper that is filed or published."""
    more, committed = evidence.EVENTS[event]
    names = ("media", "shows", *more)
    properties = {
        "recorded_at": TIME,
        "actor_role": {"enum": sorted(Role)},
        "actor_org": {"type": "string"},
        **{name: {"type": "string"} for name in names},
        "shows": {"enum": sorted(Shows.values)},
    }
    return _schema(event, ["actor_org", "actor_role", "recorded_at", *names], properties, committed)


def _schema(
    title: str, required: Iterable[str], properties: dict[str, Any], committed: Iterable[str]
) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "required": sorted(set(required)),
        "properties": dict(sorted(properties.items())),
        "x-committed": sorted(set(committed)),
    }


def facts_schema(facts: type[Facts]) -> dict[str, Any]:
    """The open facts; of rows their open facts."""
    found: dict[str, Any] = {}
    for spec in facts.specs():
        if spec.rows is not None:
            inner = facts_schema(spec.rows)
            found[spec.name] = {
                "type": "array",
                "items": {"type": "object", "required": sorted(inner), "properties": inner},
            }
        elif spec.disclosure is OPEN:
            found[spec.name] = _fact_schema(spec)
    return found


def _fact_schema(spec: Spec) -> dict[str, Any]:
    if isinstance(spec.choices, type):
        return {"enum": [member.value for member in spec.choices]}
    kind = "boolean" if spec.of is bool else "integer" if issubclass(spec.of, int) else "string"
    return {"type": [kind, "null"] if spec.optional else kind}


def subject_schema(model: type[models.Model]) -> dict[str, Any]:
    """The subject's own open fields and rows, as sealed when it becomes public."""
    found: dict[str, Any] = {name: {} for name in listed(model, "open")}
    for name, related in rows_of(model).items():
        child = model._meta.get_field(related).related_model
        assert isinstance(child, type)
        found[name] = {
            "type": "array",
            "items": {"properties": {n: {} for n in listed(child, "open")}},
        }
    return found


def authz() -> str:
    """Who may take which move from which stage: the matrix that the tests try in full."""
    lines = [
        "# Made by `manage.py lifecycles`. event: {from: [...], by: [...]}; all else is refused."
    ]
    for model in subjects():
        for move in model.lifecycle.moves:
            source = ", ".join(move.source) or "nowhere"
            by = ", ".join(sorted(move.by))
            lines.append(f"{model.lifecycle.event(move)}: {{from: [{source}], by: [{by}]}}")
    return "\n".join(lines) + "\n"


def as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
