"""The door: what it takes, what it refuses, what it shows."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from ledger import api, triggers
from ledger.core import codes, commitments, leaf
from ledger.models import Disclosure, Intent

pytestmark = pytest.mark.django_db


def test_an_event_is_one_intent_and_its_disclosures(log, submit, django_assert_num_queries):
    with django_assert_num_queries(4):  # savepoint, two inserts, release
        uid = submit(named={"donor": "张三"}, private={"phone": "+86 138 0000 0000"})

    assert api.pending()[0] == 1
    assert api.pending_uids() == [uid]
    assert Disclosure.objects.filter(uid=uid).count() == 2


def test_values_are_nowhere_in_the_clear(log, submit, seal):
    uid = submit(named={"donor": "张三"}, private={"phone": "+86 138 0000 0000"})
    seal()

    (row,) = [e for e in api.entries() if e.uid == uid]
    stored = b"".join(bytes(d.disclosure_enc) for d in Disclosure.objects.all())
    for value in ("张三", "0000 0000"):
        assert value.encode() not in row.raw
        assert value.encode() not in stored


def test_named_values_are_shown_and_private_ones_only_to_auditors(log, submit):
    uid = submit(named={"donor": "张三"}, private={"phone": {"country": 86}})

    assert api.disclosures([uid, "0" * 32]) == {uid: {"donor": "张三"}}
    assert api.disclosures_all(uid) == {"donor": "张三", "phone": {"country": 86}}


def test_disclosures_of_many_events_take_one_query(log, submit, django_assert_num_queries):
    uids = [submit(named={"donor": str(i)}) for i in range(3)]

    with django_assert_num_queries(1):
        assert len(api.disclosures(uids)) == 3


def test_entries_are_read_in_order_with_their_bytes(log, submit, seal):
    case = codes.mint("G")
    uids = [submit(case, data={"n": i}) for i in range(3)]

    assert seal() == 3

    assert api.size() == 4
    assert [e.uid for e in api.entries(1)] == uids
    assert [e.index for e in api.entries(1, 3)] == [1, 2]
    last = api.entry(3)
    assert json.loads(last.raw) == last.body
    assert last.body["cases"] == [[case, 2]]
    assert api.entry(4) is None
    assert api.index_of(uids) == {uid: i for i, uid in enumerate(uids, 1)}
    assert api.pending() == (0, None)
    assert api.mode() == "ok"


def test_decoys_hide_how_many_fields_there_are(log, submit):
    for fields in ({}, {"a": 1}, {str(i): i for i in range(4)}):
        submit(private=fields)

    assert [len(json.loads(i.sd)) for i in Intent.objects.order_by("id")] == [4, 4, 4]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "confirm"},
        {"case": "nobody"},
        {"others": ["G-7K2M9Q4TX6"]},
        {"others": [7]},
        {"data": {"price": 1.5}},
        {"data": {"n": 2**53}},
        {"data": {"Name": "x"}},
        {"data": {"text": "\ud800"}},
        {"data": {"text": "x" * 65_536}},
        {"data": {"recorded_at": None}},
        {"data": {"postings": []}},
        {"named": {"weight": 1.5}},
        {"private": {"": "x"}},
        {"private": {"x" * 101: "x"}},
        {"named": {"a": 1}, "private": {"a": 1}},
        {"corrects": "x"},
    ],
    ids=str,
)
def test_what_no_entry_can_hold_is_refused_and_leaves_nothing(log, submit, fields):
    with pytest.raises(api.NotSealable):
        submit(**fields)

    assert not Intent.objects.exists()
    assert not Disclosure.objects.exists()


def test_more_than_1000_codes_are_refused(log, submit):
    with pytest.raises(api.NotSealable, match="1000"):
        submit(others=[codes.mint("G") for _ in range(1000)])


def test_the_uid_is_made_of_the_given_time(log, submit):
    at = datetime(2020, 2, 3, tzinfo=UTC)

    uid = submit(at=at)

    assert int(uid[:12], 16) == int(at.timestamp() * 1000)
    assert Intent.objects.get().created_at == at


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_change(log):
    always = {"recorded_at": leaf.time_text(datetime.now(UTC)), "actor_role": "", "actor_org": ""}

    with pytest.raises(transaction.TransactionManagementError):
        api.submit(type="a.b", case="", codes=[], data=always, at=datetime.now(UTC))


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_event(log, submit, seal):
    with transaction.atomic():
        submit(private={"phone": "1"})
        transaction.set_rollback(True)

    assert seal() == 0
    assert not Disclosure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_events_of_one_transaction_ring_once(log, submit):
    with transaction.atomic():
        for _ in range(3):
            submit()

        assert len(connection.run_on_commit) == 1


@pytest.mark.django_db(transaction=True)
def test_the_triggers_are_back_after_a_flush():
    assert triggers.present(connection) == triggers.expected(connection)


@pytest.mark.django_db(transaction=True)
def test_a_disclosure_moved_to_another_event_does_not_open(log, submit):
    first, second = submit(named={"donor": "a"}), submit(named={"donor": "b"})
    stolen = Disclosure.objects.get(uid=first)

    Disclosure.objects.filter(uid=second).update(disclosure_enc=bytes(stolen.disclosure_enc))

    assert api.disclosures([first, second]) == {first: {"donor": "a"}}


def test_a_private_value_made_named_by_hand_is_not_shown(log, submit):
    uid = submit(private={"phone": "1"})

    Disclosure.objects.update(sort="named")

    assert api.disclosures([uid]) == {}


def test_a_digest_is_of_its_disclosure(log, submit, seal):
    uid = submit(named={"donor": "a"})
    seal()
    row = Disclosure.objects.get(uid=uid)

    assert row.digest in api.entry(1).body["_sd"]
    assert commitments.is_digest(row.digest)
