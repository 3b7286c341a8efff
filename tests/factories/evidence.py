"""A photo about something, sent by a real command; what it shows is beside the point."""

from dataclasses import replace
from itertools import count

from portal.evidence.commands import attach
from portal.evidence.making import Examined
from portal.evidence.models import Shows
from tests.factories.clock import AT

numbers = count(1)


def show(code, *, by, at=AT):
    """One more photo about the thing with this code."""
    data = f"picture {next(numbers)}".encode()
    photo = Examined("image/jpeg", data, data, data, alike="", taken="")
    nobody = replace(by, person_id=None)  # actors of tests have no row of a person
    (file,) = attach(code=code, found=[photo], shows=Shows.DAMAGE, by=nobody, at=at)
    return file
