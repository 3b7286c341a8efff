"""The answer on top of a gift's page is right for every split, in both languages."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.codes import mint
from ledger.core.postings import OUTSIDE, Posting, Short
from portal.tracking.gift import gift_showing, sums, verdict
from portal.tracking.models import Gift
from portal.tracking.projection import goods
from portal.tracking.projection.shelf import Shelf
from tests.portal.tracking.stories import GOGGLES, MASK

G, W, A, B = "G-7K2M9Q4TX5", "W-22222222222"[:12], "U-5RD6V9KME4", "U-B8KD3M7QW7"
S, R, X, C = "S-B8KD3M7QW7", "R-B8KD3M7QW7", "A-B8KD3M7QW7", "C-B8KD3M7QW7"
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
NAMES = {
    MASK: {"zh": "口罩", "en": "Mask", "unit_zh": "只", "unit_en": "pieces"},
    GOGGLES: {"zh": "护目镜", "en": "Goggles", "unit_zh": "副", "unit_en": "pairs"},
    W: {"zh": "总仓", "en": "Main store"},
    A: {"zh": "甲医院", "en": "Hospital A"},
    B: {"zh": "乙医院", "en": "Hospital B"},
}


def told(stage="", hospital="", warehouse="", needs=()):
    return {
        "stage": stage,
        "since": NOON.isoformat(),
        "hospital": hospital,
        "warehouse": warehouse,
        "needs": list(needs),
    }


def gift(places, *, stage="received", promised=1000, subjects=None, item=MASK):
    sent = sum(places.values())
    held = {**places, f"donor:{G}": -sent} if sent else {}
    return Gift(
        code=G,
        stage=stage,
        since=NOON,
        opened_at=NOON,
        lines=[{"variant": item, "quantity": promised, "need": "", "need_line": 0}],
        places={item: held} if held else {},
        subjects=subjects or {},
        names=NAMES,
    )


ON_THE_WAY = {f"shipment:{S}": told("in_transit", B)}
CASES = [
    (
        gift({}, stage="registered"),
        "1,000 pieces promised; the charity has not answered yet.",
        "1,000 只已登记，等待慈善组织答复。",
    ),
    (
        gift({}, stage="accepted"),
        "1,000 pieces promised, not sent yet.",
        "1,000 只已承诺，尚未寄出。",
    ),
    (
        gift({}, stage="declined"),
        "The charity cannot take it; nothing was sent.",
        None,
    ),
    (
        gift({f"inbound:{W}": 1000}, stage="dispatched"),
        "1,000 pieces on the way to Main store.",
        "1,000 只正寄往总仓。",
    ),
    (
        gift({f"inbound:{W}": 1000}, subjects={f"arrival:{C}": told("arrived", warehouse=W)}),
        "1,000 pieces at Main store, waiting to be counted.",
        "1,000 只已到总仓，等待清点。",
    ),
    (
        gift({f"stock:{W}": 400}, stage="part_received"),
        "400 pieces in stock at Main store; 600 promised, not sent yet.",
        "400 只存放在总仓；600 只已承诺，尚未寄出。",
    ),
    (
        gift({f"reserved:{X}": 1000}, subjects={f"allocation:{X}": told("published", A, W)}),
        "1,000 pieces set aside for Hospital A.",
        "1,000 只已为甲医院预留。",
    ),
    (
        gift({f"reserved:{R}": 1000}, subjects={f"release:{R}": told("issued", A, W)}),
        "1,000 pieces ready to be sent to Hospital A.",
        "1,000 只待发往甲医院。",
    ),
    (
        gift({f"transit:{S}": 1000}, subjects={f"shipment:{S}": told("delivered", A)}),
        "1,000 pieces at Hospital A by the carrier's word, not confirmed yet.",
        "1,000 只据承运方称已到甲医院，医院尚未确认。",
    ),
    (
        gift({f"received:{A}": 1000}, stage="fulfilled"),
        "All 1,000 pieces confirmed by Hospital A.",
        "全部 1,000 只已由甲医院确认。",
    ),
    (
        gift(
            {f"received:{A}": 600, f"transit:{S}": 300, f"damaged:{A}": 100},
            subjects=ON_THE_WAY,
        ),
        "600 pieces confirmed by Hospital A, 300 under way to Hospital B, 100 damaged.",
        "600 只已由甲医院确认，300 只正运往乙医院，100 只破损。",
    ),
    (
        gift({f"received:{A}": 600, f"received:{B}": 300, f"lost:{S}": 100}, stage="fulfilled"),
        "600 pieces confirmed by Hospital A, 300 confirmed by Hospital B, 100 missing.",
        "600 只已由甲医院确认，300 只已由乙医院确认，100 只短少。",
    ),
]


@pytest.mark.parametrize(("row", "english", "chinese"), CASES)
def test_one_plain_sentence_says_where_it_is(row, english, chinese):
    with translation.override("en"):
        assert verdict.headline(row, verdict.shares(row)) == english
    with translation.override("zh-hans"):
        if chinese:
            assert verdict.headline(row, verdict.shares(row)) == chinese


@pytest.mark.parametrize(
    ("places", "stage", "words"),
    [
        ({f"inbound:{W}": 1000}, "dispatched", "Sent by the donor"),
        ({f"inbound:{W}": 600, f"stock:{W}": 400}, "part_received", "Partly received"),
        ({f"stock:{W}": 1000}, "received", "Counted in at the warehouse"),
        ({f"transit:{S}": 1000}, "received", "On the way"),
        ({f"transit:{S}": 1000}, "dispatched", "On the way"),
        ({f"stock:{W}": 400, f"received:{A}": 600}, "received", "In several places"),
        ({f"received:{A}": 600, f"transit:{S}": 400}, "overdue", "Overdue"),
        ({f"received:{A}": 600, f"lost:{S}": 400}, "fulfilled", "Fulfilled"),
    ],
)
def test_the_words_beside_the_code_never_lag_behind_the_sentence(places, stage, words):
    with translation.override("en"):
        assert sums.where(gift(places, stage=stage, subjects=ON_THE_WAY)) == words


def test_pieces_of_two_items_are_named_and_never_added():
    row = gift({f"stock:{W}": 400}, promised=400)
    row.lines = [*row.lines, {"variant": GOGGLES, "quantity": 20, "need": "", "need_line": 0}]
    row.places[GOGGLES] = {f"donor:{G}": -20, f"received:{A}": 20}

    with translation.override("en"):
        said = verdict.headline(row, verdict.shares(row))

    assert (
        said == "20 pairs of Goggles confirmed by Hospital A, "
        "400 pieces of Mask in stock at Main store."
    )


def test_what_comes_next_and_who_holds_it_follow_from_the_split():
    row = CASES[10][0]
    with translation.override("en"):
        shown = verdict.view(row)

    assert shown["next"] == "The hospital counts and confirms it."
    assert shown["holder"] == "Hospital A, The carrier"
    assert shown["tone"] == "warn"


def test_a_direct_gift_skips_store_and_allocate():
    row = gift({f"transit:{S}": 1000}, subjects=ON_THE_WAY, stage="dispatched")

    steps = verdict.stage_bar(row, {"start": NOON, "match": NOON, "deliver": NOON})

    assert [step["mark"] for step in steps] == ["done", "done", "skip", "skip", "now", "next"]


def test_nothing_more_comes_of_a_fulfilled_gift():
    row = gift({f"received:{A}": 700}, stage="fulfilled")

    with translation.override("en"):
        assert "promised" not in verdict.headline(row, verdict.shares(row))
        assert "Nothing is open" in sums.balance(row)


PLACES = [
    *(f"{name}:{W}" for name in ("inbound", "quarantine", "stock", "rejected", "lost")),
    *(f"reserved:{code}" for code in (X, R, S)),
    *(f"{name}:{S}" for name in ("transit", "lost", "found")),
    *(f"{name}:{A}" for name in ("received", "rejected", "damaged", "held")),
    f"donor:{G}",
]


@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES), st.integers(1, 500)),
        max_size=40,
    )
)
def test_the_goods_table_balances_whatever_happened(moves):
    shelf, lot = Shelf(), mint("B")
    row = shelf.row(Gift, G)
    row.stage, row.since, row.opened_at, row.names = "received", NOON, NOON, NAMES
    row.lines = [{"variant": MASK, "quantity": 1000, "need": "", "need_line": 0}]
    for source, target, amount in moves:
        if source == target or target.partition(":")[0] in OUTSIDE:
            continue
        booked = Posting(amount=amount, item=MASK, gift=G, lot=lot, from_=source, to=target)
        try:
            goods._hold(shelf, booked, version=1)
        except Short:
            continue
        goods._sum(shelf, booked, corrects=False)

    found = verdict.sent(row, MASK) + verdict.surplus(row, MASK)

    assert sum(sums.sums(row, MASK).values()) == found
    assert "≠" not in sums.balance(row)
    assert all(share.amount > 0 for share in verdict.shares(row))


WAY = dict.fromkeys(("start", "match", "store", "allocate", "deliver", "confirm"), NOON)


def test_a_gift_that_no_hospital_got_is_not_ticked_off_as_confirmed():
    lost = gift({f"lost:{S}": 1000}, stage="fulfilled")

    with translation.override("en"):
        last = verdict.stage_bar(lost, WAY)[-1]

    assert last == {
        "label": "Confirmation",
        "mark": "skip",
        "at": None,
        "note": "did not come to it",
    }


def test_a_gift_that_has_ended_promises_no_further_steps():
    withdrawn = gift({}, stage="withdrawn")

    steps = verdict.stage_bar(withdrawn, {"start": NOON, "match": NOON})

    assert [step["mark"] for step in steps] == ["done", "done", *["skip"] * 4]


def test_the_title_is_what_was_promised_not_what_it_turned_out_to_be():
    relabelled = gift({f"stock:{W}": 1000})
    relabelled.places[GOGGLES] = {f"stock:{W}": 5}

    with translation.override("en"):
        assert gift_showing.title(relabelled) == "Mask 1,000 pieces"
