"""A gift as its page wants it: one row of the public tables, its lines, and what still stands of
the names."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.tracking import showing, words
from portal.tracking.certificates import certifying
from portal.tracking.gift import answers, drawing, folded, route, sums, verdict
from portal.tracking.models import Gift, Line
from portal.tracking.projection import after, wishes
from portal.tracking.queries import Erased
from portal.tracking.showing import Named


def title(row: Gift) -> str:
    """`医用防护口罩 1,000 只`, as it was promised; more than two items are counted."""
    items = [item for item in verdict.items(row) if verdict.promised(row, item)]
    parts = [
        f"{capfirst(words.name(row.names, item))} "
        f"{words.amount(verdict.promised(row, item), row.names, item, named=False)}"
        for item in items
    ]
    if len(parts) > 2:
        return _("%(first)s and %(n)d more items") % {"first": parts[0], "n": len(parts) - 1}
    return (" + " if words.english() else "、").join(parts)


def shown(row: Gift, lines: list[Line], named: Named) -> dict[str, Any]:
    """Everything on the page of a gift."""
    reached: dict[str, Any] = {}
    for line in reversed(lines):
        if line.public and (line.code == row.code or line.code[:1] in "CARS"):
            reached.setdefault(line.public, line.recorded_at)
    donor = named.get(row.uid, {}).get("donor_name", "") if row.visibility == "named" else ""
    bars, told = sums.split_bars(row), verdict.view(row)
    for segment in (s for bar in bars for s in bar["rows"] if s["by"]):
        segment["href"] = reverse("tracking:shipment", args=[segment["by"]])
    return {
        "section": "gifts",
        "gift": row,
        "title": title(row),
        "stage": sums.where(row),
        "tone": "amber" if told["tone"] else showing.stage_tone("pledge", row.stage),
        "donor": donor,
        "donor_erased": isinstance(donor, Erased),
        "certified": bool(certifying.state_of(row)),
        "said": [*wishes.sentences(row), *after.proceeds_of_gift(row)],
        "verdict": told,
        "answers": answers.answers(row, lines),
        "steps": verdict.stage_bar(row, reached),
        "bars": bars,
        "ways": drawing.pictures(row, lines),
        "goods": sums.table(row),
        "issued": after.issued_of_gift(row),
        **folded.fold(showing.timeline(lines, named, of=row.code)),
        "many": len(lines),
        "signers": folded.signers(lines),
        "route": route.route(row, lines),
        "around": _around(row),
        "unknown": _unknown(row),
        "address": settings.SITE_ORIGIN + reverse("plain:tracking:gift", args=[row.code]),
        "crumbs": showing.crumbs((_("Gifts"), reverse("tracking:gifts")), (row.code, "")),
    }


def _around(row: Gift) -> dict[str, list[dict[str, str]]]:
    """Shipments, needs and hospitals of a gift, as links."""
    shipments, hospitals, needs = [], {}, dict[str, None]()
    for key, told in sorted(row.subjects.items(), key=lambda pair: (pair[1]["since"], pair[0])):
        kind, _colon, code = key.partition(":")
        if kind == "shipment":
            to = words.name(row.names, told["hospital"]) if told["hospital"] else ""
            shipments.append(
                {
                    "code": code,
                    "href": reverse("tracking:shipment", args=[code]),
                    "note": words.joined(
                        [t for t in (to, showing.stage_label(kind, told["stage"])) if t]
                    ),
                }
            )
            if told["hospital"]:
                href = reverse("tracking:organisation", args=[told["hospital"]])
                hospitals[told["hospital"]] = {"code": to, "href": href, "note": ""}
        needs |= dict.fromkeys(told["needs"] if kind != "need" else [code])
    needs |= dict.fromkeys(line["need"] for line in row.lines if line.get("need"))
    links = [
        {"code": code, "href": reverse("tracking:need", args=[code]), "note": ""} for code in needs
    ]
    return {"shipments": shipments, "needs": links, "hospitals": list(hospitals.values())}


def _unknown(row: Gift) -> list[str]:
    """What the ledger does not say, so that nobody reads it into the page."""
    said = [_("Whether each entry was true when it was written: that several parties say it does.")]
    kinds = {share.kind for share in verdict.shares(row)}
    if kinds & {"transit", "trouble", "turned_back", "delivered", "inbound"}:
        said.append(_("Where exactly the pieces under way are at this moment."))
    if "received" in kinds and not after.issued_of_gift(row):
        said.append(_("How the hospital has used what it confirmed."))
    if kinds & {"promised", "unanswered"}:
        said.append(_("Whether the promised pieces exist: nobody but the donor has seen them."))
    return said
