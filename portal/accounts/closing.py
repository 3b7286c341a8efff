"""Closing an account for good: the row stays, because grants and the trail name its number, but it
says of nobody who that was."""

from collections import Counter
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from portal.accounts.guesses import forget_tries
from portal.accounts.models import Grant, Person


def close(person: Person, *, at: datetime) -> Counter[str]:
    """Take name, address, password and roles from an account; how much there was, by place."""
    counts = Counter[str]()
    old, nobody = person.username, f"erased-{person.pk}"
    gone = {"username": nobody, "name": "", "email": "", "last_login": None}
    for name, value in gone.items():
        counts[f"accounts_person.{name}"] += getattr(person, name) != value
        setattr(person, name, value)
    counts["accounts_person.password"] += person.has_usable_password()
    if +counts:
        person.set_unusable_password()
    person.is_active = False
    person.save()
    counts["accounts_grant (ended)"] += Grant.objects.filter(person=person, until=None).update(
        until=at
    )
    counts["input_hits"] += forget_tries(username=old)
    counts["django_admin_log"] += _untitle(person, nobody)
    return +counts


def _untitle(person: Person, nobody: str) -> int:
    """The admin's log names what was changed: of accounts by their sign-in name."""
    kind = ContentType.objects.get_for_model(Person)
    rows = LogEntry.objects.filter(content_type=kind, object_id=str(person.pk))
    return rows.exclude(object_repr=nobody).update(object_repr=nobody)
