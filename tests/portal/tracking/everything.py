"""A story with every kind of thing that has a public page, and the addresses of all public pages:
derived from the URLconf, so that a new page is in every test that walks them."""

import re

from django.urls import reverse
from django.utils import translation

from ledger.core import codes
from portal.tracking.listing.listings import LISTS
from portal.tracking.models import Certificate, Gift, Line, Link, Need, Organisation, Subject, Tally
from portal.tracking.open_data.schemas import schemas
from portal.tracking.statistics import registry
from portal.tracking.urls import urlpatterns
from tests.portal.tracking.stories import MASK, posting, whole
from tests.remembering import remembered

FEN = 52_000


@remembered
def everything(story):
    """The split gift; a fund that bought with a gift of money; a question, a correction, statements
    of the law and of the warehouse, transport offered, something issued urgently."""
    told = whole(story)
    told |= _money(story, told)
    told["spend"], told["bought"] = spend(story, told, told["money"], FEN)
    _voices(story, told)
    return told


def _money(story, told):
    org, campaign, fund = told["charity"], codes.mint("M"), codes.mint("F")
    about = {"role": "publisher", "by": org}
    titles = {"title_zh": "江城专项", "title_en": "Jiangcheng fund", "org": org}
    story.say("campaign.file", campaign, org, **about, stage="running", **titles)
    more = {"fee_bp": 0, "campaign": campaign, "recipients": [told["first"]]}
    more |= {"not_before": "2026-03-01", "use_by": "2026-12-31"}
    story.say("fund.open", fund, org, campaign, **about, stage="open", **titles, **more)
    gifts = [give(story, fund, org, FEN) for _n in range(2)]
    return {"campaign": campaign, "fund": fund, "money": gifts[0], "moneys": gifts}


def give(story, fund, org, fen):
    """A gift of money that has come into a fund; its code."""
    gift = codes.mint("G")
    came = [posting(gift, "", "CNY", fen, f"donor:{gift}", f"fund:{fund}")]
    story.say(
        "money.enter", gift, fund, role="finance", by=org, stage="received", amount=fen,
        shown="anonymous", postings=came,
    )  # fmt: skip
    return gift


def spend(story, told, gift, fen):
    """A gift of money pays for masks, which are on their way to the first hospital; the codes of
    spending and shipment."""
    fund, org, house = told["fund"], told["charity"], told["house"]
    code, lot, arrival, shipment = (codes.mint(kind) for kind in "PBCS")
    around, about = (fund, told["first"]), {"role": "finance", "by": org}
    facts = {"fund": fund, "recipient": told["first"], "amount": fen, "purpose": "goods"}
    story.say("spend.request", code, *around, **about, stage="requested", **facts)
    for move, stage, ways in (
        ("approve_again", "approved", (f"fund:{fund}", f"committed:{code}")),
        ("pay", "paid", (f"committed:{code}", f"paid:{code}")),
    ):
        booked = [posting(gift, "", "CNY", fen, *ways)]
        told_on = {"paid_on": "2026-03-02"} if move == "pay" else {}
        story.say(f"spend.{move}", code, *around, **about, stage=stage, postings=booked, **told_on)
    lines = [{"variant": MASK, "quantity": 260, "paid": fen}]
    story.say("spend.buy", code, *around, **about, stage="paid", lines=lines)
    way = [f"purchase:{code}", f"inbound:{house}", f"stock:{house}", f"transit:{shipment}"]
    book = lambda a, b: [posting(code, lot, MASK, 260, a, b)]  # noqa: E731 -- short-hand
    story.say("arrival.announce", arrival, code, house, stage="announced", postings=book(*way[:2]))
    story.say("arrival.take", arrival, code, house, stage="stocked", postings=book(*way[1:3]))
    goes = book(*way[2:])
    story.say(
        "shipment.dispatch", shipment, *(code, told["first"]), stage="in_transit", postings=goes
    )
    return code, shipment


