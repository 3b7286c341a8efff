"""An entry that hands the log on is shown like every other, and the pages know what it is."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from ledger import api, publishing, rotating

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_explorer_shows_a_new_key(log, seal_and_project, client):
    seal_and_project()
    publishing.sign_and_publish(at=timezone.now())
    vkey = rotating.rotate(at=timezone.now())
    seal_and_project()

    page = client.get(f"/en/ledger/entry/{api.size() - 1}/").content.decode()

    assert "The ledger&#x27;s key was changed" in page
    assert vkey in page
    assert client.get("/en/ledger/").status_code == 200
    call_command("check_public")
