"""Thirty ways to write a leaf wrongly, and what a draft refuses."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.core import canonical, codes, commitments, leaf, tiles, tree

ENTRY = json.loads((Path(__file__).parents[2] / "vectors" / "leaf.json").read_text())["valid"]
GOOD = json.loads(ENTRY["entry"])
LOG = GOOD["log"]
AT = datetime(2026, 1, 1, tzinfo=UTC)
DATA = {"recorded_at": leaf.time_text(AT), "actor_role": "hospital", "actor_org": ""}


def validate(body, **place):
    place = {"log": LOG, "seq": 0, "prev": tree.EMPTY, "last_at": ""} | place
    return leaf.validate(canonical.encode(body), **place)


def make(**fields):
    fields = {
        "uid": leaf.new_uid(AT),
        "type": "shipment.confirm",
        "case": GOOD["case"],
        "codes": [],
        "data": DATA,
        "sd": commitments.padded([]),
        "log": LOG,
    } | fields
    return leaf.draft(**fields)


BAD = {
    "v": [0, 2, True, "1", None],
    "log": ["other.example/log", ""],
    "seq": [1, True, "0", -1],
    "prev": ["00" * 32, leaf.FIRST.upper(), None],
    "uid": [GOOD["uid"].upper(), "0" * 32, "", None, 7],
    "at": ["2026-01-01T00:00:00Z", "2026-13-01T00:00:00.000000Z", None, ""],
    "type": ["confirm", "Shipment.confirm", "a.b.c", None],
    "case": ["G-7K2M9Q4TX6", "V-7K2M9Q4TX5", "", None],
    "cases": [
        [],
        None,
        GOOD["cases"][::-1],
        [GOOD["cases"][0], *GOOD["cases"]],
        [[code, -1] for code, _ in GOOD["cases"]],
        [[code, True] for code, _ in GOOD["cases"]],
        [[code] for code, _ in GOOD["cases"]],
        [["G-7K2M9Q4T", 0], *GOOD["cases"]],
    ],
    "_sd": [
        GOOD["_sd"][::-1],
        [*GOOD["_sd"], GOOD["_sd"][-1]],
        None,
        [*GOOD["_sd"][:3], "x"],
        [*GOOD["_sd"][:3], GOOD["_sd"][3][:-1] + "x"],
    ],
    "_sd_alg": ["sha-512", None],
    "corrects": ["", "x", None],
    "by": ["a"],
    "sig": ["00" * 64],
    "data": [
        {},
        None,
        {**DATA, "recorded_at": "2026-01-01"},
        {**DATA, "occurred_at": "yesterday"},
        {**DATA, "actor_org": "nobody"},
        {**DATA, "actor_role": None},
        {**DATA, "postings": []},
        {**DATA, "postings": {}},
        {**DATA, "postings": [{**GOOD["data"]["postings"][0], "amount": 0}]},
        {**DATA, "postings": [{**GOOD["data"]["postings"][0], "note": "x"}]},
    ],
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in BAD.items() for value in values],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_field_is_refused(field, value):
    with pytest.raises(leaf.BadLeaf):
        validate({**GOOD, field: value})


@pytest.mark.parametrize("field", sorted(GOOD))
def test_no_field_may_be_missing(field):
    with pytest.raises(leaf.BadLeaf):
        validate({key: value for key, value in GOOD.items() if key != field})


def test_no_field_may_be_added():
    with pytest.raises(leaf.BadLeaf):
        validate({**GOOD, "note": ""})


def test_time_never_decreases():
    validate(GOOD, last_at=GOOD["at"])
    with pytest.raises(leaf.BadLeaf, match="earlier"):
        validate(GOOD, last_at="2026-01-01T00:00:00.000001Z")


def test_a_sealed_draft_is_canonical_and_valid():
    draft = make(
        codes=["G-7K2M9Q4TX5"], corrects=GOOD["uid"], data={**DATA, "text": '口罩 "N95"\n\u2028'}
    )
    cases = leaf.cases_text([("G-7K2M9Q4TX5", 4), (GOOD["case"], 17)])

    entry = draft.seal(
        log=LOG, seq=9, prev="ab" * 32, at="2026-01-01T00:00:00.000000Z", cases=cases
    )
    body = leaf.validate(entry, log=LOG, seq=9, prev=b"\xab" * 32, last_at="")

    assert body["cases"] == [["G-7K2M9Q4TX5", 4], [GOOD["case"], 17]]
    assert canonical.encode(json.loads(draft.signed_text(LOG))) == draft.signed_text(LOG)


def test_failure_24_an_entry_has_at_most_65535_bytes():
    def sealed(length):
        draft = make(data={**DATA, "text": "x" * length})
        return draft.seal(
            log=LOG,
            seq=10**12 - 1,
            prev=leaf.FIRST,
            at="2026-01-01T00:00:00.000000Z",
            cases=leaf.cases_text([(GOOD["case"], 10**12 - 1)]),
        )

    room = tiles.MAX_ENTRY - len(sealed(0))

    assert len(sealed(room)) == tiles.MAX_ENTRY
    with pytest.raises(leaf.BadLeaf, match="longer"):
        sealed(room + 1)


def test_an_event_concerns_at_most_1000_codes():
    many = [codes.mint("G") for _ in range(1000)]

    make(case=many[0], codes=many)
    with pytest.raises(leaf.BadLeaf, match="1000"):
        make(case=many[0], codes=[*many, codes.mint("G")])


def test_the_ledgers_own_events_have_no_case():
    assert make(case="", type="ledger.create").codes == "[]"
    with pytest.raises(leaf.BadLeaf):
        make(case="", codes=["G-7K2M9Q4TX5"])


def test_uids_are_uuids_of_version_7_in_the_order_of_time():
    uids = [leaf.new_uid(AT + timedelta(milliseconds=i)) for i in range(50)]

    assert uids == sorted(uids)
    assert len(set(uids)) == 50
    assert {uid[12] for uid in uids} == {"7"}
    assert {uid[16] for uid in uids} <= set("89ab")


def test_case_numbers_follow_on():
    counts = {}
    leaf.number_cases({"cases": [["a", 0], ["b", 0]]}, counts)
    leaf.number_cases({"cases": [["b", 1]]}, counts)

    assert counts == {"a": 1, "b": 2}
    for n in (1, 3):
        with pytest.raises(leaf.BadLeaf, match="expected 2"):
            leaf.number_cases({"cases": [["b", n]]}, counts)
