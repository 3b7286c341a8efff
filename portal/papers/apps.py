from typing import Any

from django.apps import AppConfig
from django.core.checks import Info, register
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    name = "portal.papers"
    verbose_name = _("Papers")

    def ready(self) -> None:
        register(says_where_no_pdf_is_made)


def says_where_no_pdf_is_made(**_kwargs: Any) -> list[Info]:
    """Said once, at the start: the papers are there all the same, as pages to print."""
    from portal.papers.printing import can_pdf  # noqa: PLC0415 -- apps load before their modules

    if can_pdf():
        return []
    hint = "Install requirements/extras.txt and Debian's libpango-1.0-0 and libpangoft2-1.0-0."
    return [Info("Papers are printed from the browser, not as PDF.", hint=hint, id="papers.I001")]
