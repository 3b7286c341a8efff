"""What the moves of oversight do, and what time brings about: questions unanswered, statements due
and late."""

from datetime import datetime

from portal.oversight import asking, disclosing
from portal.oversight.asking import (
    ask,
    name_question,
    publish_answer,
    publish_question,
    refuse_question,
    reply,
)
from portal.oversight.correcting import (
    drop_correction,
    publish_correction,
    raise_correction,
    verify_correction,
)
from portal.oversight.disclosing import (
    draft_statement,
    name_late,
    name_statement,
    publish_statement,
)

__all__ = [
    "ask",
    "draft_statement",
    "drop_correction",
    "name_late",
    "name_question",
    "name_statement",
    "publish_answer",
    "publish_correction",
    "publish_question",
    "publish_statement",
    "raise_correction",
    "refuse_question",
    "reply",
    "tick",
    "verify_correction",
]


def tick(*, at: datetime) -> int:
    """How many moves time has brought about."""
    return asking.fall_overdue(at=at) + disclosing.tick(at=at)
