"""Who plays in a journey: an invented hospital, a charity with its house, and their people."""

from types import SimpleNamespace

from portal.accounts.acting import grant
from portal.accounts.roles import Role
from tests.factories.clock import AT
from tests.factories.organisations import create_charity, create_hospital
from tests.factories.people import PASSWORD, create_person
from tests.factories.warehouse import create_warehouse

CHARITY_ROLES = (Role.COORDINATOR, Role.WAREHOUSE, Role.QUALITY, Role.DISPATCHER, Role.PUBLISHER)
OTHERS = (Role.AUTHORITY, Role.AUDITOR, Role.SECURITY, Role.FINANCE, Role.MODERATOR)

SECOND = "warehouse2"  # takes into custody what the first counted, and stands at the gate


def gather():
    """Organisations and accounts; each account is named as its role."""
    hospital = create_hospital(legal_name="江城示例医院", name_en="Jiangcheng Example Hospital")
    charity = create_charity(legal_name="江城示例慈善会", name_en="Jiangcheng Example Charity")
    house = create_warehouse(org=charity, name="江城示例仓")
    people = {Role.HOSPITAL: hospital, **dict.fromkeys((*CHARITY_ROLES, *OTHERS), charity)}
    for role, org in people.items():
        person = create_person(username=str(role))
        grant(person, role=role, org=org.code, at=AT)
    second = create_person(username=SECOND)
    grant(second, role=Role.WAREHOUSE, org=charity.code, at=AT)
    return SimpleNamespace(
        hospital=hospital, charity=charity, house=house, password=PASSWORD, roles=list(people)
    )
