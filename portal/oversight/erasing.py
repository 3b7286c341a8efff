"""Erasing a case, or an account: every place of `portal.disclosure.places`, one transaction.

A case: the personal values of the events about its code, and of those that its donor recorded with
the secret link; and what the parts' own tables keep of them. Who acted for the charity stays: it is
a number, and goes with that account. An account: its name, address, password and sessions; it is
closed, its grants end and are kept, and the events it recorded no longer say which account it was.
"""

import functools
import operator
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import ledger.api as ledger
from ledger.core import codes
from portal.accounts.closing import close
from portal.accounts.links import forget_links
from portal.accounts.models import Person
from portal.disclosure.lists import erasable, erased_with
from portal.disclosure.places import models_with_values
from portal.evidence import commands as evidence
from portal.evidence.queries import recorded_by
from portal.input.once import forget
from portal.oversight import erasures
from portal.stages.models import Trail

ACTOR = "actor"  # the private value that says which account acted
CLAIM = "claim"


class Unknown(Exception):
    """There is neither a case nor an account of this name; the text says what to give."""


@dataclass
class Erased:
    """How much went, by place; never what."""

    counts: Counter[str] = field(default_factory=Counter)
    files: int = 0


@dataclass
class Again(Erased):
    """The same of many: how many of them this database knows, and how many not."""

    known: int = 0
    unknown: int = 0


def erase(what: str, *, at: datetime) -> Erased:
    """Erase a code's personal values, or those of the account with this sign-in name.

    Outermost call: durable. Safe to repeat, also after a kill: the published files and the
    database's own files are cleaned again.
    """
    person = Person.objects.filter(username=what).first()
    if person is not None:
        erasures.remember(erasures.key_of(person), at=at)
        found, uids = _person(person, at=at)
    else:
        code = _code(what)
        erasures.remember(code, at=at)
        files = evidence.erase(code)
        found, uids = _case(code, at=at)
        found.counts += Counter({"photos and papers": files})
    found.files = ledger.republish(uids)
    tables = [model._meta.db_table for model in models_with_values()]
    ledger.scrub(["ledger_disclosure", "accounts_link", "input_sending", "django_session", *tables])
    return found


def erase_again(begin: datetime, *, file: Path, at: datetime) -> Again:
    """Erase once more what the list says was erased after `begin`, in a database of that time.

    OSError: no list.
    """
    done = Again()
    for key in erasures.since(begin, file=file):
        person = erasures.person_of(key) if key.startswith(erasures.PERSON) else None
        try:
            found = erase(person.username if person else key, at=at)
        except Unknown:
            done.unknown += 1  # it came after that time
            continue
        done.counts += found.counts
        done.files += found.files
        done.known += 1
    return done


def _code(typed: str) -> str:
    try:
        code = codes.normalise(typed)
    except codes.WrongCode:
        code = ""
    if not code or not (Trail.objects.filter(code=code).exists() or ledger.about(code)):
        raise Unknown(
            _("There is no account %(what)s, and no case either. Give a code or a sign-in name.")
            % {"what": typed[:60]}
        )
    return code


@transaction.atomic(durable=True)
def _case(code: str, *, at: datetime) -> tuple[Erased, list[str]]:
    found = Erased()
    uids = sorted({*ledger.about(code), *_recorded(Q(code=code) | Q(who=f"link:{code}"))})
    for model in models_with_values():
        for lookup in erased_with(model):
            found.counts += _empty(model, Q(**{lookup: code}))
    found.counts["accounts_link"] += forget_links(purpose=CLAIM, code=code)
    found.counts["input_sending"] += forget(code=code)
    found.counts["django_session"] += _end_sessions(lambda kept: code in str(kept))
    _disclosures(found, uids, at=at, keep=[ACTOR])
    return found, uids


@transaction.atomic(durable=True)
def _person(person: Person, *, at: datetime) -> tuple[Erased, list[str]]:
    found = Erased()
    who, pk = f"person:{person.pk}", str(person.pk)
    uids = sorted({*_recorded(Q(who=who)), *recorded_by(who)})
    found.counts += close(person, at=at)
    found.counts["input_sending"] += forget(who=who)
    found.counts["django_session"] += _end_sessions(lambda kept: kept.get("_auth_user_id") == pk)
    _disclosures(found, uids, at=at, only=[ACTOR])
    return found, uids


def _recorded(which: Q) -> Iterator[str]:
    return Trail.objects.filter(which).exclude(uid="").values_list("uid", flat=True).iterator()


def _disclosures(found: Erased, uids: list[str], *, at: datetime, **which: Any) -> None:
    gone = ledger.erase(uids, also=bool(+found.counts), at=at, **which)
    found.counts += Counter({f"ledger_disclosure ({sort})": n for sort, n in gone.items()})


def _empty(model: type[models.Model], rows: Q) -> Counter[str]:
    """Empty what an erasure empties in these rows; how many values there were, by column."""
    counts, names = Counter[str](), erasable(model)
    empty = {name: None if _nullable(model, name) else "" for name in names}
    wanted = set(model._default_manager.filter(rows).values_list("pk", flat=True))
    chosen = model._default_manager.filter(pk__in=wanted)
    for name, nothing in empty.items():
        counts[f"{model._meta.db_table}.{name}"] += chosen.exclude(**{name: nothing}).count()
    if +counts:
        full = functools.reduce(operator.or_, (~Q(**{n: v}) for n, v in empty.items()))
        chosen.filter(full).update(**empty)
    return +counts


def _nullable(model: type[models.Model], name: str) -> bool:
    return bool(getattr(model._meta.get_field(name), "null", False))


def _end_sessions(concerned: Any) -> int:
    keys = [
        session.session_key
        for session in Session.objects.iterator()
        if concerned(session.get_decoded())
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]
