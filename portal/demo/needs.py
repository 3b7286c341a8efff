"""The needs of the story: real need lines under invented hospitals, posted or imported as on any
day."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.catalogue.data import catalogue
from portal.catalogue.fitness import Fitness
from portal.demo.cast import Part, World, enter, hire
from portal.demo.clock import BEGIN, Journey, hours
from portal.needs import importing
from portal.needs.models import Need, NeedLine
from portal.needs.queries import OPEN
from portal.needs.reading import ReadRow, read
from portal.needs.stages import AskedLine, Priority, Published, Written
from portal.organisations.models import Organisation
from portal.organisations.stages import Designated
from portal.stages import clock, engine

FILE = Path(__file__).parent.parent / "needs" / "demo_needs.csv"
NOTICE = "https://notices.example/hubei-2020"
ENGLISH = (
    "Jiangcheng First Demonstration Hospital",
    "Jiangcheng East Lake Demonstration Hospital",
    "Jiangcheng South Lake Demonstration Hospital",
    "Gorge Town Demonstration Hospital",
    "Wheel Town Demonstration Hospital",
    "Old Mine Demonstration Hospital",
)
OFF_THE_REGISTER = 4  # this hospital is verified but not designated: goods need two approvals
ISOLATION = ("medical-respirator", "coverall")
UNWANTED = "棉衣、棉被\n食品和饮料\n没有注明标准的口罩"
VERIFIED = 6  # the first hospitals of the file are verified and post their needs themselves


def post_all(world: World, *, at: datetime) -> None:
    """The verified hospitals write and send theirs; the others are only listed, from the notice."""
    reading = read(FILE.read_bytes())
    found = importing.by_hospital(reading)
    own = dict(list(found.items())[:VERIFIED])
    for n, (name, rows) in enumerate(own.items(), start=1):
        now = at + timedelta(minutes=20 * n)
        hospital = _hospital(world, n, name, rows[0], at=now)
        world.needs[name] = _write(world, hospital, rows, at=now + timedelta(minutes=8))
        _publish(world, world.needs[name], source="", at=now + timedelta(hours=2))
    rest = importing.without(reading, hospitals=own)
    actor, now = world.actor("coordinator"), at + timedelta(hours=5)
    done = importing.place(rest, actor=actor, source=NOTICE, at=now)
    for n, code in enumerate(done.needs, start=1):
        need = Need.objects.select_related("hospital").get(code=code)
        world.needs[need.hospital.legal_name] = code
        if n < len(done.needs):  # the last stays a draft: nobody outside may see it
            _publish(world, code, source=NOTICE, at=now + timedelta(hours=1, minutes=10 * n))


def _hospital(world: World, n: int, name: str, row: ReadRow, *, at: datetime) -> Organisation:
    """A verified hospital; the first two have an account of the demo, the others one unnamed."""
    part = Part(
        f"hospital{n}", "hospital", name, ENGLISH[n - 1], _credit_codes()[name],
        row.province, row.city, level="三级甲等 定点救治医院",
    )  # fmt: skip
    org = enter(world, part, at=at)
    if n != OFF_THE_REGISTER:
        engine.advance(
            Organisation, org.code, "designate", actor=world.actor("authority2"),
            facts=Designated(notice=NOTICE), at=at,
        )  # fmt: skip
    hire(world, "hospital" if n == 1 else f"hospital{n}", role=Role.HOSPITAL, org=org, at=at)
    return org


def _write(world: World, hospital: Organisation, rows: list[ReadRow], *, at: datetime) -> str:
    """The hospital's own people post the need."""
    lines = tuple(_told(importing.asked(row), n) for n, row in enumerate(rows))
    actor = next(
        a for a in world.actors.values() if a.org == hospital.code and a.role == Role.HOSPITAL
    )
    first = len(world.needs) == 0
    facts = Written(
        lines=lines,
        campus="本部院区" if first else "",
        department="医学装备处",
        hours="每天 8:00–20:00" if first else "",
        unwanted=UNWANTED if first else "",
        send=True,
    )
    return engine.begin(Need, "write", actor=actor, facts=facts, at=at, hospital=hospital).code


def _told(line: AskedLine, n: int) -> AskedLine:
    """The line with what the notice of 2020 did not say: where it is used and how fast."""
    item = catalogue().item_of(line.variant).key
    use = max(1, line.quantity // (6 + 5 * n)) if line.quantity else None
    return replace(
        line,
        fitness=Fitness.ISOLATION if item in ISOLATION else Fitness.GENERAL_WARD,
        priority=Priority.URGENT if n == 0 else Priority.NORMAL,
        daily_use=use,
        stock_days=n + 1 if use else None,
    )


def keeping(world: World) -> Iterator[tuple[float, Journey]]:
    """What time and the hospitals' own word do to the needs, with its beginning in hours: the
    verified ones say it every other day, the others again at the end, but for one."""
    own = list(world.needs)[:VERIFIED]
    yield 36, _ticking()
    for n, name in enumerate(own):
        yield 46 + n, _saying(world.needs[name], every=44)
    public = Need.objects.filter(code__in=world.needs.values(), stage__in=OPEN)
    listed = public.exclude(hospital__legal_name__in=own).order_by("pk")
    for n, code in enumerate(listed.values_list("code", flat=True)[1:]):
        yield 480 + n / 4, _saying(code, every=1000)


def _ticking() -> Journey:
    at = yield BEGIN
    while True:
        clock.tick(at=at)
        at = yield hours(12)


def _saying(code: str, *, every: float) -> Journey:
    """The hospital says by its link that its need still stands."""
    at = yield BEGIN
    while True:
        need = Need.objects.select_related("hospital").get(code=code)
        if need.stage in OPEN:
            actor = Actor(role=Role.HOSPITAL, org=need.hospital.code, by_link=code)
            engine.advance(Need, code, "still_needed", actor=actor, at=at)
        at = yield hours(every)


def _publish(world: World, code: str, *, source: str, at: datetime) -> None:
    facts = Published(source=source)
    engine.advance(Need, code, "publish", actor=world.actor("coordinator2"), facts=facts, at=at)


def _credit_codes() -> dict[str, str]:
    with FILE.open(encoding="utf-8") as file:
        return {row["hospital"]: row["credit_code"] for row in csv.DictReader(file)}


def lines_for(world: World, item: str) -> list[NeedLine]:
    """The open lines of the story that ask for an item (its key), in the order of the hospitals."""
    found = NeedLine.objects.filter(
        variant__item__key=item,
        need__code__in=world.needs.values(),
        need__public_since__isnull=False,
    )
    return list(found.select_related("need__hospital", "variant__item").order_by("need_id", "no"))
