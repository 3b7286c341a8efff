"""Pages of the workbench where rows are looked at: what changes them are moves and commands."""

from typing import Any

from django.http import HttpRequest


class LookedAt:
    """Before a ModelAdmin: nothing is added, changed or deleted there."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
