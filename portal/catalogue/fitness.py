"""Where goods may be used, strictest first: the levels that variants are fit for and needs ask for.

The levels are told apart, not ranked: a variant lists each one it is fit for.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from portal.stages.facts import Choice


class Fitness(Choice):
    ISOLATION = "isolation", _("Isolation ward or ICU")
    FEVER_CLINIC = "fever_clinic", _("Fever clinic")
    GENERAL_WARD = "general_ward", _("General ward")
    COMMUNITY = "community", _("Community")


def known_levels(levels: Iterable[str]) -> frozenset[Fitness]:
    """The levels of a variant as the catalogue keeps them; none: nobody has said what it is fit
    for, so it is fit for nothing until an inspection says which variant it is."""
    return frozenset(Fitness(level) for level in levels)
