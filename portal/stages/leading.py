"""Which moves bring a subject further: what one is there to do, before what one may also do."""

from portal.stages.models import Subject
from portal.stages.table import Move


def leads_on(subject: Subject, move: Move) -> bool:
    """Not what takes back, cancels, writes off or corrects: that waits for nobody."""
    if move.corrects:
        return False
    stages = subject.lifecycle.by_key
    return any(t != subject.stage and not stages[t].detour for t in move.targets)
