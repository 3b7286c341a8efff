"""What every test of the portal's parts goes through."""

import pytest
from django.test import Client

from tests.replaying import twice


@pytest.fixture(autouse=True)
def every_form_is_sent_twice(monkeypatch):
    """T-B07: a resend books once, whatever is sent; see `tests/replaying.py`."""
    monkeypatch.setattr(Client, "post", twice(Client.post))
