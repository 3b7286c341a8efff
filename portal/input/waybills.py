"""Waybill numbers: kept as typed and normalised. The check digit of international post is sound and
refuses; the patterns of the carriers drift and only warn."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}", re.ASCII)
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
POST = frozenset({"ems", "post"})
_PATTERNS = {
    "sf": r"SF\d{13}|\d{12}",
    "yto": r"YT\d{13}",
    "jd": r"JD[A-Z]{0,2}\d{11,15}",
    "jt": r"JT\d{13}",
    "deppon": r"DPK\d{12}",
    "zto": r"\d{12,14}",
    "sto": r"\d{12,15}",
    "yunda": r"\d{13}|\d{15}",
    "ems": r"\d{13}|[A-Z]{2}\d{9}[A-Z]{2}",
}
_WRONG: Promise = _(
    "The check digit of this postal number does not agree with the others. "
    "Please compare it with the label."
)
_STRANGE: Promise = _(
    "This carrier's numbers usually look different. If it stands so on the label, leave it."
)


class WrongWaybill(ValueError):
    """A postal number whose check digit is wrong: it was mistyped."""

    def __str__(self) -> str:
        """The sentence in the language that is active now."""
        return str(_WRONG)


@dataclass(frozen=True)
class Waybill:
    """What was typed, what it means, and what is odd about it."""

    raw: str
    number: str
    warning: Promise | None = None


def read_waybill(typed: str, *, carrier: str) -> Waybill:
    """The number in capitals without spaces and hyphens. No number (own vehicle, rail) is fine.

    Raises WrongWaybill for a number of international post whose check digit is wrong.
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()
    postal = _S10.fullmatch(number)
    if postal and carrier in POST and s10_check(postal[1]) != postal[2]:
        raise WrongWaybill
    pattern = _PATTERNS.get(carrier)
    odd = bool(number) and pattern is not None and not re.fullmatch(pattern, number, re.ASCII)
    return Waybill(raw=typed, number=number, warning=_STRANGE if odd else None)


def s10_check(digits: str) -> str:
    """The check digit of the eight digits of an S10 number (UPU S10)."""
    rest = 11 - sum(w * int(d) for w, d in zip(_S10_WEIGHTS, digits, strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))
