"""What a certificate says, and what is said of a number: from public rows alone.

The donor stands in it as he wished to be named, by the disclosure that lives now: after an erasure
a reprint holds no name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

import ledger.api as ledger
from ledger.core.postings import MONEY
from portal.input.capitals import capitals
from portal.stages.table import lifecycle
from portal.tracking import showing, words
from portal.tracking.certificates.certificate import Certificate
from portal.tracking.certificates.certifying import SUM
from portal.tracking.gift import verdict
from portal.tracking.models import Gift, Line
from portal.tracking.money.holdings import is_money

Told = dict[str, Any]
VALID, SUPERSEDED, UNKNOWN = "valid", "superseded", "unknown"


def template_of(newest: Certificate | None) -> str:
    valid = newest is not None and newest.ended_seq is None
    return "tracking/certificate_paper.html" if valid else "tracking/promise_paper.html"


def paper(gift: Gift, newest: Certificate | None) -> Told:
    """Everything on the certificate, or on the note that stands for it until there is one."""
    at = reverse("plain:tracking:gift", args=[gift.code])
    common = {"gift": gift, **_donor(gift), "gift_address": settings.SITE_ORIGIN + at}
    if newest is None or newest.ended_seq is not None:
        return {**common, **_promise(gift), "ended": newest}
    return {**common, **told(newest), "charity": _charity(newest), "noted": _noted(gift)}


def told(row: Certificate) -> Told:
    """What the certificate says of the gift: quantities and by whom they were confirmed, or fen."""
    names = row.names
    total = sum(line["amount"] for line in row.rows)
    return {
        "certificate": row,
        "address": settings.SITE_ORIGIN + reverse("plain:tracking:certificate", args=[row.code]),
        "rows": [
            {
                "item": words.item_title(names, line["item"]),
                "amount": words.amount(line["amount"], names, line["item"], named=False),
                "by": words.name(names, line["owner"]),
            }
            for line in sorted(row.rows, key=lambda r: (r["item"], -r["amount"], r["owner"]))
            if row.kind != SUM
        ],
        "sum": words.yuan(total) if row.kind == SUM else "",
        "capitals": capitals(total) if row.kind == SUM else "",
        "funds": [words.name(names, code) for code in sorted(names) if code[0] == "F"],
    }


def answer(gift: Gift, row: Certificate, rows: Sequence[Certificate]) -> Told:
    """What is said of a number that stands in the public rows. `rows`: all of the gift."""
    ended = row.ended_seq is not None
    return {
        "section": "gifts",
        "state": SUPERSEDED if ended else VALID,
        "gift": gift,
        **_donor(gift),
        **told(row),
        "why": _cause(row.ended_cause) if ended else "",
        "made": _cause(row.cause),
        "successor": row.ended_by,
        "history": rows if len(rows) > 1 else [],
        "crumbs": showing.crumbs(
            (_("Gifts"), reverse("tracking:gifts")),
            (gift.code, reverse("tracking:gift", args=[gift.code])),
            (row.code, ""),
        ),
    }


def unknown(typed: str, error: str) -> Told:
    """What is said of a number that no certificate ever had. `error`: why it is not even one."""
    return {"section": "gifts", "state": UNKNOWN, "typed": typed, "wrong": error}


def _donor(gift: Gift) -> Told:
    """{donor, erased}: as the donor wished to be named; nothing for one who stays anonymous."""
    found, gone = ledger.shown([gift.uid])
    name = "shown_name" if is_money(gift) else "donor_name"
    named = is_money(gift) or gift.visibility == "named"
    known: Mapping[str, Any] = found.get(gift.uid, {})
    return {
        "donor": str(known.get(name, "")) if named else "",
        "erased": named and name in gone.get(gift.uid, set()),
    }


def _promise(gift: Gift) -> Told:
    """What was promised: never a value, and never as if it had come."""
    kind = "money" if is_money(gift) else "pledge"
    promised = [
        {
            "item": _("Money") if item == MONEY else words.item_title(gift.names, item),
            "amount": words.amount(verdict.promised(gift, item), gift.names, item, named=False),
        }
        for item in verdict.items(gift)
        if verdict.promised(gift, item)
    ]
    table = lifecycle(kind)
    stage = table.by_key.get(gift.stage) if table else None
    return {
        "promised": promised,
        "stage": showing.stage_label(kind, gift.stage),
        "text": showing.stage_text(kind, gift.stage),
        "over": stage is not None and stage.ends,
    }


def _charity(row: Certificate) -> str:
    codes = sorted(code for code, told in row.names.items() if told.get("kind") == "charity")
    return words.joined([words.name(row.names, code) for code in codes])


def _noted(gift: Gift) -> Line | None:
    """The entry that says that the finance bureau's own receipt was given out; its number is the
    donor's."""
    if not is_money(gift):
        return None
    found = Line.objects.filter(link__code=gift.code, type="money.note_receipt")
    return found.order_by("-seq").first()


def _cause(kind: str) -> str:
    """What the tables say of an entry's type; an unknown one by its key."""
    table = lifecycle(kind.partition(".")[0])
    move = table.by_name.get(kind.partition(".")[2]) if table else None
    return str(move.done or move.label) if move else kind
