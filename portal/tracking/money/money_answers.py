"""What somebody asks who sees a gift of money for the first time, as of a gift of goods: did a
hospital confirm what it bought, what went missing, who decided, how do I check. Pure."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from portal.tracking import words
from portal.tracking.gift.answers import GONE, check, decided, say
from portal.tracking.models import Gift, Line
from portal.tracking.money import holdings, money_flow

DECISIONS = frozenset(
    {
        *("spend.approve", "spend.approve_again", "spend.release_more"),
        *("money.redirect", "money.propose_refund", "money.refund"),
    }
)


def answers(gift: Gift, lines: Sequence[Line], paid: money_flow.Paid) -> list[dict[str, Any]]:
    """As gift.answers.answers; the entries come newest first."""
    told = money_flow.followed(gift, paid)
    nobody = _("Nobody yet: nothing of it was set aside to be paid.")
    found = (
        ("confirm", _("Did the hospital confirm it?"), _confirmed(gift, told)),
        ("missing", _("What went missing?"), _missing(told)),
        ("decided", _("Who decided?"), decided(lines, among=DECISIONS, nobody=nobody)),
        ("check", _("How do I check this?"), check(lines)),
    )
    return [{"key": key, "question": question, "says": says} for key, question, says in found]


def _confirmed(gift: Gift, told: list[tuple[str, str]]) -> list[dict[str, Any]]:
    received = [text for kind, text in told if kind == "received"]
    if not received:
        return [say(_("Not yet: no hospital has confirmed goods that it bought."))]
    waits = any(kind not in ("paid", "fee") for kind, *_rest in holdings.shares(gift))
    whole = len(received) == len(told) and not waits
    text = _("Yes: %(what)s") if whole else _("Yes, a part: %(what)s")
    return [say(text % {"what": words.joined(received, strong=True)}, href="#flow-h")]


def _missing(told: list[tuple[str, str]]) -> list[dict[str, Any]]:
    gone = [text for kind, text in told if kind in GONE]
    if gone:
        return [say(words.joined(gone, strong=True), href="#flow-h")]
    return [say(_("Nothing so far: every fen stands in the table below."), href="#where-h")]
