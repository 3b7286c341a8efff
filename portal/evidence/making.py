"""The public copy of a file, made in a child process that may fail without harm."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from portal.evidence import child, sniffing
from portal.evidence.limits import (
    CHILD_MEMORY,
    CHILD_SECONDS,
    FILE_BYTES,
    LONGEST,
    PDF_OBJECTS,
    THUMB,
    Unfit,
)


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: the original, what of it may be shown, and how it looks."""

    media: str
    data: bytes
    copy: bytes
    thumb: bytes
    alike: str
    taken: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def examine(upload: File[Any]) -> Examined:
    """Look at it, and make its copy. Unfit: a sentence fit for the page."""
    size = upload.size or 0
    upload.seek(0)
    data = upload.read(FILE_BYTES + 1)
    seen = sniffing.look(data, size=max(size, len(data)))
    return copied(data, seen.media)


def copied(data: bytes, media: str) -> Examined:
    """The child's work: its memory and time are limited, what it says is read as data."""
    numbers = (CHILD_MEMORY, CHILD_SECONDS, LONGEST, *THUMB, PDF_OBJECTS)
    command = [sys.executable, "-I", str(Path(child.__file__)), media, *map(str, numbers)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=CHILD_SECONDS, check=False, env={}
        )
    except subprocess.TimeoutExpired as late:
        raise _too_hard() from late
    if done.returncode:
        raise _why(done.returncode)
    head, _line, rest = done.stdout.partition(b"\n")
    told = json.loads(head)
    copy, thumb = rest[: told["copy"]], rest[told["copy"] :]
    return Examined(media, data, copy, thumb, told["alike"], told["taken"])


def _too_hard() -> Unfit:
    return Unfit(_("The file could not be opened in ten seconds. Please save it anew, or smaller."))


def _why(code: int) -> Unfit:
    if code == child.ENCRYPTED:
        return Unfit(_("The PDF is locked with a password. Please save it without one."))
    if code == child.PARTS:
        return sniffing.too_many_parts()
    if code == child.FORM:
        return Unfit(
            _(
                "The PDF holds pictures in a form from which personal data cannot be taken out. "
                "Please send a photo, or print it as a new PDF."
            )
        )
    if code < 0:
        return _too_hard()
    return Unfit(_("The file is damaged, or not what it says it is. Please save it again."))
