"""Who plays: invented organisations with marker credit codes, the accounts of the demo,
warehouses."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import make_password

from portal.accounts.acting import SYSTEM, Actor, grant
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.demo.markers import make_marker
from portal.organisations.models import Organisation
from portal.organisations.stages import Entered, KnownFrom, Verified
from portal.stages import engine
from portal.warehouse.models import Warehouse

PASSWORD = "shanji-demo-2026"  # noqa: S105 -- fixed in demo mode only, printed by `make demo`


@dataclass(frozen=True)
class Part:
    """One invented organisation."""

    key: str
    kind: str
    zh: str
    en: str
    credit_code: str
    province: str = "湖北"
    city: str = "武汉市"
    level: str = ""


PARTS = (
    Part(
        "authority",
        "authority",
        "江城示范协调指挥部",
        "Jiangcheng Demonstration Coordination Office",
        make_marker("420100", "11", 1),
    ),
    Part(
        "charity",
        "charity",
        "善迹示范慈善会",
        "Shanji Demonstration Charity",
        "53420000000000027C",
    ),
    Part(
        "red",
        "charity",
        "江城示范红十字会",
        "Jiangcheng Demonstration Red Cross",
        "13420000000000035B",
    ),
    Part(
        "auditors",
        "auditor",
        "明镜示范会计师事务所",
        "Clear Mirror Demonstration Auditors",
        make_marker("310000", "91", 3),
        "上海",
        "上海市",
    ),
    Part(
        "maker",
        "donor",
        "远山示范制造有限公司",
        "Far Hills Demonstration Manufacturing",
        "91330100MA000004XA",
        "浙江",
        "杭州市",
    ),
    Part(
        "alumni",
        "donor",
        "南湖示范校友会",
        "South Lake Demonstration Alumni",
        make_marker("320100", "51", 5),
        "江苏",
        "南京市",
    ),
)

ACCOUNTS = {  # sign-in name -> (role, organisation); hospitals are filled in by the plot
    "coordinator": (Role.COORDINATOR, "charity"),
    "coordinator2": (Role.COORDINATOR, "charity"),
    "warehouse": (Role.WAREHOUSE, "charity"),
    "warehouse2": (Role.WAREHOUSE, "charity"),
    "quality": (Role.QUALITY, "charity"),
    "dispatcher": (Role.DISPATCHER, "charity"),
    "finance": (Role.FINANCE, "charity"),
    "finance2": (Role.FINANCE, "charity"),
    "finance3": (Role.FINANCE, "charity"),
    "publisher": (Role.PUBLISHER, "charity"),
    "publisher2": (Role.PUBLISHER, "charity"),
    "moderator": (Role.MODERATOR, "charity"),
    "authority": (Role.AUTHORITY, "authority"),
    "authority2": (Role.AUTHORITY, "authority"),
    "auditor": (Role.AUDITOR, "auditors"),
    "security": (Role.SECURITY, "charity"),
}


@dataclass
class World:
    """What the story has made so far, by the story's own keys."""

    orgs: dict[str, Organisation] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)  # hospital's name -> need code
    gifts: dict[str, str] = field(default_factory=dict)  # story's key -> gift code
    links: dict[str, str] = field(default_factory=dict)  # story's key -> address

    def actor(self, name: str) -> Actor:
        return self.actors[name]


def enter(world: World, part: Part, *, at: datetime, verify: bool = True) -> Organisation:
    """An organisation applies and, if wanted, the authority verifies it."""
    org = engine.begin(
        Organisation, "enter", actor=SYSTEM, facts=Entered(known_from=KnownFrom.APPLICATION), at=at,
        kind=part.kind, legal_name=part.zh, name_en=part.en, credit_code=part.credit_code,
        province=part.province, city=part.city, level=part.level,
    )  # fmt: skip
    world.orgs[part.key] = org
    if verify:
        authority = world.actors.get("authority", Actor(role=Role.AUTHORITY, org=org.code))
        engine.advance(
            Organisation, org.code, "verify", actor=authority, facts=Verified(papers=""), at=at
        )
        org.refresh_from_db()
    return org


@cache
def _hashed() -> str:
    """Hashed once for all: hashing is slow on purpose, and here the password is printed anyway."""
    return make_password(PASSWORD)


def hire(world: World, name: str, *, role: Role, org: Organisation, at: datetime) -> Actor:
    """An account of the demo with the one password, and its role."""
    person = Person(username=name, name=name, joined_at=at, password=_hashed())
    person.save()
    grant(person, role=role, org=org.code, at=at)
    actor = Actor(role=role, org=org.code, person_id=person.pk, name=name)
    world.actors[name] = actor
    return actor


def gather(world: World, *, at: datetime) -> None:
    """The authority first, then everybody it verifies, their people and their warehouses."""
    for part in PARTS:
        enter(world, part, at=at)
        for name, (role, org) in ACCOUNTS.items():
            if org == part.key:
                hire(world, name, role=role, org=world.orgs[org], at=at)
    houses = (
        ("east", "江城东仓", "Jiangcheng East warehouse", "湖北", "武汉市"),
        ("river", "江北仓", "North Bank warehouse", "湖北", "武汉市"),
    )
    for key, zh, en, province, city in houses:
        world.warehouses[key] = engine.begin(
            Warehouse, "open", actor=world.actor("coordinator"), at=at, org=world.orgs["charity"],
            name_zh=zh, name_en=en, province=province, city=city,
        )  # fmt: skip
