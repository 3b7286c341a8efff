"""{% qr address %}, {% print_qr page code %}: an address as a picture; {% paper_links url %}: a
paper's PDF and its print page."""

from typing import Any

import segno
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.papers.printing import can_pdf

register = template.Library()


@register.simple_tag
def qr(text: str, shown: str = "") -> SafeString:
    """A QR code as a picture without script; `shown`: what it opens, for who cannot see it."""
    code = segno.make(text, error="m", micro=False)
    said = _("QR code that opens %(code)s") % {"code": shown or text}
    uri = code.png_data_uri(scale=8, border=4)
    return format_html('<img class="qr" src="{}" alt="{}">', uri, said)


@register.simple_tag
def print_qr(page: str, code: str) -> SafeString:
    """The address of a public page as a picture that only its print shows. `page`: name of its
    address, such as `tracking:need`."""
    address = settings.SITE_ORIGIN + reverse(f"plain:{page}", args=[code])
    uri = segno.make(address, error="m", micro=False).png_data_uri(scale=4, border=2)
    return format_html(
        '<div class="only-print pqr" aria-hidden="true">'
        '<img src="{}" alt="" width="106" height="106"></div>',
        uri,
    )


@register.inclusion_tag("papers/_links.html")
def paper_links(url: str, label: str) -> dict[str, Any]:
    """Buttons to a paper; without WeasyPrint the button says that it is for printing."""
    return {"url": url, "label": label, "can_pdf": can_pdf()}
