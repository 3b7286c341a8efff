"""Needs, written and reviewed by the real moves."""

from portal.accounts.roles import Role
from portal.needs.models import Need
from portal.needs.stages import (
    AskedLine,
    CloseReason,
    Published,
    QuantityKind,
    Returned,
    ReturnReason,
    Withdrawn,
    Written,
)
from portal.organisations.models import Organisation
from portal.stages import engine
from tests.factories.catalogue import MASK, variant
from tests.factories.clock import AT
from tests.factories.organisations import NOTICE, create_hospital
from tests.factories.people import actor_of
from tests.remembering import remembered

LINES = ((MASK, "exact", 1000),)


def asked(*lines):
    """(variant, kind, quantity) triples as the lines of a notice."""
    return tuple(
        AskedLine(variant=key, quantity_kind=QuantityKind(kind), quantity=quantity)
        for key, kind, quantity in lines
    )


@remembered
def create_need(*, stage="published", lines=LINES, hospital=None, at=AT, **facts):
    """A need in that stage (draft, submitted, returned, published, withdrawn), brought there by its
    moves."""
    for key, _kind, _quantity in lines[:1]:
        variant(key)
    hospital = hospital or create_hospital()
    writer = actor_of(Role.HOSPITAL, org=hospital.code)
    coordinator = actor_of(Role.COORDINATOR)
    listed = Organisation.objects.get(pk=hospital.pk).stage == "listed"
    need = engine.begin(
        Need,
        "write",
        actor=coordinator if listed else writer,
        facts=Written(lines=asked(*lines), send=stage != "draft", **facts),
        at=at,
        hospital=hospital,
    )
    if stage in ("draft", "submitted"):
        return need
    if stage == "returned":
        returned = Returned(reason=ReturnReason.UNCLEAR, note="请写明规格")
        return engine.advance(Need, need.code, "return", actor=coordinator, facts=returned, at=at)
    published = Published(source=NOTICE if listed else "")
    need = engine.advance(Need, need.code, "publish", actor=coordinator, facts=published, at=at)
    if stage == "withdrawn":
        facts = Withdrawn(reason=CloseReason.CHANGED)
        return engine.advance(Need, need.code, "withdraw", actor=writer, facts=facts, at=at)
    return need
