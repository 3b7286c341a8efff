"""Every place where a personal value can stand: columns from the disclosure lists, and the rest.

`docs/data-map.md` is made from this; `portal.oversight.erasing` empties it; a test puts a marker
into each and looks for it afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from portal.disclosure.lists import ERASABLE, erasable, erased_with, listed, portal_models


@dataclass(frozen=True)
class Place:
    """A column, or a place that is none; `how` it is emptied."""

    where: str
    what: str
    sort: str
    how: str


ELSEWHERE = (
    Place("ledger_disclosure", "salt and value, encrypted", "named, private", "rows deleted"),
    Place("ledger_erased", "that a named value was there", "no value", "row added"),
    Place("LEDGER_DIR/disclosures/<N>", "named values", "named", "written anew at once"),
    Place("proofs of a code (zip, JSON)", "named values", "named", "made when asked for"),
    Place("public pages", "named values", "named", "made when asked for; the ETag changes"),
    Place("accounts_link", "hash of a donor's secret link", "secret", "rows deleted"),
    Place("input_sending", "digest of a form that was sent", "digest", "rows deleted"),
    Place("input_hits", "hash of a sign-in name", "hash", "rows of the account deleted"),
    Place("django_session", "whose session, gifts just given", "internal", "rows deleted"),
    Place("django_admin_log", "sign-in name as title", "text", "title replaced"),
    Place("stages_trail", "number of an account", "number", "kept: the account has no name left"),
    Place("VAR/erased", "codes, numbers of accounts", "number", "line added: operations.md"),
    Place("VAR/mail, without EMAIL_URL", "mails as files", "private", "by hand: operations.md"),
    Place("Celery queue, cache, logs", "never a value", "none", "nothing to erase"),
    Place("MEDIA_DIR/closed", "originals and copies, encrypted", "private", "files deleted"),
    Place("MEDIA_DIR/public", "published copies", "named", "files deleted"),
    Place("backups, archived WAL", "all of the database", "all", "by age: operations.md"),
    Place("proofs and pages others saved", "named values", "named", "out of our reach"),
)


def models_with_values() -> Iterator[type[models.Model]]:
    """Our tables that hold personal values, with a way to find a code's rows or a person's."""
    return (model for model in portal_models() if erasable(model))


def places() -> list[Place]:
    return [*_columns(), *ELSEWHERE]


def _columns() -> Iterator[Place]:
    for model in models_with_values():
        by = ", ".join(name.replace("__", ".") for name in erased_with(model)) or "the account"
        for which in ERASABLE:
            for name in listed(model, which):
                yield Place(model._meta.db_table, name, which, f"emptied, by {by}")


def data_map() -> str:
    """The page docs/data-map.md."""
    lines = [
        "# Where personal data are",
        "",
        "Made by `manage.py lifecycles` from the disclosure lists beside the fields",
        "(`portal/disclosure/places.py`). `manage.py erase CODE-or-PERSON` empties all of it",
        "that is about one case or one account. Class: *named* is shown while it exists,",
        "*private* never, *personal* is kept for work and sealed, if at all, by the facts",
        "of a move.",
        "",
        "| place | what | class | on erasure |",
        "|---|---|---|---|",
    ]
    lines += [f"| {p.where} | {p.what} | {p.sort} | {p.how} |" for p in places()]
    return "\n".join(lines) + "\n"
