"""Invented people with roles, and who they are when they act."""

from itertools import count

from portal.accounts.acting import Actor, grant
from portal.accounts.models import Person
from portal.accounts.roles import Role
from tests.factories.clock import AT
from tests.remembering import remembered

PASSWORD = "a long and invented sentence"
numbers = count(1)


def create_person(*, username="", password=PASSWORD, name="", active=True):
    """Somebody who may sign in, with no role yet."""
    person = Person(
        username=username or f"person{next(numbers)}", name=name, is_active=active, joined_at=AT
    )
    person.set_password(password)
    person.save()
    return person


@remembered
def create_member(role, *, org="U-5RD6V9KME4", username=""):
    """Somebody with one role in one organisation (its code)."""
    person = create_person(username=username)
    grant(person, role=role, org=org, at=AT)
    return person


PERSON = {
    role: n for n, role in enumerate((Role.WAREHOUSE, *sorted({*Role} - {Role.WAREHOUSE})), 7)
}


def actor_of(role, *, org="U-5RD6V9KME4", person=None):
    """An actor in a role, without a person behind it in the database: for each role another."""
    return Actor(role=role, org=org, person_id=person or PERSON[role], name=f"a {role}")


def signed_in(client, role, *, org="U-5RD6V9KME4"):
    """The client, signed in as a new member; the person hangs on it."""
    client.person = create_member(role, org=org)
    client.force_login(client.person)
    return client
