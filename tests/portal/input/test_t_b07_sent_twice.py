"""T-B07: the watch over every form that a test sends sees what is booked twice."""

import pytest
from django.http import HttpResponseRedirect
from django.test import Client
from django.urls import path

from portal.input.models import Sending
from tests.factories.clock import AT
from tests.replaying import BookedTwice


def careless(request):
    """Records whatever comes, however often."""
    number = str(Sending.objects.count())
    Sending.objects.create(key=number, action="careless", who="anybody", digest="", at=AT)
    return HttpResponseRedirect("/")


def careful(request):
    """Records it once."""
    Sending.objects.get_or_create(key="1", action="careful", who="", defaults={"at": AT})
    return HttpResponseRedirect("/")


urlpatterns = [path("careless/", careless), path("careful/", careful)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_T_B07_every_form_a_test_sends_is_sent_twice_and_may_book_once():
    Client().post("/careful/", {"n": "1"})

    with pytest.raises(BookedTwice, match=r"/careless/ sent twice made more rows: .*sending': 1"):
        Client().post("/careless/", {"n": "1"})
    assert Sending.objects.filter(action="careful").count() == 1
