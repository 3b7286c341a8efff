"""The unified social credit code of organisations (GB 32100-2015), checked place by place."""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_REASONS: dict[str, Promise] = {
    "length": _("A unified social credit code has 18 characters. Please check it."),
    "characters": _(
        "A unified social credit code has digits and capital letters without I, O, S, V and Z. "
        "Please check it."
    ),
    "division": _("Characters 3 to 8 of the code are the digits of a district. Please check them."),
    "organisation": _("Characters 9 to 17 of the code do not agree. Please check them."),
    "check": _("The last character of the code does not agree with the others. Please check it."),
}


class WrongCreditCode(ValueError):
    """Not a credit code; `reason` says which rule it breaks and the text what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(_REASONS[reason])
        self.reason = reason

    def __str__(self) -> str:
        """The sentence in the language that is active now."""
        return str(_REASONS[self.reason])


def check_uscc(typed: str) -> str:
    """The code in capitals without spaces and hyphens; raises WrongCreditCode.

    Authorities may be letters (places 1 and 2), the district is digits; GB 11714 is checked inside.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()
    if len(code) != 18:
        raise WrongCreditCode("length")
    if any(char not in ALPHABET for char in code):
        raise WrongCreditCode("characters")
    if not _SHAPE.fullmatch(code):
        raise WrongCreditCode("division")
    if organisation_check(code[8:16]) != code[16]:
        raise WrongCreditCode("organisation")
    if check_character(code[:17]) != code[17]:
        raise WrongCreditCode("check")
    return code


def organisation_check(first: str) -> str:
    """The ninth character of an organisation code from its first eight."""
    values = (int(char, 36) for char in first)
    rest = 11 - sum(w * v for w, v in zip(_ORGANISATION_WEIGHTS, values, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def check_character(first: str) -> str:
    """The eighteenth character of a credit code from its first seventeen."""
    total = sum(pow(3, place, 31) * ALPHABET.index(char) for place, char in enumerate(first))
    return ALPHABET[-total % 31]


def is_marker(code: str) -> bool:
    """Whether a code belongs to an invented organisation of the demonstration."""
    return code[8:14] == "000000"
