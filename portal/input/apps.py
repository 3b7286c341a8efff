from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InputConfig(AppConfig):
    name = "portal.input"
    verbose_name = _("Input")
