from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StagesConfig(AppConfig):
    name = "portal.stages"
    verbose_name = _("Stages")

    def ready(self) -> None:
        table = import_module("portal.stages.table")
        for model in import_module("portal.stages.registry").subjects():
            table.register(model.lifecycle)
