"""What was published and said anew (更正说明, R5): the original beside the correction, the reason,
who approved it and when. Nothing published is deleted: every line leads to both entries."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.stages.facts import Spec
from portal.stages.table import lifecycle
from portal.tracking import queries, showing, telling, words
from portal.tracking.finding.places import whole
from portal.tracking.models import Line, Link, Organisation
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page
from portal.tracking.voices import remarks

WRITTEN = "correction.publish"
MOST = 200  # charities among the choices


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Newest first; `?kind=` of one kind of thing, `?of=` on the page of one code."""
    kind, of = request.GET.get("kind", "")[:30], request.GET.get("of", "")[:12]
    before, version = whole(request.GET.get("before", "")), seen()
    keep = {name: value for name, value in (("kind", kind), ("of", of)) if value}

    def context() -> dict[str, Any]:
        lines = _some(kind=kind, of=of, before=before)
        found, originals = _with_originals(lines[: queries.AT_ONCE + 1])
        more = len(found) > queries.AT_ONCE
        found = found[: queries.AT_ONCE]
        kinds, organisations = choices()
        return {
            "section": "corrections",
            "rows": _rows(found, originals),
            "kinds": kinds,
            "organisations": organisations,
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
    return list(_some(kind=kind, of=of, before=before)[: queries.AT_ONCE + 1])


def _some(*, kind: str, of: str, before: int) -> QuerySet[Line]:
    found = Line.objects.exclude(corrects="")
    if kind:
        found = found.filter(type__startswith=f"{kind}.")
    if of:
        links = Link.objects.filter(code=of, corrects=True)
        found = found.filter(seq__in=links.values("line_id"))
    if before:
        found = found.filter(seq__lt=before)
    return found.order_by("-seq")


Originals = dict[str, Line]


def _with_originals(lines: QuerySet[Line]) -> tuple[list[Line], Originals]:
    """The corrections, newest first, and by uid what they correct; one question."""
    mine = Line.objects.filter(pk__in=lines.values("pk")).annotate(asked=Value(1))
    others = Line.objects.filter(uid__in=lines.values("corrects")).annotate(asked=Value(0))
    both: list[Any] = list(mine.union(others, all=True))  # together they would read every entry
    rows = sorted(both, key=lambda row: row.seq, reverse=True)
    return [row for row in rows if row.asked], {row.uid: row for row in rows}


def choices() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(key, label) of the kinds of thing of which something was corrected, and (code, name) of the
    charities; one question."""
    nothing = Value("", output_field=CharField())
    types = Line.objects.exclude(corrects="").order_by().annotate(zh=nothing, en=nothing)
    first = Organisation.objects.filter(kind="charity").order_by("legal_name", "code")[:MOST]
    charities = Organisation.objects.filter(pk__in=first.values("pk")).order_by()
    named_as = charities.values_list("code", "legal_name", "name_en")
    rows = list(types.values_list("type", "zh", "en").distinct().union(named_as, all=True))
    keys = sorted({first.partition(".")[0] for first, name, _en in rows if not name})
    named = sorted((zh, code, en) for code, zh, en in rows if zh)
    shown = [(code, en if en and words.english() else zh) for zh, code, en in named]
    return [(key, kind_label(key)) for key in keys], shown


def kind_label(key: str) -> str:
    table = lifecycle(key)
    return str(table.label) if table else key


def shown(lines: list[Line]) -> list[dict[str, Any]]:
    """Each correction beside its original, as the template wants them; two questions."""
    uids = [line.corrects for line in lines]
    return _rows(lines, {line.uid: line for line in Line.objects.filter(uid__in=uids)})


def _rows(lines: list[Line], originals: Originals) -> list[dict[str, Any]]:
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
        "title": was["title"] if was and line.type == WRITTEN else now["title"],
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
        {"label": _did(step["move"]), "value": words.label(words.ROLES, step["role"])}
        for step in line.data.get("approved", [])
    ]
    return facts("what", "said"), facts("right"), [*facts("reason", "note"), *approved]


def _did(move: str) -> str:
    return {"raise": _("Raised by"), "verify": _("Verified by"), "publish": _("Published by")}.get(
        move, move
    )
