"""A place of its own for what is sent, and people who send and look."""

from functools import cache

import pytest
from django.conf import settings as live
from django.core.files.base import ContentFile

from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.evidence import commands
from portal.evidence.making import examine
from portal.evidence.models import Shows
from tests.factories.clock import AT
from tests.factories.people import create_member
from tests.portal.evidence import samples

ORG = "U-5RD6V9KME4"


@cache
def examined(photo):
    """A child process for each photo, not for each time it is sent."""
    return examine(ContentFile(photo))


@pytest.fixture
def media(settings, tmp_path):
    """Where the files of this test lie."""
    evidence = {**live.STORAGES["evidence"], "OPTIONS": {"location": tmp_path / "media"}}
    settings.STORAGES = {**live.STORAGES, "evidence": evidence}
    return tmp_path / "media"


@pytest.fixture
def member():
    def make(role):
        person = create_member(role, org=ORG)
        return Actor(role=role, org=ORG, person_id=person.pk, name=person.username)

    return make


@pytest.fixture
def sender(db, member):
    return member(Role.WAREHOUSE)


@pytest.fixture
def moderator(db, member):
    return member(Role.MODERATOR)


@pytest.fixture
def send(media, sender):
    """send(code, photo, …): kept about that code; the last row."""

    def send(code, *photos, by=None, shows=Shows.GOODS, at=AT):
        found = [examined(photo) for photo in photos or [samples.jpeg()]]
        return commands.attach(code=code, found=found, shows=shows, by=by or sender, at=at)[-1]

    return send


@pytest.fixture
def client(client):
    """Its reader reads English, also where the address does not say so."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
