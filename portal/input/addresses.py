"""Web addresses that people give as a source: cleaned, http or https, to a public host by name."""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from portal.input.cleaning import Unclean, clean_text


def clean_address(value: object, *, limit: int = 1000) -> str:
    """An http or https address with a host and without blanks, sign-in or port nonsense. Raises
    Unclean."""
    address = clean_text(value, limit=limit)
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if (
        parts.scheme not in ("http", "https")
        or "." not in host.strip(".")
        or "@" in parts.netloc
        or any(c.isspace() or c in "<>\"'\\" for c in address)
    ):
        raise Unclean(
            _(
                "This is not the address of a web page. Please copy it from the browser; "
                "it begins with https:// or http://."
            )
        )
    return address
