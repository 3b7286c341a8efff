"""Public rows of money as the templates want them: a gift of it, funds, campaigns."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.input.provinces import place
from portal.input.templatetags.pages import day_words
from portal.stages.table import lifecycle
from portal.tracking import queries, showing, telling, words
from portal.tracking.certificates import certifying
from portal.tracking.gift import verdict
from portal.tracking.models import Gift, Line, Purchase, Subject
from portal.tracking.money import holdings, money_answers, money_flow
from portal.tracking.queries import Erased

Named = Mapping[str, Mapping[str, Any]]
MOST = 200  # rows of a table on one page


def gift(row: Gift, lines: list[Line], named: Named, paid: money_flow.Paid) -> dict[str, Any]:
    """Everything on the page of a gift of money."""
    donor = named.get(row.uid, {}).get("shown_name", "")
    amount = sum(line["quantity"] for line in row.lines)
    return {
        "section": "gifts",
        "gift": row,
        "title": _("Gift of %(amount)s") % {"amount": words.yuan(amount)},
        "stage": showing.stage_label("money", row.stage),
        "tone": showing.stage_tone("money", row.stage),
        "donor": donor,
        "donor_erased": isinstance(donor, Erased),
        "certified": bool(certifying.state_of(row)),
        "verdict": {**holdings.verdict(row), "headline": money_flow.headline(row, paid)}
        if paid
        else holdings.verdict(row),
        "answers": money_answers.answers(row, lines, paid),
        "flow": money_flow.of_gift(paid),
        "table": holdings.table(row),
        "entries": showing.timeline(lines, named, of=row.code),
        "around": {"shipments": [], "needs": [], "hospitals": []},
        "unknown": [
            _("Whether the account holds what the books say: only the bank's statement shows it."),
            _("Whether the goods are worth their price: the documents of the spending help."),
        ],
        "address": settings.SITE_ORIGIN + reverse("plain:tracking:gift", args=[row.code]),
        "crumbs": showing.crumbs((_("Gifts"), reverse("tracking:gifts")), (row.code, "")),
    }


def card(row: Gift) -> dict[str, Any]:
    """One row in the list of gifts."""
    amount = sum(line["quantity"] for line in row.lines)
    return {
        "gift": row,
        "href": reverse("tracking:gift", args=[row.code]),
        "title": _("Gift of %(amount)s") % {"amount": words.yuan(amount)},
        "stage": showing.stage_label("money", row.stage),
        "headline": holdings.headline(row),
        "bars": [],
    }


def title_of(row: Subject) -> str:
    zh = str(row.facts.get("title_zh", row.code))
    return str(row.facts.get("title_en") or zh) if words.english() else zh


def _yuan(sums: Mapping[str, int]) -> dict[str, str]:
    return {name: words.yuan(fen) for name, fen in sums.items()}


def fund_card(row: Subject, sums: Mapping[str, int]) -> dict[str, Any]:
    return {
        "code": row.code,
        "href": reverse("tracking:fund", args=[row.code]),
        "title": title_of(row),
        "stage": showing.stage_label("fund", row.stage),
        "tone": showing.stage_tone("fund", row.stage),
        "use_by": _day(row.facts.get("use_by")),
        **_yuan(sums),
        "rate": _percent(row),
    }


def _day(told: Any) -> str:
    return day_words(date.fromisoformat(told)) if told else ""


def _percent(row: Subject) -> str:
    whole, part = divmod(int(row.facts.get("fee_bp", 0)), 100)
    return f"{whole}.{part:02d} %" if part else f"{whole} %"


def fund(row: Subject) -> dict[str, Any]:
    sums, months = holdings.figures(row.code)
    spends = holdings.spends_of(row.code, most=MOST)
    lines, first, count = queries.latest_of(row.code, showing.RECENT)
    named = queries.named_of([*lines, *([first] if first else [])])
    oldest = holdings.oldest_unspent(row.code)
    bought = Purchase.objects.filter(code__in=[spend.code for spend in spends])
    goods = {one.code: _bought(one) for one in bought} if spends else {}
    return {
        **fund_card(row, sums),
        "section": "funds",
        "fund": row,
        "text": showing.stage_text("fund", row.stage),
        "conditions": _conditions(row, named.get(first.uid, {}) if first else {}),
        "months": [(month, _yuan(found)) for month, found in months],
        "spends": [_spend(spend, goods.get(spend.code, "")) for spend in spends],
        "flow": money_flow.of_fund(row.code, all_paid=sums["paid"]),
        "warned": _warned(row),
        "oldest": oldest,
        "oldest_href": reverse("tracking:gift", args=[oldest.code]) if oldest else "",
        "entries": showing.timeline(lines, named, of=row.code),
        "count": count,
        "crumbs": showing.crumbs((_("Funds"), reverse("tracking:funds")), (row.code, "")),
    }


def _warned(row: Subject) -> list[str]:
    """What the clock has found, in the words of its last sealed look."""
    idle, days = int(row.facts.get("idle", 0)), int(row.facts.get("days", 0))
    said = _("When the clock looked last, %(amount)s had lain here for more than %(days)s days.")
    out = [said % {"amount": words.yuan(idle), "days": days}] if idle else []
    if row.facts.get("near") and row.stage == "open":
        said = _("Its last day is near: it is to be spent by %(day)s.")
        out.append(said % {"day": _day(row.facts.get("use_by"))})
    return out


def _conditions(row: Subject, named: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, said, address) of everything that limits how the fund is spent."""
    facts, campaign_code = row.facts, str(row.facts.get("campaign", ""))
    separator = ", " if words.english() else "、"
    hospitals = [words.name(row.names, code) for code in facts.get("recipients", [])]
    purposes = [
        words.choice("fund", "set_up", "purposes", key) for key in facts.get("purposes", [])
    ]
    classes = [words.label(words.CLASSES, key) for key in facts.get("item_classes", [])]
    papers = [words.choice("fund", "set_up", "papers", key) for key in facts.get("papers", [])]
    cap = facts.get("cap")
    address = reverse("tracking:campaign", args=[campaign_code]) if campaign_code else ""
    return [
        (_("Campaign"), words.name(row.names, campaign_code), address),
        (_("Purposes"), separator.join(purposes), ""),
        (_("What may be bought"), separator.join(classes), ""),
        (_("Recipients"), separator.join(hospitals) or _("every hospital in the register"), ""),
        (_("Regions"), separator.join(map(place, facts.get("regions", []))) or _("everywhere"), ""),
        (_("Documents every request needs"), separator.join(papers) or _("none named"), ""),
        (_("To be spent"), f"{_day(facts.get('not_before'))} – {_day(facts.get('use_by'))}", ""),
        (_("At most for one recipient"), words.yuan(cap) if cap else _("no limit"), ""),
        (_("Fee kept"), _percent(row), ""),
        (_("What becomes of what is left"), str(named.get("leftover", "")), ""),
    ]


