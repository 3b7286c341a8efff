"""What people type: text, quantities and amounts, cleaned or refused with a sentence that says what
to do.

Rules: security T-D01 (text), T-D03 (numbers). Forms and API refuse what is not plain; importers may
use `folded()` and must list
the row as changed.
"""

import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

QUANTITY = re.compile(r"[0-9]{1,10}\Z")
AMOUNT = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,2}))?\Z")
MOST = 10**9  # base units
MOST_FEN = 10**13
ASK_AGAIN = 10**6
REFUSED_KINDS = {"Cc", "Cf", "Cs", "Co", "Cn"}
MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
PARTED = re.compile(  # the same eleven digits, however they are parted
    r"(?<![\d])(?<!\d[-. ])1[-. _/·(),]{0,2}[3-9](?:[-. _/·(),]{0,2}\d){9}(?![-. ]?\d)"
)
IDENTITY = re.compile(
    r"(?<![0-9A-Z])[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
    r"(?![0-9A-Z])",
    re.ASCII,
)
SPELT = str.maketrans("〇零一二三四五六七八九幺", "001234567891")


class Unclean(ValueError):
    """What was typed cannot be taken; the text says why and what to type instead."""


def clean_text(value: object, *, limit: int = 200, lines: bool = False) -> str:
    """NFC text without control, invisible, private or unassigned characters, at most `limit`
    characters.

    `lines` allows line feeds (CR LF becomes LF). Raises Unclean.
    """
    if not isinstance(value, str):
        raise Unclean(_("Please type text here."))
    text = value.replace("\r\n", "\n").replace("\r", "\n") if lines else value
    if len(text) > limit:
        over = len(text) - limit
        raise Unclean(
            ngettext(
                "This is %(over)d character too long: at most %(limit)d fit here. "
                "Please shorten it.",
                "This is %(over)d characters too long: at most %(limit)d fit here. "
                "Please shorten it.",
                over,
            )
            % {"over": over, "limit": limit}
        )
    for place, char in enumerate(text, start=1):
        if unicodedata.category(char) in REFUSED_KINDS and not (lines and char == "\n"):
            raise Unclean(
                _(
                    "Character %(place)d (%(code)s) is an invisible or control character. "
                    "Please delete it and type the text again."
                )
                % {"place": place, "code": f"U+{ord(char):04X}"}
            )
    return unicodedata.normalize("NFC", text).strip()


def clean_public_text(value: object, *, limit: int = 200, lines: bool = False) -> str:
    """Text that will be shown in public: as `clean_text`, and no personal mobile number (R19)."""
    text = clean_text(value, limit=limit, lines=lines)
    if holds_mobile(text):
        raise Unclean(
            _(
                "This looks like a personal mobile number. It would be public: "
                "please give a department's land line or leave it out."
            )
        )
    if holds_identity(text):
        raise Unclean(
            _("This looks like the number of an identity card. It would be public: leave it out.")
        )
    return text


def holds_mobile(text: str) -> bool:
    """Whether a personal mobile number of China stands in it, in whatever digits and groups."""
    same = unicodedata.normalize("NFKC", text).translate(SPELT)
    plain = "".join(str(unicodedata.digit(c, 0)) if c.isdigit() else c for c in same)
    return bool(MOBILE.search(plain) or PARTED.search(plain))


def holds_identity(text: str) -> bool:
    """Whether the number of a Chinese identity card stands in it: 18 signs with a day of birth and
    the check sign of GB 11643-1999 (the weights are powers of 2 mod 11)."""
    same = unicodedata.normalize("NFKC", text).upper()
    return any(_is_identity(found[0]) for found in IDENTITY.finditer(same))


def _is_identity(number: str) -> bool:
    total = sum(int(digit) * pow(2, 17 - n, 11) for n, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def folded(text: str) -> str:
    """The plain ASCII number somebody probably meant: full-width and other digits, separators and a
    sign taken away."""
    digits = "".join(
        str(unicodedata.digit(c)) if c.isdigit() and unicodedata.digit(c, -1) >= 0 else c
        for c in text
    )
    return re.sub(r"[\s_,'，．＋+]", "", unicodedata.normalize("NFKC", digits))


def clean_quantity(value: object, *, least: int = 1) -> int:
    """A whole number of base units, `least` … 10^9, in ASCII digits. Raises Unclean, offering the
    number probably meant."""
    text = value if isinstance(value, str) else str(value)
    if not QUANTITY.match(text):
        guess = folded(text)
        if QUANTITY.match(guess) and least <= int(guess) <= MOST:
            raise Unclean(
                _("Please type the number with the digits 0-9 only: %(guess)s?") % {"guess": guess}
            )
        raise Unclean(
            _("Please type a whole number of pieces with the digits 0-9 only, for example 1200.")
        )
    number = int(text)
    if number < least:
        raise Unclean(
            _(
                "The number must be at least %(least)d. "
                "If the quantity is not known, choose “unknown” instead of a number."
            )
            % {"least": least}
        )
    if number > MOST:
        raise Unclean(_("At most 1,000,000,000 fit here. Please check the number."))
    return number


def clean_amount(value: object) -> int:
    """Yuan as typed (`1200` or `1200.50`) in fen, 1 … 10^13. Raises Unclean."""
    text = value if isinstance(value, str) else str(value)
    match = AMOUNT.match(text)
    if not match:
        guess = folded(text)
        if AMOUNT.match(guess):
            raise Unclean(
                _("Please type the amount with the digits 0-9 only: %(guess)s?") % {"guess": guess}
            )
        raise Unclean(_("Please type an amount in yuan with the digits 0-9, for example 1200.50."))
    fen = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0") or 0)
    if not 1 <= fen <= MOST_FEN:
        raise Unclean(_("The amount must be between 0.01 and 100,000,000,000 yuan."))
    return fen
