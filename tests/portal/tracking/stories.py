"""Events as the parts submit them, written by hand: the read side is tested without the parts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.db import transaction

import ledger.api as ledger
from ledger.core import codes
from ledger.core.postings import Posting
from portal.stages.facts import instant
from tests.remembering import remembered

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MASK = "mask.gb19083-2010"
GOGGLES = "goggles.gb14866-2006"


class Story:
    """Says one event a minute. `codes` is what the entry concerns beside its case and postings."""

    def __init__(self):
        self.at = BEGIN
        self.uids = []

    def say(self, kind, case, /, *concerns, role="system", by="", stage="", named=None, **data):
        self.at += timedelta(minutes=1)
        postings = data.pop("postings", [])
        corrects = data.pop("corrects", None)
        found = {case, by, *concerns}
        for p in postings:
            found |= {p.gift, p.lot, p.from_.partition(":")[2], p.to.partition(":")[2]}
        data |= {"recorded_at": instant(self.at), "actor_role": role, "actor_org": by}
        if stage:
            data["stage"] = stage
        if postings:
            data["postings"] = [p.to_json() for p in postings]
        with transaction.atomic():
            uid = ledger.submit(
                type=kind,
                case=case,
                codes={code for code in found if code},
                data=data,
                named=named,
                private={"actor": "1"},
                corrects=corrects,
                at=self.at,
            )
        self.uids.append(uid)
        return uid

    def organisation(self, name, english, *, kind="hospital", stage="verified", **more):
        code = codes.mint("U")
        data = {"kind": kind, "legal_name": name, "name_en": english, "province": "湖北"}
        data |= {"city": "武汉", "credit_code": None, "district": "", "level": ""} | more
        move = "enter" if stage == "listed" else "verify"
        self.say(f"organisation.{move}", code, role="authority", stage=stage, **data)
        return code

    def catalogue(self):
        mask = {"key": MASK, "name_zh": "医用防护口罩", "name_en": "Medical respirator"}
        self.item("mask", "只", "pieces", {**mask, "standard": "GB 19083-2010"})
        goggles = {"key": GOGGLES, "name_zh": "医用护目镜", "name_en": "Goggles"}
        self.item("eyes-face", "副", "pairs", {**goggles, "standard": "GB 14866-2006"})

    def item(self, item_class, unit_zh, unit_en, *variants):
        names = {"name_zh": variants[0]["name_zh"], "name_en": variants[0]["name_en"]}
        data = {"item_class": item_class, "unit_zh": unit_zh, "unit_en": unit_en, **names}
        self.say(
            "item.publish", codes.mint("V"), stage="published", variants=list(variants), **data
        )

    def warehouse(self, org):
        code = codes.mint("W")
        data = {
            "org": org,
            "name_zh": "江城总仓",
            "name_en": "Jiangcheng main store",
            "city": "武汉",
        }
        self.say("warehouse.open", code, role="coordinator", by=org, stage="open", **data)
        return code

    def need(self, hospital, *asked, notes="", **more):
        code = codes.mint("N")
        lines = [
            {"no": no, "variant": variant, "quantity_kind": kind, "quantity": quantity}
            for no, (variant, kind, quantity) in enumerate(asked, 1)
        ]
        data = {"hospital": hospital, "department": "设备科", "valid_until": None, "lines": lines}
        self.say(
            "need.publish",
            code,
            hospital,
            role="coordinator",
            stage="published",
            named={"notes": notes, "source": "", "lines_as_written": ["" for _ in lines]},
            **(data | more),
        )
        return code

    def gift(self, *lines, name="", accepted=True):
        code = codes.mint("G")
        told = [
            {"variant": v, "quantity": q, "need": n or "", "need_line": no} for v, q, n, no in lines
        ]
        needs = [n for _v, _q, n, _no in lines if n]
        seen = "named" if name else "anonymous"
        data = {"visibility": seen, "lines": told}
        named = {"donor_name": name}
        self.say(
            "pledge.register", code, *needs, role="donor", stage="registered", named=named, **data
        )
        if accepted:
            self.move_gift(code, "accept", "accepted", role="coordinator")
        return code

    def move_gift(self, gift, move, stage, *concerns, role="donor", **data):
        return self.say(f"pledge.{move}", gift, *concerns, role=role, stage=stage, **data)

    def goods_in(self, gift, house, org, item, sent, *, good=None, rejected=0, missing=0):
        """Announced and counted in; returns the lot."""
        good = sent - rejected - missing if good is None else good
        arrival, lot = codes.mint("C"), codes.mint("B")
        book = lambda n, a, b: posting(gift, lot, item, n, a, b)  # noqa: E731 -- short-hand
        inbound = [book(sent, f"donor:{gift}", f"inbound:{house}")]
        self.say(
            "arrival.announce",
            arrival,
            gift,
            role="donor",
            stage="announced",
            postings=inbound,
            warehouse=house,
            carrier="sf",
            lines=[{"line": 1, "quantity": sent}],
        )
        self.move_gift(gift, "dispatch", "dispatched")
        ends = ((good, "stock"), (rejected, "rejected"), (missing, "lost"))
        counted = [book(n, f"inbound:{house}", f"{p}:{house}") for n, p in ends if n]
        note = [{"line": 1, "accepted": good, "rejected": rejected, "reason": "", "expiry": None}]
        self.say(
            "arrival.count",
            arrival,
            gift,
            role="warehouse",
            by=org,
            stage="stocked",
            postings=counted,
            lines=note,
            named={"lines_batch": ["B26"]},
        )
        self.move_gift(gift, "receive", "received", house, role="warehouse")
        return lot

    def allocate(self, gift, lot, item, amount, house, org, need, number, hospital):
        code = codes.mint("A")
        booked = [posting(gift, lot, item, amount, f"stock:{house}", f"reserved:{code}")]
        self.say(
            "allocation.publish",
            code,
            need,
            hospital,
            role="coordinator",
            by=org,
            stage="published",
            postings=booked,
            need_line=f"{need}/{number}",
            reason="largest_gap",
            named={"note": ""},
            lots=[{"lot": lot, "quantity": amount}],
        )
        return code

    def release_and_pack(self, gift, lot, item, amount, allocation, org, need, hospital):
        release, shipment = codes.mint("R"), codes.mint("S")
        way = [f"reserved:{code}" for code in (allocation, release, shipment)]
        first, second = ([posting(gift, lot, item, amount, a, b)] for a, b in pairwise(way))
        around = (need, hospital)
        self.say(
            "release.issue", release, *around, role="dispatcher", by=org, stage="issued",
            postings=first, allocations=[{"allocation": allocation}],
        )  # fmt: skip
        self.say(
            "shipment.pack", shipment, *around, role="warehouse", by=org, stage="packed",
            postings=second, release=release, boxes=3,
        )  # fmt: skip
        return shipment

    def dispatch(self, gift, lot, item, amount, shipment, org, need, hospital):
        booked = [posting(gift, lot, item, amount, f"reserved:{shipment}", f"transit:{shipment}")]
        self.say(
            "shipment.dispatch", shipment, need, hospital, role="dispatcher", by=org,
            stage="in_transit", postings=booked, carrier="sf",
            named={"waybill": "SF1234567890123"},
        )  # fmt: skip

    def confirm(self, gift, lot, item, shipment, hospital, need, *, accepted, damaged=0, lost=0):
        place = f"transit:{shipment}"
        ends = (
            (accepted, f"received:{hospital}"),
            (damaged, f"damaged:{hospital}"),
            (lost, f"lost:{shipment}"),
        )
        booked = [posting(gift, lot, item, n, place, end) for n, end in ends if n]
        stage = "discrepancy" if damaged or lost else "confirmed"
        line = {"line": 1, "accepted": accepted, "rejected": damaged, "missing": lost}
        self.say(
            "receipt.confirm", shipment, need, hospital, role="hospital", by=hospital,
            stage=stage, postings=booked, lines=[line | {"surplus": 0, "reason": ""}],
            named={"signer": "设备科"},
        )  # fmt: skip
        self.say(
            "shipment.confirm", shipment, gift, need, hospital, role="hospital", by=hospital,
            stage="confirmed",
        )  # fmt: skip


def posting(gift, lot, item, amount, from_, to):
    return Posting(amount=amount, item=item, gift=gift, lot=lot, from_=from_, to=to)


@remembered
def whole(story):
    """A small world and one gift that is split: 600 confirmed, 90 confirmed and 10 damaged, 200 on
    the way, 80 in stock, 20 rejected at goods-in."""
    story.catalogue()
    charity = story.organisation("江城慈善会", "Jiangcheng Charity", kind="charity")
    first = story.organisation("江城第一医院", "Jiangcheng First Hospital")
    second = story.organisation("白沙县医院", "Baisha County Hospital", city="白沙")
    listed = story.organisation("远山卫生院", "Far Hills Clinic", stage="listed")
    house = story.warehouse(charity)
    need = story.need(first, (MASK, "exact", 2000), (GOGGLES, "exact", 50), notes="白天送货")
    other = story.need(second, (MASK, "unlimited", None))
    gift = story.gift((MASK, 1000, need, 1), name="晨光公司")
    lot = story.goods_in(gift, house, charity, MASK, 1000, rejected=20)
    sent = []
    for amount, target, hospital, damaged in (
        (600, need, first, 0),
        (100, other, second, 10),
        (200, need, first, None),
    ):
        parts = (gift, lot, MASK, amount)
        allocation = story.allocate(*parts, house, charity, target, 1, hospital)
        shipment = story.release_and_pack(*parts, allocation, charity, target, hospital)
        story.dispatch(*parts, shipment, charity, target, hospital)
        if damaged is not None:
            good = amount - damaged
            story.confirm(
                gift, lot, MASK, shipment, hospital, target, accepted=good, damaged=damaged
            )
        sent.append(shipment)
    return {
        "charity": charity, "first": first, "second": second, "listed": listed, "house": house,
        "need": need, "other": other, "gift": gift, "lot": lot, "shipments": sent,
    }  # fmt: skip
