"""A story with something of every figure, and how tests read the figures' files."""

import csv
import io
from datetime import timedelta

from ledger.core import codes
from tests.portal.tracking.stories import GOGGLES, MASK, posting, whole
from tests.remembering import remembered


@remembered
def eventful(story):
    """The split gift; then money, goggles, a delivery that nobody confirms, one confirmed late with
    a piece lost and found again, a confirmation taken back, a promise overdue."""
    told = whole(story)
    far = story.organisation("远方医院", "Far Hospital", province="广东省", city="广州")
    money, fund = codes.mint("G"), codes.mint("F")
    came = [posting(money, "", "CNY", 123456, f"donor:{money}", f"fund:{fund}")]
    story.say("money.enter", money, fund, stage="received", postings=came, amount=123456)
    fee = [posting(money, "", "CNY", 456, f"fund:{fund}", f"fee:{fund}")]
    story.say("money.fee", money, fund, stage="received", postings=fee)
    need = story.need(far, (GOGGLES, "exact", 90), (MASK, "exact", 5))
    gift = story.gift((GOGGLES, 50, need, 1))
    lot = story.goods_in(gift, told["house"], told["charity"], GOGGLES, 50)
    parts = (gift, lot, GOGGLES, 40)
    allocation = story.allocate(*parts, told["house"], told["charity"], need, 1, far)
    shipment = story.release_and_pack(*parts, allocation, told["charity"], need, far)
    story.at += timedelta(hours=30)
    story.dispatch(*parts, shipment, told["charity"], need, far)
    story.at += timedelta(hours=5)
    story.say("shipment.confirm_delivery", shipment, gift, need, far, stage="delivered")
    story.at += timedelta(hours=73)
    story.say("shipment.escalate", shipment, gift, need, far, stage="unconfirmed")
    late = told["shipments"][2]
    around = (told["gift"], told["need"], told["first"])
    story.say("shipment.confirm_delivery", late, *around, stage="delivered")
    story.at += timedelta(hours=9)
    last = (told["gift"], told["lot"], MASK, late, told["first"], told["need"])
    story.confirm(*last, accepted=195, lost=5)
    book = lambda n, a, b: posting(*last[:3], n, a, b)  # noqa: E731 -- short-hand
    back = [book(5, f"lost:{late}", f"received:{told['first']}")]
    story.say("receipt.explain", late, *around, stage="resolved", postings=back)
    uid = story.uids[-1]
    wrong = [book(7, f"received:{told['first']}", f"lost:{late}")]
    story.say("receipt.amend", late, *around, stage="resolved", postings=wrong, corrects=uid)
    recall = [book(3, f"received:{told['first']}", f"quarantine:{told['house']}")]
    story.say("lot.give_back", told["lot"], told["gift"], stage="recalled", postings=recall)
    promise = story.gift((MASK, 10, None, 0))
    story.say("pledge.mark_overdue", promise, stage="overdue")
    story.say("need.withdraw", told["other"], told["second"], stage="withdrawn", reason="changed")
    return told | {"far": far, "late": late, "silent": shipment, "wrong": uid, "promise": promise}


def numbers(client):
    return client.get("/en/statistics.json").json()


def rows_of(client, address):
    """Every row of a figure, from its file."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    told = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    return told[1:]  # the first are the HXL tags


def percentile(found, percent):
    return sorted(found)[-(-len(found) * percent // 100) - 1]
