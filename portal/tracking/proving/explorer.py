"""The ledger's own pages: newest entries, one entry with its proof, checkpoints, integrity."""

import json
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import ledger.api as ledger
from ledger.core import policy, tiles, tree
from portal.tracking import queries, showing, telling
from portal.tracking.finding.places import whole
from portal.tracking.models import Line, Organisation
from portal.tracking.projection.projecting import seen
from portal.tracking.proving import proofs
from portal.tracking.responding import page, public

AT_ONCE = 20


def first_files(size: int) -> list[str]:
    """One file of each kind that a log of this published size has."""
    if not size:
        return []
    begun = [tiles.path(next(tiles.of_level(level, 0, size))) for level in (0, tiles.ENTRIES)]
    return ["checkpoint", "policy", *begun, f"disclosures/{tiles.number(0)}"]


@require_safe
def ledger_page(request: HttpRequest) -> HttpResponse:
    """How large the ledger is, its newest checkpoint, its entries, and how to check it oneself."""
    newest = next(iter(ledger.signed(1)), None)
    size, version = newest.checkpoint.size if newest else 0, seen()
    before = whole(request.GET.get("before", ""))

    def context() -> dict[str, Any]:
        rows = Line.objects.filter(seq__lt=before) if before else Line.objects.all()
        lines = list(rows.order_by("-seq")[:AT_ONCE])
        older = lines[-1].seq if lines and lines[-1].seq else 0
        return {
            "section": "ledger",
            "size": version,
            "newest": newest,
            "origin": settings.LEDGER_ORIGIN,
            "site": settings.SITE_ORIGIN,
            "files": [f"{settings.SITE_ORIGIN}/ledger/{name}" for name in first_files(size)],
            "entries": [{"line": line, "title": telling.title(line)} for line in lines],
            "older": f"?{urlencode({'before': older})}" if older else "",
            "newer": "?" if before else "",
        }

    said = f"{version}-{size}-{len(newest.by) if newest else 0}-{before}"
    return page(request, "tracking/ledger.html", context, version=said)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry: told in words, the very bytes, its proof and its neighbours."""
    line = Line.objects.filter(seq=index).first() if index < 2**63 else None
    sealed = ledger.entry(index) if line else None
    if line is None or sealed is None:
        return render(request, "404.html", status=404)
    published, size = ledger.published(), seen()
    proved = published if published and published.size > index else None

    def context() -> dict[str, Any]:
        told = showing.timeline([line], queries.named_of([line]), of="")
        following = ledger.entry(index + 1) if index + 1 < size else None
        return {
            "section": "ledger",
            "line": line,
            "told": told,
            "raw": sealed.raw.decode(),
            "bytes": len(sealed.raw),
            "pretty": json.dumps(sealed.body, ensure_ascii=False, indent=2),
            "cases": _cases(sealed.body["cases"]),
            "previous": index - 1 if index else None,
            "prev": sealed.body["prev"],
            "following": following,
            "steps": _steps(sealed, proved.size) if proved else [],
            "published": proved,
            "crumbs": showing.crumbs((_("Ledger"), reverse("tracking:ledger")), (str(index), "")),
        }

    said = f"{index}-{line.version}-{proved.size if proved else 0}-{size > index + 1}"
    return page(request, "tracking/entry.html", context, version=said, entries=index + 1)


def _cases(cases: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """The codes that an entry concerns, its running numbers there, their pages if they have one."""
    orgs = [code for code, _n in cases if code[0] == "U"]
    known = set(Organisation.objects.filter(code__in=orgs).values_list("code", flat=True))
    pages = {**telling.PAGES, "U": "tracking:organisation"}
    found = []
    for code, n in cases:
        name = pages.get(code[0]) if code[0] != "U" or code in known else None
        found.append({"code": code, "n": n, "href": reverse(name, args=[code]) if name else ""})
    return found


def _steps(sealed: ledger.Entry, size: int) -> list[dict[str, str]]:
    """Fold the proof from the leaf up (RFC 9162 2.1.3.2): each sibling, its side, the result."""
    fn, sn, r = sealed.index, size - 1, sealed.leaf
    steps = []
    for sibling in ledger.proof(sealed.index, size):
        left = bool(fn & 1 or fn == sn)
        r = tree.node_hash(sibling, r) if left else tree.node_hash(r, sibling)
        steps.append({"side": "left" if left else "right", "with": sibling.hex(), "to": r.hex()})
        while left and not fn & 1 and fn:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    return steps


@require_safe
def entry_file(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """`<index>.entry`, the very bytes, or `<index>.tlog-proof` (c2sp.org/tlog-proof)."""
    index = int(name)
    sealed = ledger.entry(index)
    published = ledger.published()
    if sealed is None or (kind == "tlog-proof" and not (published and index < published.size)):
        return render(request, "404.html", status=404)
    data, tag = sealed.raw, sealed.leaf.hex()
    if kind == "tlog-proof" and published:
        data = proofs.tlog_proof(index, ledger.proof(index, published.size), published.note)
        tag = f"{index}.{sha256(published.note).hexdigest()[:16]}"
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{index}.{kind}"'
    return public(request, response, tag=tag)


@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Every signed tree head, who cosigned it and when."""
    before = whole(request.GET.get("before", ""))
    found = ledger.signed(AT_ONCE, below=before or None)
    last = found[-1].checkpoint.size if len(found) == AT_ONCE else 0

    def context() -> dict[str, Any]:
        return {
            "section": "ledger",
            "found": found,
            "rules": rules(),
            "older": f"?{urlencode({'before': last})}" if last else "",
            "newer": "?" if before else "",
            "crumbs": showing.crumbs(
                (_("Ledger"), reverse("tracking:ledger")), (_("Checkpoints"), "")
            ),
        }

    top = found[0].checkpoint.size if found else 0
    lines = sum(len(one.by) + bool(one.stamped) for one in found)
    said = f"{top}-{lines}-{before}"
    return page(request, "tracking/checkpoints.html", context, version=said)


def rules() -> policy.Policy | None:
    """The published policy: whose signatures readers are told to demand."""
    published = ledger.published()
    return policy.parse(published.policy) if published else None


@require_safe
def integrity(request: HttpRequest) -> HttpResponse:
    """When everything was last checked and rebuilt, what this proves and what it does not."""
    told = ledger.journal("fsck", "drill", "mode", "unfreeze")
    newest = next(iter(ledger.signed(1)), None)
    try:
        mode = ledger.mode()
    except ledger.NoLog:
        mode = ""

    def context() -> dict[str, Any]:
        return {
            "section": "ledger",
            "mode": mode,
            "told": told,
            "newest": newest,
            "rules": rules(),
            "site": settings.SITE_ORIGIN,
            "crumbs": showing.crumbs(
                (_("Ledger"), reverse("tracking:ledger")), (_("Integrity"), "")
            ),
        }

    lines = "-".join(str(line.pk) for line in told.values())
    said = f"{mode}-{lines}-{newest.checkpoint.size}-{len(newest.by)}" if newest else mode
    return page(request, "tracking/integrity.html", context, version=said)
