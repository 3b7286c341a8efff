"""English pages name a province in English, wherever it stands; cities stay as they are written."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from ledger.core import codes
from portal.input.provinces import PROVINCES
from portal.tracking.finding.lookup import PAGES
from portal.tracking.models import Line, Link
from tests.factories.organisations import create_hospital
from tests.portal.tracking.stories import MASK, Story

pytestmark = pytest.mark.django_db
CHINESE = re.compile("|".join(PROVINCES))
BYTES = re.compile(r"<(pre|code)\b.*?</\1>|<[^>]*>", re.DOTALL)  # as sealed, or no text
ONE_EACH = ("home", "needs", "organisations", "warehouses", "capacity", "funds", "campaigns")
ONE_EACH += ("gifts", "shipments", "statistics", "statistics_by", "ledger", "issued", "owed")


def tell(story):
    """A need, a route, a fund, a campaign and gifts that name provinces in every way."""
    story.catalogue()
    charity = story.organisation("天河慈善会", "River Charity", kind="charity", province="湖北省")
    far = story.organisation(
        "草原医院", "Steppe Hospital", province="内蒙古自治区", city="呼和浩特市"
    )
    near = story.organisation("城区医院", "City Hospital", province="北京市", city="北京市")
    house = story.warehouse(charity)
    need = story.need(far, (MASK, "exact", 100))
    gift = story.gift((MASK, 50, need, 1))
    meant = {"designation": "region:11", "region": "北京市"}
    told = {"visibility": "anonymous", "lines": [{"variant": MASK, "quantity": 1, "need": ""}]}
    other = codes.mint("G")
    story.say("pledge.register", other, role="donor", stage="registered", **told, **meant)
    lot = story.goods_in(gift, house, charity, MASK, 50)
    parts = (gift, lot, MASK, 50)
    allocation = story.allocate(*parts, house, charity, need, 1, far)
    shipment = story.release_and_pack(*parts, allocation, charity, need, far)
    story.dispatch(*parts, shipment, charity, need, far)
    story.confirm(gift, lot, MASK, shipment, far, need, accepted=50)
    route = {"carrier": "truck", "origin": "湖北省 武汉市", "to": "北京市", "kg": 900}
    days = {"first": "2026-03-01", "last": "2026-03-20"}
    story.say(
        "capacity.offer", codes.mint("D"), role="dispatcher", by=charity, stage="open",
        named={"firm": ""}, **route, **days,
    )  # fmt: skip
    campaign, fund = codes.mint("M"), codes.mint("F")
    story.say(
        "campaign.plan", campaign, charity, role="publisher", by=charity, stage="running",
        org=charity, title_zh="驰援", title_en="Help", area="湖北省、广东省", **days,
    )  # fmt: skip
    story.say(
        "fund.publish", fund, charity, campaign, role="finance", by=charity, stage="open",
        org=charity, title_zh="口罩", title_en="Masks", campaign=campaign, fee_bp=0,
        regions=["湖北", "重庆市"], not_before="2026-03-01", use_by="2026-06-01",
    )  # fmt: skip
    return near


def addresses():
    for code in Link.objects.values_list("code", flat=True).distinct():
        if code[0] in PAGES and code[0] != "D":  # an offer of transport has no page of its own
            yield reverse(PAGES[code[0]][0], args=[code])
    yield from (reverse(f"tracking:{name}") for name in ONE_EACH)
    for index in Line.objects.values_list("seq", flat=True):
        yield reverse("tracking:entry", args=[index])
    yield reverse("tracking:lookup") + "?q=草原"
    yield "/en/pledge/"


def test_no_english_page_names_a_province_in_chinese(log, client, seal_and_project):
    create_hospital(province="江西省")
    near = tell(Story())
    seal_and_project()

    with translation.override("en"):
        walked = {address: client.get(address) for address in addresses()}
    shown = [(a, r.content.decode()) for a, r in walked.items() if r.status_code == 200]
    said = {address: BYTES.sub("|", page) for address, page in shown}
    wrong = [(a, t[m.start() - 60 : m.end()]) for a, t in said.items() for m in CHINESE.finditer(t)]

    assert wrong == []
    everything = " ".join(said.values())
    for name in ("Inner Mongolia · 呼和浩特市", "Hubei 武汉市", "Chongqing", "Guangdong"):
        assert name in everything
    assert "Jiangxi" in said["/en/pledge/"]
    assert "Beijing · " not in said[f"/en/o/{near}/"]  # province and city are one
