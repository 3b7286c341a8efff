"""The staff's board, for the first page of the workbench."""

from typing import Any

from django import template

from portal.stages import board

register = template.Library()


@register.inclusion_tag("admin/stages/_board.html", takes_context=True)
def staff_board(context: dict[str, Any]) -> dict[str, Any]:
    request = context["request"]
    return {
        "waiting": board.waiting(request),
        "openings": board.openings(request),
        "handles_goods": context["handles_goods"],
    }
