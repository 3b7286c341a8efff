"""The roles: what a person may be in an organisation. One list; tables, grants and the demo derive
from it."""

from enum import StrEnum


class Role(StrEnum):
    HOSPITAL = "hospital"
    COORDINATOR = "coordinator"
    WAREHOUSE = "warehouse"
    QUALITY = "quality"
    DISPATCHER = "dispatcher"
    FINANCE = "finance"
    PUBLISHER = "publisher"
    MODERATOR = "moderator"
    AUTHORITY = "authority"
    AUDITOR = "auditor"
    SECURITY = "security"
    DONOR = "donor"
    CARRIER = "carrier"
    CLOCK = "clock"
    SYSTEM = "system"


HOSPITAL, COORDINATOR, WAREHOUSE, QUALITY = (
    Role.HOSPITAL,
    Role.COORDINATOR,
    Role.WAREHOUSE,
    Role.QUALITY,
)
DISPATCHER, FINANCE, PUBLISHER, MODERATOR = (
    Role.DISPATCHER,
    Role.FINANCE,
    Role.PUBLISHER,
    Role.MODERATOR,
)
AUTHORITY, AUDITOR, SECURITY = Role.AUTHORITY, Role.AUDITOR, Role.SECURITY
DONOR, CARRIER, CLOCK, SYSTEM = Role.DONOR, Role.CARRIER, Role.CLOCK, Role.SYSTEM

UNGRANTED = frozenset(
    {DONOR, CARRIER, CLOCK, SYSTEM}
)  # held by a link, by time, by the programme; never granted to a person
STAFF = frozenset(Role) - UNGRANTED - {HOSPITAL}  # these work in the admin
CHARITY = frozenset({COORDINATOR, WAREHOUSE, QUALITY, DISPATCHER, FINANCE, PUBLISHER, MODERATOR})
AT_THE_DOCK = frozenset({WAREHOUSE, QUALITY, DISPATCHER, COORDINATOR, HOSPITAL})  # handle goods
EVERYWHERE = frozenset(
    {AUTHORITY, AUDITOR, SECURITY, CLOCK, SYSTEM}
)  # not bound to one organisation's subjects
