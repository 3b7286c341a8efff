"""What time brings about, part by part: whichever part's `commands` has a `tick` is asked."""

from datetime import datetime

import ledger.api as ledger
from portal.stages.registry import subjects
from portal.stages.rooms import room


def tick(*, at: datetime) -> dict[str, int]:
    """Let every part take the moves that are due; how many each took, by its name. Nothing while
    the ledger takes nothing: what is due stays due."""
    if ledger.closed():
        return {}
    parts = {model._meta.app_label: room(model, "commands") for model in subjects()}
    return {
        name: commands.tick(at=at)
        for name, commands in sorted(parts.items())
        if hasattr(commands, "tick")
    }
