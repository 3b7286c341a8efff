from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class StagesConfig(AppConfig):
    name = "portal.stages"
    verbose_name = _("Stages")

    def ready(self) -> None:
        from portal.stages import models, registry  # noqa: PLC0415 -- app ready

        for model in apps.get_models():
            if issubclass(model, models.Subject):
                registry.check_and_register(model)
