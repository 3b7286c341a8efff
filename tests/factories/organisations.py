"""Invented organisations, entered and verified by the real moves; their credit
codes are markers."""

from itertools import count

from portal.accounts.roles import Role
from portal.input.uscc import check_character, organisation_check
from portal.organisations.models import Organisation
from portal.organisations.stages import (
    Designated,
    Entered,
    KnownFrom,
    Suspended,
    SuspensionReason,
    Verified,
)
from portal.stages import engine
from tests.factories.clock import AT
from tests.factories.people import actor_of
from tests.remembering import remembered

numbers = count(1)
NOTICE = "https://notices.example/2020/02/needs.html"
NAMES = {"hospital": "示例医院", "charity": "示例慈善会"}
PREFIX = {"hospital": "12", "charity": "53", "donor": "91", "authority": "11", "auditor": "91"}


def credit_code(number, *, kind="hospital"):
    """A valid credit code that belongs to nobody: its organisation part begins with 000000."""
    part = f"000000{number % 100:02d}"
    first = f"{PREFIX[kind]}4201{number // 100 % 100:02d}{part}{organisation_check(part)}"
    return first + check_character(first)


@remembered
def create_organisation(*, kind="hospital", stage="verified", legal_name="", at=AT, **fields):
    """An organisation in that stage, brought there by its moves."""
    number = next(numbers)
    name = legal_name or f"{NAMES.get(kind, '示例单位')}{number}"
    authority = actor_of(Role.AUTHORITY)
    notice = stage == "listed"
    known = KnownFrom.NOTICE if notice else KnownFrom.APPLICATION
    fields = {"credit_code": None if notice else credit_code(number, kind=kind), **fields}
    org = engine.begin(
        Organisation,
        "enter",
        actor=actor_of(Role.COORDINATOR),
        facts=Entered(known_from=known, source=NOTICE if notice else ""),
        at=at,
        **{"kind": kind, "legal_name": name, "province": "湖北", "city": "武汉", **fields},
    )
    if stage in ("verified", "suspended", "expired"):
        org = engine.advance(
            Organisation, org.code, "verify", actor=authority, facts=Verified(), at=at
        )
    if stage == "suspended":
        facts = Suspended(reason=SuspensionReason.PAPERS)
        org = engine.advance(Organisation, org.code, "suspend", actor=authority, facts=facts, at=at)
    if stage == "expired":
        org = engine.advance(Organisation, org.code, "expire", actor=authority, at=at)
    return org


@remembered
def create_hospital(*, stage="verified", designated=True, at=AT, **fields):
    """A hospital, in the designated register unless told otherwise."""
    hospital = create_organisation(kind="hospital", stage=stage, at=at, **fields)
    return (
        designate(hospital, at=at) if designated and stage in ("listed", "verified") else hospital
    )


def designate(hospital, *, at=AT):
    actor = actor_of(Role.AUTHORITY)
    facts = Designated(notice=NOTICE)
    return engine.advance(Organisation, hospital.code, "designate", actor=actor, facts=facts, at=at)


def create_charity(*, stage="verified", **fields):
    return create_organisation(kind="charity", stage=stage, **fields)
