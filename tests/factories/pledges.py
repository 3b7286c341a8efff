"""Gifts, registered and answered by the real moves."""

from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.pledges.models import Pledge
from portal.pledges.stages import (
    Declined,
    DeclineReason,
    GivenLine,
    Registered,
    Visibility,
    Withdrawn,
    WithdrawReason,
)
from portal.stages import engine
from tests.factories.catalogue import MASK, variant
from tests.factories.clock import AT
from tests.factories.people import actor_of
from tests.remembering import remembered

LINES = ((MASK, 1000),)


def given(*lines):
    """(variant, quantity) or (variant, quantity, need line) tuples as lines of a gift."""
    rows = []
    for key, quantity, *for_line in lines:
        need = for_line[0].need.code if for_line else ""
        no = for_line[0].no if for_line else 0
        rows.append(GivenLine(variant=key, quantity=quantity, need=need, need_line=no))
    return tuple(rows)


def donor_of(pledge):
    """The donor, with the gift's secret link."""
    return Actor(role=Role.DONOR, by_link=pledge.code)


@remembered
def create_pledge(
    *, stage="accepted", lines=LINES, name="", contact="", at=AT, given_lines=(), **said
):
    """A gift in that stage: registered, accepted, declined or withdrawn; nameless: anonymous.
    `given_lines`: lines with what stands on their labels; `said`: what else the donor says."""
    variant(lines[0][0])
    facts = Registered(
        lines=given_lines or given(*lines),
        visibility=Visibility.NAMED if name else Visibility.ANONYMOUS,
        donor_name=name,
        contact=contact,
        **said,
    )
    pledge = engine.begin(Pledge, "register", actor=Actor(role=Role.DONOR), facts=facts, at=at)
    coordinator = actor_of(Role.COORDINATOR)
    if stage == "accepted":
        return engine.advance(Pledge, pledge.code, "accept", actor=coordinator, at=at)
    if stage == "declined":
        declined = Declined(reason=DeclineReason.STANDARD)
        return engine.advance(
            Pledge, pledge.code, "decline", actor=coordinator, facts=declined, at=at
        )
    if stage == "withdrawn":
        taken_back = Withdrawn(reason=WithdrawReason.UNAVAILABLE)
        return engine.advance(
            Pledge, pledge.code, "withdraw", actor=donor_of(pledge), facts=taken_back, at=at
        )
    return pledge
