"""What a page of the workbench shows of a subject."""

from django import template
from django.contrib.admin.helpers import AdminReadonlyField
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import HttpRequest

from portal.stages.admin_values import may_open

register = template.Library()


@register.filter
def read_by(field: AdminReadonlyField, request: HttpRequest) -> str:
    """The value of a field. What it names is a link only for those who may open that page; Django's
    own way would lead the others to a refusal."""
    try:
        _field, _name, value = lookup_field(
            field.field["field"], field.form.instance, field.model_admin
        )
    except (AttributeError, ValueError, ObjectDoesNotExist):
        value = None
    if isinstance(value, Model) and not may_open(request, value):
        return str(value)
    return str(field.contents())
