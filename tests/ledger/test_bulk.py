"""Many rows in one statement, on both databases."""

import pytest
from django.db import IntegrityError, connection, transaction

from ledger import bulk
from ledger.models import CaseCount, CaseNumber, SealedEntry

pytestmark = pytest.mark.django_db


def test_rows_go_in_with_all_their_bytes():
    rows = [(n, f"{n:032x}", bytes([n]) * 32, b"\0\xff\n\\.,\t" + bytes([n])) for n in range(9)]

    bulk.insert(SealedEntry, rows)

    found = SealedEntry.objects.order_by("idx").values_list()
    assert [(i, uid, bytes(a), bytes(b)) for i, uid, a, b in found] == rows


def test_of_rows_that_clash_none_goes_in():
    rows = [("a", 1, 1), ("b", 1, 1), ("a", 1, 2)]

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(CaseNumber, rows)

    assert not CaseNumber.objects.exists()


def test_a_number_is_set_whether_the_key_is_new_or_known():
    bulk.upsert(CaseCount, [("a", 1), ("b", 2)])
    bulk.upsert(CaseCount, [("b", 5), ("c", 3)])
    bulk.upsert(CaseCount, [])

    assert dict(CaseCount.objects.values_list()) == {"a": 1, "b": 5, "c": 3}


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [("code", {"a'\"\\", "z"}, ["a'\"\\"]), ("n", [2, 7], ["b"]), ("n", [], [])],
)
def test_among_finds_the_rows_of_any_number_of_values(column, values, found):
    bulk.upsert(CaseCount, [("a'\"\\", 1), ("b", 2), ("c", 3)])

    condition, words = bulk.among(column, values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT code FROM ledger_case_count WHERE {condition}", words)  # noqa: S608

        assert cursor.fetchall() == [(code,) for code in found]
