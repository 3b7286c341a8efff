"""What was erased and when, for the day on which an older database is put back: `erased` in VAR.

    2020-02-01T03:00:00+00:00 G-7K2M9Q4TX5
    2020-02-02T03:00:00+00:00 person:7@2020-01-20T09:30:00.250000+00:00

Codes, and numbers of accounts with the time they were made (a number may be given anew in an older
database); never a name or a value. It is outside the database because it must be newer than that,
and outside the log because a list would tie one person's gifts together. For its owner alone.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from portal.accounts.models import Person

PERSON = "person:"
UNDER_WAY = timedelta(hours=1)  # an erasure takes no longer


def place() -> Path:
    return Path(settings.VAR) / "erased"


def key_of(person: Person) -> str:
    return f"{PERSON}{person.pk}@{person.joined_at.isoformat()}"


def person_of(key: str) -> Person | None:
    """The very account that the key was made of, if it is in this database."""
    number, _, joined = key.removeprefix(PERSON).partition("@")
    person = Person.objects.filter(pk=number).first()
    return person if person and person.joined_at == datetime.fromisoformat(joined) else None


def remember(key: str, *, at: datetime) -> None:
    """Add a line, before anything is erased: what was killed in between is asked for again."""
    descriptor = os.open(place(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(descriptor, "ab") as file:
        file.write(f"{at.isoformat()} {key}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def since(begin: datetime, *, file: Path) -> list[str]:
    """What was erased after this time, each once; also what was under way then. OSError.

    A line that was cut is left out.
    """
    return list(dict.fromkeys(key for at, key in _lines(file) if at > begin - UNDER_WAY))


def _lines(file: Path) -> Iterator[tuple[datetime, str]]:
    for line in file.read_text("utf-8").splitlines(keepends=True):
        time, blank, key = line.removesuffix("\n").partition(" ")
        if line.endswith("\n") and blank:
            yield datetime.fromisoformat(time), key
