from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisclosureConfig(AppConfig):
    name = "portal.disclosure"
    verbose_name = _("Disclosure")

    def ready(self) -> None:
        import_module("portal.disclosure.lists")  # registers the check
