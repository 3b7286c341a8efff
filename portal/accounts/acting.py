"""Who acts: a person in a role for an organisation, a donor by a link, or the clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from portal.accounts.models import Grant, Person
from portal.accounts.roles import Role


@dataclass(frozen=True)
class Actor:
    """Somebody acting in one role. `org` is the organisation's code; `by_link` the code a secret
    link was opened for."""

    role: str
    org: str = ""
    person_id: int | None = None
    name: str = ""
    by_link: str = ""

    @property
    def who(self) -> str:
        """A word for the person, kept only as a private commitment and in the audit trail."""
        return (
            f"person:{self.person_id}"
            if self.person_id
            else f"link:{self.by_link}"
            if self.by_link
            else self.role
        )


CLOCK = Actor(role=Role.CLOCK)
SYSTEM = Actor(role=Role.SYSTEM)


def actors(person: Person) -> list[Actor]:
    """Every capacity in which this person may act now, in the order granted."""
    if not person.is_active:
        return []
    grants = Grant.objects.filter(person=person, until=None).order_by("pk")
    return [
        Actor(role=g.role, org=g.org, person_id=person.pk, name=person.username) for g in grants
    ]


def acting_as(person: Person, roles: Iterable[str]) -> list[Actor]:
    """The capacities of this person among these roles."""
    wanted = set(roles)
    return [actor for actor in actors(person) if actor.role in wanted]


def acting_in(request: HttpRequest, roles: Iterable[str]) -> list[Actor]:
    """The capacities among these roles of who sent this, read once a request: the workbench asks
    for every kind of thing that it could show."""
    if not isinstance(request.user, Person):
        return []
    if not hasattr(request, "capacities"):
        request.capacities = actors(request.user)  # type: ignore[attr-defined]  # ours, for this request
    held: list[Actor] = request.capacities  # type: ignore[attr-defined]  # the same
    wanted = set(roles)
    return [actor for actor in held if actor.role in wanted]


def accounts_of(person_id: int) -> set[int]:
    """Every account of the person behind this one: those with the same e-mail address are his."""
    found = {person_id}
    email = Person.objects.filter(pk=person_id).values_list("email", flat=True).first()
    if email:
        found.update(Person.objects.filter(email__iexact=email).values_list("pk", flat=True))
    return found


def grant(person: Person, *, role: str, org: str, at: datetime) -> Grant:
    """Give a role in an organisation; giving it twice changes nothing."""
    held, _new = Grant.objects.get_or_create(
        person=person, role=role, org=org, until=None, defaults={"since": at}
    )
    return held


def withdraw(person: Person, *, role: str, org: str, at: datetime) -> None:
    """Take a role away: it acts at the person's next request."""
    Grant.objects.filter(person=person, role=role, org=org, until=None).update(until=at)
