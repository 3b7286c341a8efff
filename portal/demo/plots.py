"""The plots: forty gifts, told in figures, each with its beginning in hours after the story's
first."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from portal.demo import voices
from portal.demo.acts import Counting
from portal.demo.cast import World
from portal.demo.clock import Journey
from portal.demo.journeys import (
    Leg,
    Plot,
    direct_journey,
    goods_in_journey,
    shared_journey,
    warehouse_journey,
)
from portal.demo.money import money_journey
from portal.demo.stock import stock_journey
from portal.demo.transport import transport_journey
from portal.evidence.models import Shows
from portal.receipts.stages import Explanation
from portal.warehouse.stages import Carrier

MAKER, ALUMNI = "远山示范制造有限公司", "南湖示范校友会"
# What `make demo` prints beside their addresses; translated where it is printed.
SPLIT = gettext_noop("A gift of 1,000 respirators split: confirmed, on the way, damaged")
WHOLE = gettext_noop("A gift of 20,000 masks that reached three hospitals")
SHORT = gettext_noop("Fewer counted in than the donor had sent")
DIRECT = gettext_noop("Sent straight from the donor to the hospital")
MONEY = gettext_noop("A gift of money: from the fund to what it paid for, to the fen")
SOLD = gettext_noop("Some of it sold, given on, given back, written off, moved")
RECALLED = gettext_noop("A lot that its maker recalled")
GONE = gettext_noop("A shipment that was lost on the way")
WITHDRAWN = gettext_noop("A gift the donor took back before sending it")
MORE = gettext_noop("More came than was packed; the sender explained it")
RELABELLED = gettext_noop("Announced as N95, found to be KN95 by its label")
HELD = gettext_noop("A parcel held for the hospital it is addressed to")
URGENT = gettext_noop("Goods that left without a release order in an emergency")

LOOK_AT = (
    *(SPLIT, WHOLE, SHORT, DIRECT, GONE, WITHDRAWN, MORE, RELABELLED, HELD, URGENT),
    *(SOLD, RECALLED, MONEY),
)

RESPIRATOR = ("medical-respirator", "mask.gb19083-2010")
SURGICAL = ("surgical-mask", "mask.yy0469-2011")
MEDICAL = ("disposable-medical-mask", "mask.yyt0969-2013")
COVERALL = ("coverall", "coverall.gb19082-2009")
GOGGLES = ("goggles", "goggles.gb14866-2006")
GOWN = ("isolation-gown", "gown.isolation.yyt0506-2016")
GLOVES = ("medical-gloves", "gloves.gb10213-2006.sterile")
CAP = ("medical-cap", "cap.unstated")
SHIELD = ("face-shield", "face-shield.registered")
RUB = ("hand-rub", "hand-rub.gb27950")
THERMOMETER = ("thermometer", "thermometer.infrared")
DISINFECTOR = ("air-disinfector", "air-disinfector.mobile")
SHOES = ("shoe-cover", "shoe-cover.unstated")
SURGICAL_GOWN = ("surgical-gown", "gown.surgical.yyt0506-2016")

DAMAGED = Counting(rejected=100, reason="damaged")
PLOTS = (
    # the gifts that `make demo` names
    Plot(250, *RESPIRATOR, 1000, name="周末读书会", look=SPLIT, photos=True, legs=(
        Leg(0, 600, photo=Shows.GOODS),
        Leg(1, 100, said=Counting(rejected=100, reason="damaged"), explained=Explanation.CARRIER,
            photo=Shows.DAMAGE),
        Leg(3, 300, ends="in_transit"),
    )),
    Plot(26, *SURGICAL, 20000, name=MAKER, look=WHOLE, carrier=Carrier.OWN, legs=(
        Leg(0, 12000), Leg(1, 6000), Leg(3, 2000),
    )),
    Plot(40, *MEDICAL, 5000, look=SHORT, carrier=Carrier.YTO,
         counted=Counting(missing=20, rejected=40, reason="short"), legs=(Leg(1, 4940),)),
    Plot(120, *GOGGLES, 400, look=GONE, legs=(Leg(0, 400, ends="lost"),)),
    Plot(60, *COVERALL, 500, name=ALUMNI, look=WITHDRAWN, ends="withdrawn"),
    Plot(90, *SHIELD, 200, look=MORE, carrier=Carrier.RAIL, legs=(
        Leg(0, 200, said=Counting(surplus=5, reason="surplus"), explained=Explanation.PACKED_MORE),
    )),
    # what went as it should
    Plot(20, *COVERALL, 800, name=MAKER, legs=(Leg(0, 800),)),
    Plot(24, *GOWN, 3000, name=ALUMNI, to="river", legs=(Leg(0, 2000), Leg(1, 1000))),
    Plot(30, *CAP, 4000, legs=(Leg(0, 2500), Leg(1, 1500))),
    Plot(34, *GLOVES, 2000, name="江畔合唱团", legs=(Leg(0, 2000),)),
    Plot(50, *RUB, 600, legs=(Leg(0, 600),)),
    Plot(55, *SURGICAL_GOWN, 1500, name=MAKER, to="river", legs=(Leg(0, 1500),)),
    Plot(70, *SURGICAL, 8000, legs=(Leg(1, 5000), Leg(3, 3000))),
    Plot(75, *RESPIRATOR, 3000, name=MAKER, legs=(Leg(0, 2000), Leg(1, 1000))),
    Plot(80, *GOGGLES, 300, legs=(Leg(1, 300),)),
    Plot(100, *THERMOMETER, 60, name=ALUMNI, legs=(Leg(0, 40), Leg(1, 20))),
    Plot(110, *MEDICAL, 12000, to="river", legs=(Leg(1, 12000),)),
    Plot(130, *SHOES, 2000, legs=(Leg(0, 2000),)),
    Plot(140, *COVERALL, 600, name="老同学十二人", legs=(Leg(0, 300), Leg(1, 300))),
    Plot(150, *RUB, 300, legs=(Leg(0, 300),)),
    Plot(160, *RESPIRATOR, 2400, name=MAKER, counted=Counting(rejected=40, reason="damaged"),
         legs=(Leg(1, 2360, said=DAMAGED, explained=Explanation.ACCEPTED),)),
    Plot(170, *SURGICAL, 15000, name=ALUMNI, legs=(Leg(0, 15000),)),
    Plot(190, *GOWN, 1200, legs=(Leg(1, 1200, said=Counting(missing=12, reason="short")),)),
    Plot(200, *DISINFECTOR, 4, name=MAKER, legs=(Leg(0, 4),)),
    # where things stand at the end of the story
    Plot(300, *COVERALL, 700, name=MAKER, legs=(
        Leg(0, 400, ends="delivered"), Leg(2, 300, ends="packed"),
    )),
    Plot(320, *SURGICAL, 9000, legs=(Leg(0, 9000, ends="in_transit"),)),
    Plot(330, *CAP, 3000, name="两江骑行队", legs=(Leg(0, 3000, ends="delivered"),)),
    Plot(340, *GLOVES, 900, legs=(Leg(0, 900, ends="released"),)),
    Plot(350, *MEDICAL, 6000, to="river", legs=(Leg(1, 4000, ends="allocated"),)),
    Plot(380, *RESPIRATOR, 1500, name=ALUMNI, ends="stocked"),
    Plot(400, *GOGGLES, 250, counted=Counting(missing=5, reason="short"), ends="stocked"),
    Plot(420, *SURGICAL_GOWN, 2000, ends="arrived"),
    Plot(440, *RUB, 400, name=MAKER, ends="announced"),
    Plot(460, *SHOES, 1000, ends="announced", carrier=Carrier.OWN),
    Plot(470, *COVERALL, 350, ends="accepted"),
    Plot(480, *RESPIRATOR, 800, name="周末读书会", ends="registered"),
    Plot(490, *SURGICAL, 2000, ends="registered"),
    Plot(210, "daily-mask", "mask.gbt32610-2016", 3000, ends="declined", for_line=False),
    Plot(220, *THERMOMETER, 30, ends="declined"),
)  # fmt: skip


def all_of(world: World) -> Iterator[tuple[float, Journey]]:
    """Every journey with the hours after which it begins."""
    for plot in PLOTS:
        yield plot.begins, warehouse_journey(world, plot)
    yield 65, direct_journey(
        world, item=MEDICAL[0], variant=MEDICAL[1], quantity=800, to=0, name=ALUMNI, look=DIRECT
    )  # fmt: skip
    yield 230, direct_journey(world, item=GOGGLES[0], variant=GOGGLES[1], quantity=120, to=0)
    yield 260, goods_in_journey(
        world, item=RESPIRATOR[0], variant=RESPIRATOR[1], quantity=1200,
        turns_out="mask.gb2626-2006", look=RELABELLED,
    )  # fmt: skip
    yield (
        270,
        goods_in_journey(
            world, item=GOGGLES[0], variant=GOGGLES[1], quantity=150, held_for=1, look=HELD
        ),
    )
    yield (
        280,
        goods_in_journey(
            world, item=GLOVES[0], variant=GLOVES[1], quantity=300, urgent=100, look=URGENT
        ),
    )
    yield 150, stock_journey(world, variant=MEDICAL[1], quantity=2000, look=SOLD)
    yield 300, stock_journey(world, variant=RUB[1], quantity=80, look=RECALLED, recalled=True)
    yield 60, money_journey(world, look=MONEY)
    yield 45, shared_journey(world, [(*GOWN, 900), (*SHOES, 1500)], to=0)
    yield 100, transport_journey(world, days=3)
    yield 490, transport_journey(world, days=20, cold=True)
    yield 60, voices.statements_journey(world)
    yield 200, voices.questions_journey(world)
    yield 330, voices.correction_journey(world)
