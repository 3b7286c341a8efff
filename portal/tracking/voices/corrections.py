"""What was published and said anew (更正说明, R5): the original beside the correction, the reason,
who approved it and when. Nothing published is deleted: every line leads to both entries."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.stages.facts import Spec
from portal.stages.table import lifecycle
from portal.tracking import queries, showing, telling, words
from portal.tracking.lists import whole
from portal.tracking.models import Line, Organisation
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page
from portal.tracking.voices import remarks

WRITTEN = "correction.publish"


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Newest first; `?kind=` of one kind of thing, `?of=` on the page of one code."""
    kind, of = request.GET.get("kind", "")[:30], request.GET.get("of", "")[:12]
    before, version = whole(request.GET.get("before", "")), seen()
    keep = {name: value for name, value in (("kind", kind), ("of", of)) if value}

    def context() -> dict[str, Any]:
        found, more = _page_of(lines_of(kind=kind, of=of, before=before))
        return {
            "section": "corrections",
            "rows": shown(found),
            "kinds": kinds(),
            "organisations": _organisations(),
            "kind": kind,
            "of": of,
            "older": f"?{urlencode({**keep, 'before': found[-1].seq})}" if more else "",
            "newer": f"?{urlencode(keep)}" if before else "",
        }

    key = urlencode({**keep, "before": before})
    return page(
        request, "tracking/corrections.html", context, version=f"{version}-{key}", entries=version
    )


def lines_of(*, kind: str = "", of: str = "", before: int = 0) -> list[Line]:
    """The entries that correct another, newest first; one more than a page holds."""
    found = Line.objects.exclude(corrects="")
    if kind:
        found = found.filter(type__startswith=f"{kind}.")
    if of:
        found = found.filter(link__code=of)
    if before:
        found = found.filter(seq__lt=before)
    return list(found.order_by("-seq")[: queries.AT_ONCE + 1])


def _page_of(found: list[Line]) -> tuple[list[Line], bool]:
    return found[: queries.AT_ONCE], len(found) > queries.AT_ONCE


def kinds() -> list[tuple[str, str]]:
    """(key, label) of the kinds of thing of which something was corrected."""
    types = Line.objects.exclude(corrects="").order_by().values_list("type", flat=True).distinct()
    keys = sorted({kind.partition(".")[0] for kind in types})
    return [(key, kind_label(key)) for key in keys]


def kind_label(key: str) -> str:
    table = lifecycle(key)
    return str(table.label) if table else key


def _organisations() -> list[tuple[str, str]]:
    """(code, name) of the charities, for the filter."""
    rows = Organisation.objects.filter(kind="charity").order_by("legal_name", "code")[:200]
    return [(row.code, showing.organisation_name(row)) for row in rows]


def shown(lines: list[Line]) -> list[dict[str, Any]]:
    """Each correction beside its original, as the template wants them; two questions."""
    uids = [line.corrects for line in lines]
    originals = {line.uid: line for line in Line.objects.filter(uid__in=uids)}
    named = queries.named_of([*lines, *originals.values()])
    return [_row(line, originals.get(line.corrects), named) for line in lines]


def _row(line: Line, original: Line | None, named: showing.Named) -> dict[str, Any]:
    now = telling.view(line, named.get(line.uid, {}))
    was = telling.view(original, named.get(original.uid, {})) if original else None
    if line.type == WRITTEN:
        said, right, because = _written(line, named.get(line.uid, {}))
    else:
        mine = [fact for fact in now["facts"] if was is None or fact not in was["facts"]]
        said = [fact for fact in (was or now)["facts"] if was and fact not in now["facts"]]
        right, because = mine, []
    about = original.code if original else line.code
    return {
        "kind": kind_label(line.type.partition(".")[0]),
        "now": now,
        "was": was,
        "said": said,
        "right": right,
        "because": because,
        "code": about,
        "href": remarks.page_of(about),
        "codes": now["codes"],
        "recorded_at": line.recorded_at,
        "sealed_at": line.at,
    }


def _written(line: Line, named: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """(what was published, what is right, why and who approved) of a written correction."""
    table = lifecycle("correction")
    move = table.by_name.get("raise") if table else None
    specs: dict[str, Spec] = {spec.name: spec for spec in move.facts.specs()} if move else {}
    told = {
        name: named.get(name) or telling.value_text(spec, line.data.get(name), line.names)
        for name, spec in specs.items()
    }

    def facts(*names: str) -> list[dict[str, str]]:
        return [
            {"label": str(specs[name].label), "value": told[name]} for name in names if told[name]
        ]

    approved = [
        {"label": _done(step["move"]), "value": words.label(words.ROLES, step["role"])}
        for step in line.data.get("approved", [])
    ]
    return facts("what", "said"), facts("right"), [*facts("reason", "note"), *approved]


def _done(name: str) -> str:
    table = lifecycle("correction")
    move = table.by_name.get(name) if table else None
    return str(move.done) if move else name
