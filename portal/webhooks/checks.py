"""A door for the tests is no door for anybody else."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def only_tests_send_inside(**options: Any) -> list[CheckMessage]:
    """Error webhooks.E001 where messages may go into a network that is not public."""
    opened = settings.WEBHOOK_NETWORKS or settings.WEBHOOK_CA_FILE or settings.WEBHOOK_PORT != 443
    if not opened or os.environ["DJANGO_SETTINGS_MODULE"] == "tests.settings":
        return []
    hint = "Leave WEBHOOK_NETWORKS and WEBHOOK_CA_FILE empty and WEBHOOK_PORT 443."
    return [Error("Webhooks may go into this network.", hint=hint, id="webhooks.E001")]
