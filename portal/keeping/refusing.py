"""The two ways in which a backup or a restoration does not happen, and how a command ends with
them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError


class Refused(RuntimeError):
    """Nothing was done: wrong folder, database or tools. The text says what to do."""


class Broken(RuntimeError):
    """Something is damaged or incomplete; the text names it."""


@contextmanager
def as_exit_codes() -> Iterator[None]:
    """1 for what is broken, 2 for what is refused, or cannot be read or written."""
    try:
        yield
    except Refused as refusal:
        raise CommandError(str(refusal), returncode=2) from refusal
    except Broken as damage:
        raise CommandError(str(damage), returncode=1) from damage
    except OSError as error:
        raise CommandError(f"cannot be read or written: {error}", returncode=2) from error
