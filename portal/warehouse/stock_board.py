"""The table of the stock statement: sealed by the clock for every warehouse, once a window."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CLOCK
from portal.stages.facts import Facts
from portal.stages.table import Lifecycle, Move, Stage


class Stated(Facts, line=_("Stock statement")):
    """Its figures are added by the effect: what came and went, what is there, what waits. No
    person, no price."""


STATEMENT = Lifecycle(
    "statement",
    "D",
    _("Stock statement"),
    stages=(Stage("stated", _("Stated"), _("Sealed as it was then."), public="store", ends=True),),
    moves=(
        Move(
            "state",
            target="stated",
            by=(CLOCK,),
            facts=Stated,
            effect="state_stock",
            label=_("Stock statement"),
            done=_("Stock statement"),
        ),
    ),
    public_from=("stated",),
)
