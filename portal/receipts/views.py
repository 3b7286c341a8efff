"""Confirming a delivery without an account, by the secret link that only the hospital was given.

The token in the address is the whole authority, no cookie is: so these pages need no CSRF token (a
browser sends
`Origin: null` from a page without referrer, which would be refused), and work where cookies are
off.
"""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from portal.accounts.acting import Actor
from portal.accounts.links import DeadLink, open_link
from portal.accounts.roles import HOSPITAL
from portal.accounts.secret import by_secret_link
from portal.evidence.forms import FilesForm
from portal.organisations.queries import names
from portal.receipts.forms import ConfirmForm
from portal.receipts.models import Receipt
from portal.shipping.asking import CONFIRM
from portal.shipping.models import Shipment
from portal.shipping.queries import CONFIRMABLE
from portal.stages.models import Subject
from portal.stages.promises import receipt_file
from portal.stages.views import take


@by_secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The delivery and its form; one big button where everything came. GET changes nothing."""
    link = open_link(token, purpose=CONFIRM, at=timezone.now())
    shipment = (
        Shipment.objects.select_related("hospital")
        .filter(code=link.code, stage__in=CONFIRMABLE)
        .first()
    )
    if shipment is None or shipment.hospital is None:
        raise DeadLink
    actor = Actor(role=HOSPITAL, org=shipment.hospital.code, by_link=shipment.code)
    return confirm_shipment(request, shipment=shipment, actor=actor, done=_thanks)


def confirm_shipment(
    request: HttpRequest, *, shipment: Shipment, actor: Actor, done: Callable[[Subject], str]
) -> HttpResponse:
    """The form of the receipt of one shipment, for the link and for the own workspace."""
    return take(
        request,
        model=Receipt,
        move="confirm",
        actor=actor,
        kind=ConfirmForm,
        fields={"shipment": shipment, "code": shipment.code},
        template="receipts/confirm.html",
        context={
            "shipment": shipment,
            "hospital_name": names([actor.org])[actor.org],
            "by_link": actor.person_id is None,
        },
        done=done,
        photos=partial(FilesForm, papers=False, camera=True, required=False),
    )


def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Where the link leads when it has done its work: it says where the public record stands."""
    receipt = Receipt.objects.filter(code=code).select_related("shipment").first()
    if receipt is None:
        raise Http404
    response = render(request, "receipts/thanks.html", {"receipt": receipt})
    add_never_cache_headers(response)
    return response


def signed_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The ledger's receipt for the confirmation: public facts and a hash, as the page itself."""
    response = receipt_file(lifecycle="receipt", code=code, move="confirm")
    add_never_cache_headers(response)
    return response


def _thanks(receipt: Subject) -> str:
    return reverse("receipts:thanks", args=[receipt.code])
