from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "portal.webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from portal.webhooks.checks import only_tests_send_inside  # noqa: PLC0415 -- apps first

        register(only_tests_send_inside)
