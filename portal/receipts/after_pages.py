"""The pages of the secret link that a hospital has after its confirmation.

As at the confirmation link the token is the whole authority: see `portal.receipts.views`.
"""

from datetime import timedelta
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from portal.accounts.acting import Actor
from portal.accounts.links import AFTER, AFTER_DAYS, DeadLink, open_link, prolong
from portal.accounts.models import Link
from portal.accounts.roles import HOSPITAL
from portal.accounts.secret import by_secret_link
from portal.catalogue.queries import described, unit_of
from portal.evidence.forms import FilesForm
from portal.evidence.models import Shows
from portal.receipts.models import Receipt
from portal.receipts.queries import lines_confirmed, open_to_hospital, recalled_of
from portal.stages.views import take
from portal.warehouse.models import Lot


@by_secret_link
def after(request: HttpRequest, token: str) -> HttpResponse:
    """What the hospital confirmed, and what it can still say. GET changes nothing."""
    receipt, actor = _opened(token)
    lines = [
        {
            "row": row,
            "name": described(row.shipment_line.lot.variant),
            "unit": unit_of(row.shipment_line.lot.variant),
        }
        for row in lines_confirmed(receipt)
    ]
    moves = open_to_hospital(receipt, actor)
    page = {"receipt": receipt, "token": token, "lines": lines, "moves": moves, "days": AFTER_DAYS}
    page["said"] = "said" in request.GET
    page["recalled"] = [
        {**row, "href": reverse("receipts:after_recall", args=[token, row["lot"].code])}
        for row in recalled_of(receipt)
    ]
    return render(request, "receipts/after.html", page)


@by_secret_link
def after_move(request: HttpRequest, token: str, *, move: str) -> HttpResponse:
    """One of the hospital's moves of this receipt, with photos from the phone."""
    receipt, actor = _opened(token)
    if request.method == "POST":
        _prolong(token)
    back = reverse("receipts:after", args=[token])
    photos = partial(
        FilesForm, papers=False, camera=True, required=False, initial={"shows": Shows.USE}
    )
    return take(
        request,
        model=Receipt,
        move=move,
        actor=actor,
        subject=receipt,
        context={"back": back, "by_link": True},
        photos=photos,
        done=lambda taken: f"{back}?said=1",
    )


@by_secret_link
def after_recall(request: HttpRequest, token: str, *, code: str) -> HttpResponse:
    """What the hospital still has of a recalled lot that this delivery brought; no other is found
    here."""
    receipt, actor = _opened(token)
    lot = next((row["lot"] for row in recalled_of(receipt) if row["lot"].code == code), None)
    if lot is None:
        raise Http404
    if request.method == "POST":
        _prolong(token)
    back = reverse("receipts:after", args=[token])
    return take(
        request,
        model=Lot,
        move="answer",
        actor=actor,
        subject=lot,
        context={"back": back, "by_link": True},
        done=lambda taken: f"{back}?said=1",
    )


def _opened(token: str) -> tuple[Receipt, Actor]:
    """The receipt of this link and the hospital it speaks for. Raises DeadLink."""
    link = open_link(token, purpose=AFTER, at=timezone.now())
    rows = Receipt.objects.select_related("shipment__hospital")
    receipt = rows.filter(code=link.code).first()
    if receipt is None or receipt.shipment.hospital is None:
        raise DeadLink
    hospital = receipt.shipment.hospital.code
    return receipt, Actor(role=HOSPITAL, org=hospital, by_link=receipt.code)


def _prolong(token: str) -> None:
    """It lives on from its last use, written at most once a day."""
    now = timezone.now()
    link: Link = open_link(token, purpose=AFTER, at=now)
    if link.ends_at < now + timedelta(days=AFTER_DAYS - 1):
        prolong(link, at=now, days=AFTER_DAYS)
