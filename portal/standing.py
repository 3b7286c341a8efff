"""How the ledger stands, for the strip on top of every page: nothing while all is well."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest

import ledger.api as ledger


class Trouble(NamedTuple):
    """`mode` frozen, behind or readonly; since when."""

    mode: str
    since: datetime | None


def remember(request: HttpRequest) -> ledger.Standing:
    """Ask once for a request; the page that is made for it asks no more."""
    found = ledger.standing()
    request.ledger_mode = found.mode  # type: ignore[attr-defined]  # ours
    return found


def untroubled(request: HttpRequest) -> None:
    """A page that is not to ask."""
    request.ledger_mode = ""  # type: ignore[attr-defined]  # ours


def page(request: HttpRequest) -> dict[str, Callable[[], Trouble | None]]:
    """For templates: `trouble`, asked for where it is shown."""

    @cache
    def trouble() -> Trouble | None:
        known: Any = getattr(request, "ledger_mode", None)
        mode = remember(request).mode if known is None else known
        calm = mode in ("", "ok") or settings.MIRROR_OF  # read only is what a mirror is
        return None if calm else Trouble(mode, ledger.mode_since())

    return {"trouble": trouble}