def _bought(row: Purchase) -> str:
    """What it bought and where that is, as a gift's page says it of its pieces."""
    found: dict[tuple[str, str, str], int] = {}
    for at, _lot, _line, _first, pieces, _house, _shipment, item in row.held:
        if told := verdict.where(row, at):
            key = (told[0], told[1], item)
            found[key] = found.get(key, 0) + pieces
    said = [
        words.phrase(
            kind,
            amount=words.amount(n, row.names, item, named=True),
            owner=words.name(row.names, owner),
        )
        for (kind, owner, item), n in found.items()
    ]
    return words.joined(said, strong=True)


def _spend(row: Subject, goods: str) -> dict[str, Any]:
    facts = row.facts
    purpose = words.choice("spend", "request", "purpose", str(facts.get("purpose", "")))
    recipient = str(facts.get("recipient", ""))
    papers = [
        words.choice("fund", "set_up", "papers", str(told.get("paper", "")))
        for told in facts.get("papers", [])
    ]
    papers += [_("payment slip")] if row.stage in ("paid", "accounted") else []
    papers += [_("invoice")] if row.stage == "accounted" else []
    return {
        "code": row.code,
        "amount": words.yuan(int(facts.get("amount", 0))),
        "purpose": purpose,
        "item_class": words.label(words.CLASSES, str(facts.get("item_class", ""))),
        "recipient": words.name(row.names, recipient),
        "recipient_href": reverse("tracking:organisation", args=[recipient]) if recipient else "",
        "stage": showing.stage_label("spend", row.stage),
        "tone": showing.stage_tone("spend", row.stage),
        "since": row.since,
        "goods": goods,
        "papers": words.joined(papers),
        "proof": reverse("tracking:spend_proof", args=[row.code]),
    }


def campaign_card(row: Subject) -> dict[str, Any]:
    return {
        "code": row.code,
        "href": reverse("tracking:campaign", args=[row.code]),
        "title": title_of(row),
        "stage": showing.stage_label("campaign", row.stage),
        "tone": showing.stage_tone("campaign", row.stage),
        "starts_on": _day(row.facts.get("starts_on")),
        "ends_on": _day(row.facts.get("ends_on")),
        "filing_number": row.facts.get("filing_number", ""),
    }


def campaign(row: Subject) -> dict[str, Any]:
    lines, first, count = queries.latest_of(row.code, showing.RECENT)
    named = queries.named_of([*lines, *([first] if first else [])])
    found = Subject.objects.filter(kind="fund", facts__campaign=row.code).order_by("code")
    funds_of = list(found[:MOST])
    sums = holdings.sums_of(each.code for each in funds_of)
    return {
        **campaign_card(row),
        "section": "funds",
        "campaign": row,
        "text": showing.stage_text("campaign", row.stage),
        "plan": _plan(row, named.get(first.uid, {}) if first else {}),
        "funds": [fund_card(each, sums[each.code]) for each in funds_of],
        "entries": showing.timeline(lines, named, of=row.code),
        "count": count,
        "crumbs": showing.crumbs((_("Campaigns"), reverse("tracking:campaigns")), (row.code, "")),
    }


def _plan(row: Subject, named: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text of each field of the plan, by the table's own words."""
    table = lifecycle("campaign")
    move = table.by_name.get("plan") if table else None
    out = [(str(_("Filing number")), str(row.facts.get("filing_number", "")))]
    for spec in move.facts.specs() if move else ():
        if spec.name in ("title_zh", "title_en"):
            continue
        value = named.get(spec.name, row.facts.get(spec.name))
        text = value if isinstance(value, Erased) else telling.value_text(spec, value, row.names)
        if text:
            out.append((str(spec.label), text))
    return out
