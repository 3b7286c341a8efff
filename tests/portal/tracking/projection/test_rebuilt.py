"""The pages hold nothing but what the published files hold: made again from them, all is equal."""

import pytest
from django.db import connection
from django.utils import timezone

import ledger.api as ledger
from ledger import recovering, triggers
from ledger.models import SEALED, Disclosure, Head, Intent
from ledger.publishing import sign_and_publish
from portal.tracking.models import TABLES, FundMonth, Purchase, Share
from portal.tracking.projection import checking, projecting
from portal.tracking.projection.shelf import columns
from tests.portal.tracking.stories import Story, whole

pytestmark = pytest.mark.django_db


def rows():
    return {
        model: [
            {name: getattr(row, name) for name in (*model.KEY, *columns(model))}
            for row in model.objects.order_by(*model.KEY)
        ]
        for model in TABLES
    }


@pytest.fixture
def world(log, seal_and_project):
    told = whole(Story())
    seal_and_project()
    sign_and_publish(at=timezone.now())
    return told


def test_failure_35_the_pages_are_the_same_when_made_from_the_files_alone(world, log, client):
    addresses = ["/en/", "/en/gifts/", "/en/needs/", "/en/organisations/"]
    addresses += [f"/en/g/{world['gift']}/", f"/en/needs/{world['need']}/", "/en/ledger/entry/3/"]
    before = rows(), [client.get(address).content for address in addresses]
    with triggers.lifted(connection):
        for model in (*SEALED, *reversed(TABLES), Intent):
            model.objects.all().delete()
    projecting.drop()
    assert not Head.objects.exists()
    assert not Disclosure.objects.exists()

    done = recovering.rebuild(str(log.dir), at=timezone.now())

    assert (done.mode, ledger.mode()) == ("ok", "ok")
    assert rows() == before[0]
    empty = [model for model in TABLES if not before[0][model]]
    assert empty == [FundMonth, Purchase, Share]  # of money, and there is none in it
    assert checking.differences() == []
    assert [client.get(address).content for address in addresses] == before[1]
