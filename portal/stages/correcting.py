"""Which earlier event a correction takes back: the table names the moves, the trail the last of
them (R5)."""

from django.db.models import Q

from portal.stages.models import Subject, Trail
from portal.stages.table import Move


def corrected(subject: Subject, row: Move) -> str | None:
    """The uid of the last event of this code whose word the move takes back; None if there is
    none."""
    own, wanted = subject.lifecycle.key, Q()
    for name in row.corrects:
        kind, _dot, move = (name if "." in name else f"{own}.{name}").partition(".")
        wanted |= Q(lifecycle=kind, move=move)
    taken = Trail.objects.filter(wanted, code=subject.code).exclude(uid="")
    return taken.order_by("-pk").values_list("uid", flat=True).first()
