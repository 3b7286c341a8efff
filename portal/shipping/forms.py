"""The form of the direct lane: the donor packs and hands over in one step."""

from dataclasses import replace
from typing import Any

from portal.pledges.models import Pledge
from portal.shipping.queries import direct_initial
from portal.shipping.stages import SentDirect
from portal.stages.forms import MoveForm
from portal.stages.table import Move


class DirectForm(MoveForm):
    """`pack` with the facts of the direct lane, a row for each line with something left to send."""

    def __init__(self, move: Move, *, pledge: Pledge, **kwargs: Any) -> None:
        kwargs["initial"] = direct_initial(pledge)
        super().__init__(replace(move, facts=SentDirect), **kwargs)
