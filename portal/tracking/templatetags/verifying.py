"""{% verify_card code %}: the card with which a page's readers check it in their own browser."""

from typing import Any

from django import template
from django.urls import reverse

from portal.tracking.proving import saying

register = template.Library()
PAGES = {"G": "gift", "N": "need", "S": "shipment"}


@register.inclusion_tag("_components/_verify_card.html")
def verify_card(code: str) -> dict[str, Any]:
    """For the code of a gift, need or shipment."""
    kind = PAGES[code[0]]
    return {
        "code": code,
        "proof_url": reverse(f"tracking:{kind}_proof_json", args=[code]),
        "download": reverse(f"tracking:{kind}_proof", args=[code]),
        "strings": saying.words(),
    }
