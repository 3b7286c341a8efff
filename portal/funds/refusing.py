"""Refusals of spending: each rule by its name, with its figures, in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.disclosure.classes import OPEN
from portal.funds.models import Refusal, Spend
from portal.stages.engine import MoveRefused
from portal.stages.facts import Facts

CHINESE, ENGLISH = "zh-hans", "en"


@dataclass(frozen=True)
class Broken:
    """One rule that is broken: its key, its sentence, the figures in it."""

    rule: str
    text: object  # lazy, with %(…)s
    figures: Mapping[str, object] = field(default_factory=dict)

    def said(self) -> str:
        """In the language that is active now."""
        return str(self.text) % {name: str(value) for name, value in self.figures.items()}


class SpendRefused(MoveRefused):
    """One or more rules refuse it; nothing is booked."""

    def __init__(self, broken: Sequence[Broken]) -> None:
        self.broken = tuple(broken)
        super().__init__(" ".join(one.said() for one in broken))


def refuse(broken: Sequence[Broken]) -> None:
    """Raise SpendRefused where any rule is broken."""
    if broken:
        raise SpendRefused(broken)


APPROVALS = _(
    "Rule “two approvals”: a payment needs the approval of 2 people, %(given)s of 2 is there. "
    "Please let another person approve it first."
)
CHANGED_AFTER = _(
    "Rule “approved is approved”: 1 person has approved %(code)s as it is, so it cannot be changed "
    "any more. Please withdraw it and ask anew."
)


def keep(
    code: str, move: str, *, actor: Actor, facts: Facts | None, at: datetime, refusal: Exception
) -> None:
    """Write the auditor's row; the refused move itself was undone before."""
    broken = getattr(refusal, "broken", ())
    spend = Spend.objects.filter(code=code).select_related("fund").first()
    asked: dict[str, Any] = dict(facts.sealed(OPEN)) if facts is not None else {}
    Refusal.objects.create(
        code=spend.code if spend else "",
        fund=spend.fund.code if spend else str(asked.get("fund", "")),
        move=move,
        rules=[one.rule for one in broken],
        text_zh=_in(CHINESE, broken) or str(refusal),
        text_en=_in(ENGLISH, broken) or str(refusal),
        asked=asked,
        role=actor.role,
        org=actor.org,
        who=actor.who,
        at=at,
    )


def _in(language: str, broken: Sequence[Broken]) -> str:
    with translation.override(language):
        return "\n".join(one.said() for one in broken)
