"""Which of its two languages the site speaks at the moment."""

from django.utils.translation import get_language


def english() -> bool:
    return (get_language() or "").startswith("en")
