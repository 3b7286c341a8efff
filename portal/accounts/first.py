"""The first account of a portal: a security officer's, who makes all others in the workbench."""

from datetime import datetime

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import transaction

from portal.accounts.acting import grant
from portal.accounts.forms import PersonForm
from portal.accounts.models import Grant, Person
from portal.accounts.roles import SECURITY

BY = "made by manage.py first_account"


class NotFirst(RuntimeError):
    """There is a security officer already; the text says what to do."""


class Wrong(ValueError):
    """The name or the password is refused; the text says why."""


@transaction.atomic
def make_first(*, username: str, password: str, at: datetime) -> Person:
    """The security officer, by the rules of the workbench's own form, and in the workbench's log.

    NotFirst while an account that may sign in holds the role. Wrong: name or password.
    """
    held = Grant.objects.filter(role=SECURITY, until=None, person__is_active=True)
    if officer := held.select_related("person").order_by("pk").first():
        raise NotFirst(
            f"There is a security officer, {officer.person.username}, who makes all other accounts"
            " in /admin/; a forgotten password is set anew by manage.py changepassword."
        )
    given = {"username": username, "new_password": password, "is_active": "on"}
    form = PersonForm(given, instance=Person(username=username, joined_at=at))
    if not form.is_valid():
        raise Wrong(" ".join(str(text) for texts in form.errors.values() for text in texts))
    person = form.save(commit=False)
    person.set_password(password)
    person.save()
    role = grant(person, role=SECURITY, org="", at=at)
    for made in (person, role):
        LogEntry.objects.log_actions(person.pk, [made], ADDITION, BY, single_object=True)
    return person