def _voices(story, told):
    org, gift = told["charity"], told["gift"]
    uid = story.uids[-1]
    story.say("receipt.amend", told["shipments"][1], gift, stage="discrepancy", corrects=uid)
    story.say("question.ask", codes.mint("Q"), gift, org, stage="open", about=gift, record=gift)
    facts = {"org": org, "campaign": told["campaign"], "kind": "emergency", "no": 1, "late": False}
    for stage in ("due", "late", "published"):
        story.say(
            "disclosure.open", codes.mint("D"), told["campaign"], org, by=org, stage=stage, **facts
        )
    story.say("capacity.offer", codes.mint("S"), stage="open", carrier="sf")
    story.say(
        "urgent.issue_urgent", codes.mint("R"), told["house"], stage="issued", reason="urgent"
    )
    state(story, told["house"])


def state(story, house):
    """What a warehouse states every two hours."""
    item = {"item": MASK, "in": 980, "out": 900, "stock": 80, "aside": 0, "soon": 0, "oldest": ""}
    story.say("statement.state", codes.mint("C"), house, warehouse=house, items=[item], urgent=[])


NAMES = frozenset(pattern.name for pattern in urlpatterns)


def every_address(names=NAMES):
    """{name of a page: its addresses} of everything public that stands in the tables now: one or
    two of each kind of thing. KeyError: a page that this does not know how to ask for."""
    with translation.override("en"):
        return {
            pattern.name: [
                reverse(f"tracking:{pattern.name}", kwargs=kwargs) for kwargs in _asked(pattern)
            ]
            for pattern in urlpatterns
            if pattern.name in names
        }


def _asked(pattern):
    """The words of a page's addresses; [{}] of one that has none."""
    route = str(pattern.pattern)
    if not re.search(r"<\w", route):
        return [{}]
    if pattern.name in OTHERS:
        return OTHERS[pattern.name]()
    return [{"code": code} for code in BY_CODE[route.partition("/")[0]]()]


def _two(rows, field="code"):
    """The first and the last."""
    found = list(rows.order_by("pk").values_list(field, flat=True))
    return list(dict.fromkeys([*found[:1], *found[-1:]]))


def _subjects(kind):
    return lambda: _two(Subject.objects.filter(kind=kind))


BY_CODE = {
    "g": lambda: _two(Gift.objects),
    "needs": lambda: _two(Need.objects),
    "o": lambda: _two(Organisation.objects),
    "certificates": lambda: _two(Certificate.objects),
    "lots": lambda: _two(Link.objects.filter(code__startswith="B")),
    **{word: _subjects(word[:-1]) for word in ("shipments", "warehouses", "questions")},
    "disclosures": _subjects("disclosure"),
    "p": _subjects("spend"),
    "f": _subjects("fund"),
    "m": _subjects("campaign"),
}


def figures():
    """The key of one figure of each sort: by its unit, and by the rows that make it."""
    stage = Tally.objects.filter(kind="stage").order_by("pk").values_list("of", flat=True)[0]
    timed = [f"{word}-{stage.replace('.', '-')}" for word in ("hours", "now")]
    found = {(type(one.rows), one.unit): one.key for one in registry.FIGURES}
    return sorted([*found.values(), *timed])


def _entries():
    return _two(Line.objects, "seq")


OTHERS = {
    "gift_certificate_pdf": lambda: [{"code": Gift.objects.order_by("pk")[0].code}],
    "list_csv": lambda: [{"key": key} for key in LISTS],
    "statistics_rows": lambda: [{"key": key} for key in figures()],
    "statistics_csv": lambda: [{"key": key} for key in figures()],
    "entry": lambda: [{"index": seq} for seq in _entries()],
    "entry_file": lambda: [
        {"name": str(seq), "kind": kind} for seq in _entries() for kind in ("entry", "tlog-proof")
    ],
    "schema": lambda: [{"name": name} for name in list(schemas())[:2]],
    "api_list": lambda: [{"name": name} for name in LISTS],
    "api_thing": lambda: [
        {"name": name, "code": listing_code(listing)} for name, listing in LISTS.items()
    ],
}


def listing_code(listing):
    """One thing of a list."""
    words = {"gift": Gift, "need": Need, "organisation": Organisation}
    if listing.kind in words:
        return _two(words[listing.kind].objects)[0]
    return _subjects(listing.kind)()[0]
