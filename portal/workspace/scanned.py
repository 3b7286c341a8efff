"""What a scanner or a person puts in: a code, or an address of ours that holds one."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ledger.core import codes

LONGEST = 300
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:", re.ASCII | re.IGNORECASE)
CODE = re.compile(rf"[A-Z]-[{codes.ALPHABET}]{{10}}", re.ASCII)


class Unread(Exception):
    """No code of ours; the text says why and what to do, fit for the page."""


def read(text: str, *, hosts: Collection[str]) -> str:
    """The code in it. `hosts`: this site's own. Raises Unread: nothing, too long, another site's
    address, no code."""
    text = text.strip()
    if not text:
        raise Unread(_("Please scan a code or type it, for example from the label on the box."))
    if len(text) > LONGEST:
        raise Unread(_("This is too long for a code. A code has a letter and ten more signs."))
    if ADDRESS.match(text):
        _refuse_foreign(text, hosts)
    found: list[str] = [code for code in CODE.findall(text.upper()) if codes.check(code)]
    if len(set(found)) == 1:
        return found[0]
    try:
        return codes.normalise(text)
    except codes.WrongCode as wrong:
        raise Unread(
            _(
                "“%(text)s” is not a code of this site: it has a letter, a hyphen and ten more "
                "signs, such as G-7K2M9Q4TX5. Please look at the label again."
            )
            % {"text": text[:40]}
        ) from wrong


def _refuse_foreign(text: str, hosts: Collection[str]) -> None:
    try:
        parts = urlsplit(text)
        host = parts.netloc.lower()
    except ValueError:
        host = ""
    if not host or parts.scheme.lower() not in ("http", "https") or host not in hosts:
        raise Unread(
            _(
                "This QR code leads to another site (%(host)s), not to this one. "
                "Nothing was opened. Please scan our own label."
            )
            % {"host": host[:60] or text[:40]}
        )
