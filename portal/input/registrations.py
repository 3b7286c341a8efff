"""Registration numbers of medical devices (医疗器械注册证): read, and warned about.

What is well formed is told in parts. Numbers from before 2014 and filings of class I are taken as
text; anything else is kept too, with a warning, because papers from abroad look different.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NUMBER = re.compile(r"([\u4e00-\u9fff])械注([准进许])(20\d{2})([23])(\d{2})(\d{4})", re.ASCII)
_FILING = re.compile(r"[\u4e00-\u9fff]{1,6}械备(20\d{2})\d{4}(?:号)?", re.ASCII)
_OLD = re.compile(
    r"[\u4e00-\u9fff]{1,4}食?药监械\([准进许]\)字((?:19|20)\d{2})第\d{6,8}号(?:\(更\))?", re.ASCII
)
_STRANGE: Promise = _(
    "This does not look like a registration number of a medical device, such as "
    "国械注准20203400057. Please compare it with the certificate."
)


@dataclass(frozen=True)
class Registration:
    """A number as it is kept; `kind`: registered, filed, old or unknown. Zero where it is not
    said."""

    number: str
    kind: str
    year: int = 0
    device_class: int = 0
    warning: Promise | None = None


def read_registration(typed: str) -> Registration:
    """The number without spaces and in half-width signs, with what it says; never refused."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    if found := _NUMBER.fullmatch(number):
        return Registration(number, "registered", int(found[3]), int(found[4]))
    if found := _FILING.fullmatch(number):
        return Registration(number, "filed", int(found[1]), 1)
    if found := _OLD.fullmatch(number):
        return Registration(number, "old", int(found[1]))
    return Registration(number, "unknown", warning=_STRANGE)
