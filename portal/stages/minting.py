"""A new subject gets its code and its row: no code is given twice, and nothing is opened twice."""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Field
from django.utils.translation import gettext as _

from ledger.core import codes
from portal.stages.models import Subject
from portal.stages.steps import MoveRefused

# No savepoint: a code that was given before is left, and another one is tried.
NEW_CODE = "INSERT INTO stages_minted (code) VALUES (%s) ON CONFLICT DO NOTHING"


def mint(kind: str) -> str:
    """A new code, unique among all codes ever given."""
    with connection.cursor() as cursor:
        while True:
            code = codes.mint(kind)
            cursor.execute(NEW_CODE, [code])
            if cursor.rowcount == 1:
                return code


def save_new(subject: Subject, *, minted: bool) -> None:
    """The row of a new subject. Raises MoveRefused, with the other's code, where one of its unique
    fields was taken first. `minted`: its code is new, so that alone cannot be there."""
    if minted and [f.name for f in _uniques(subject)] == ["code"]:
        subject.save()  # nothing of it can be there already
        return
    try:
        with transaction.atomic():
            subject.save()
    except IntegrityError as twice:
        known = _twin(subject)
        if known is None:
            raise
        raise MoveRefused(
            _("This was already recorded for %(code)s. Please look at it again.") % {"code": known}
        ) from twice


def _twin(subject: Subject) -> str | None:
    """The code of another with one of this one's unique fields: it was opened first."""
    model = type(subject)
    for unique in _uniques(subject):
        value = getattr(subject, unique.attname)
        same = model._default_manager.filter(**{unique.attname: value})
        if value is not None and (twin := same.first()) is not None:
            return twin.code
    return None


def _uniques(subject: Subject) -> list[Field[Any, Any]]:
    return [f for f in subject._meta.concrete_fields if f.unique and not f.primary_key]
