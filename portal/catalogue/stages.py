"""The table of catalogue items: published from the checked data file, revised by a new version."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, SYSTEM
from portal.stages.facts import Facts
from portal.stages.table import Lifecycle, Move, Stage


class Published(Facts, line=_("Published in the catalogue")):
    pass


class Revised(Facts, line=_("Revised in the catalogue")):
    pass


ITEM = Lifecycle(
    "item",
    "V",
    _("Catalogue item"),
    stages=(Stage("published", _("Published"), _("Can be asked for and given.")),),
    moves=(
        Move(
            "publish",
            target="published",
            by=(SYSTEM, COORDINATOR),
            facts=Published,
            effect="fill",
            seals_subject=True,
            label=_("Publish"),
            done=_("Published"),
        ),
        Move(
            "revise",
            source=("published",),
            target="published",
            by=(SYSTEM, COORDINATOR),
            facts=Revised,
            effect="fill",
            seals_subject=True,
            label=_("Revise"),
            done=_("Revised"),
        ),
    ),
    public_from=("published",),
)
