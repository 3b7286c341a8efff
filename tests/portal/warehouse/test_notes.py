"""The import of a goods-in note: every row placed or refused by its number, nothing booked before
it was looked at, nothing twice."""

from collections import Counter
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.accounts.roles import Role
from portal.needs.cells import Outcome
from portal.oversight.invariants import broken
from portal.warehouse.models import Arrival, ArrivalLine
from portal.warehouse.note_importing import Sheet, book, foresee
from portal.warehouse.note_reading import MOST_ROWS, Unreadable, read_note
from portal.warehouse.stages import CountReason
from tests.factories.catalogue import MASK, SURGICAL, load_catalogue
from tests.factories.clock import AT
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import create_arrival, create_warehouse, keeper_of
from tests.portal.warehouse.notes import GOODS, TOTAL, as_csv, as_xlsx, messy

HEAD = "物资名称,数量,破损,批号,有效期,备注\n"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def note(*rows):
    return (HEAD + "\n".join(rows)).encode()


def only(row):
    (found,) = read_note(note(row)).rows
    return found


# reading


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-06-30", date(2027, 6, 30)),
        ("2027/6/30", date(2027, 6, 30)),
        ("2027年6月30日", date(2027, 6, 30)),
        ("20270630", date(2027, 6, 30)),
        ("至2027.6.30", date(2027, 6, 30)),
        ("2027年2月", date(2027, 2, 28)),
        ("46568", date(2027, 6, 30)),
    ],
)
def test_expiry_dates_as_people_and_excel_write_them(written, day):
    assert only(f"医用防护口罩,100,,B1,{written},").expiry == day


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("神秘物资,100,,,,", "is not in the catalogue"),
        (",100,,,,", "The item is missing"),
        ("医用防护口罩,,,,,", "The quantity is missing"),
        ("医用防护口罩,约100,,,,", "is no exact count"),
        ("医用防护口罩,5箱,,,,", "is no exact count"),
        ("医用防护口罩,-5,,,,", "below zero"),
        ("医用防护口罩,0,0,,,", "Nothing of it came"),
        ("医用防护口罩,100,若干,,,", "no number of rejected pieces"),
        ("医用防护口罩,100,,B1,03/04/27,", "not a date that can be read"),
        ("医用防护口罩,100,,B1,2027-02-30,", "not a date that can be read"),
        ("合计,100,,,,", "A total is not goods"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_its_reason(row, sentence):
    found = only(row)

    assert found.outcome is Outcome.REFUSED
    assert sentence in " ".join(map(str, found.notes))


def test_packs_are_counted_in_base_units_and_damage_has_its_reason():
    found = only("医用外科口罩50只/盒,20盒,7,B1,,")

    assert (found.accepted, found.rejected, found.reason) == (1000, 7, CountReason.DAMAGED)


def test_a_note_without_headings_cannot_be_read():
    with pytest.raises(Unreadable, match="No header row"):
        read_note("口罩,100".encode())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("物资名称,批号\n医用防护口罩,B1", "No column is called “quantity”"),
        ("物资名称,数量" + "\n医用防护口罩,1" * (MOST_ROWS + 1), "more than 500 rows"),
    ],
)
def test_a_note_without_quantities_or_too_long_cannot_be_read(text, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read_note(text.encode())


def test_two_rows_of_headings_are_read_together():
    found = read_note("物资名称,批号,数量,\n,,合格,不合格\n医用防护口罩,B1,90,10".encode()).rows[0]

    assert (found.accepted, found.batch) == (90, "B1")


# booking


@pytest.fixture
def keeper(log):
    return keeper_of(create_warehouse())


@pytest.fixture
def arrival(log):
    lines = ((MASK, 1000), (SURGICAL, 500))
    return create_arrival(stage="announced", pledge=create_pledge(lines=lines))


def of(arrival, data, **more):
    return Sheet(read_note(data), arrival.pledge, arrival, arrival.warehouse, **more)


def booked(arrival, data, **more):
    return book(of(arrival, data, **more), actor=keeper_of(arrival.warehouse), at=AT)


def counted(pledge):
    rows = ArrivalLine.objects.filter(arrival__pledge=pledge).exclude(accepted=0, rejected=0)
    return sorted(rows.values_list("lot__variant__key", "accepted", "rejected", "lot__batch"))


@pytest.mark.django_db
def test_a_look_books_nothing_and_a_second_import_books_nothing(arrival, seal):
    data = note("医用防护口罩GB19083-2010,600,,B1,2027-06-30,", "外科口罩YY0469-2011,480,20,B2,,")
    looked = foresee(of(arrival, data))
    assert (counted(arrival.pledge), looked.counted) == ([], [])

    booked(arrival, data)
    once = counted(arrival.pledge)
    rest = Arrival.objects.get(stage="announced")
    again = booked(rest, data)

    assert once == counted(arrival.pledge)
    assert once == [(MASK, 600, 0, "B1"), (SURGICAL, 480, 20, "B2")]
    assert (again.again, again.counted) == ({2, 3}, [])
    assert rest.lines.get().announced == 400
    seal()
    assert broken() == []


@pytest.mark.django_db
def test_a_mended_note_books_only_what_was_refused_before(arrival, seal):
    good, bad = "医用防护口罩GB19083-2010,600,,B1,,", "外科口罩YY0469-2011,约500,,B2,,"
    booked(arrival, note(good, bad))
    rest = Arrival.objects.get(stage="announced")

    done = booked(rest, note(good, bad.replace("约", "")))

    assert done.again == {2}
    assert counted(arrival.pledge) == [(MASK, 600, 0, "B1"), (SURGICAL, 500, 0, "B2")]
    seal()
    assert broken() == []


@pytest.mark.django_db
def test_what_the_note_does_not_have_is_missing_if_the_keeper_says_so(arrival, seal):
    booked(arrival, note("医用防护口罩GB19083-2010,600,,B1,,"), missing=True)

    rows = arrival.lines.order_by("no").values_list("accepted", "missing")
    assert (list(rows), Arrival.objects.count()) == ([(600, 400), (0, 500)], 1)
    seal()
    assert broken() == []


@pytest.mark.django_db
def test_what_is_not_part_of_the_consignment_is_refused_and_the_rest_booked(arrival):
    load_catalogue(only=("coverall",))

    done = booked(arrival, note("医用防护服GB19082-2009,5,,,,", "医用防护口罩GB19083-2010,9,,,,"))

    assert done.rows[2].outcome is Outcome.REFUSED
    assert "is not part of this consignment" in str(done.rows[2].notes[-1])
    assert set(done.where) == {3}


@pytest.mark.django_db
def test_goods_of_a_gift_that_came_unannounced_are_announced_and_counted(log, seal):
    gift, house = create_pledge(), create_warehouse()
    sheet = Sheet(read_note(note("医用防护口罩GB19083-2010,1010,,B1,,")), gift, None, house)

    done = book(sheet, actor=keeper_of(house), at=AT)

    line = ArrivalLine.objects.get()
    assert (line.announced, line.accepted, line.surplus) == (1000, 1010, 10)
    assert done.where == {2: (line.arrival.code, line.lot.code)}
    seal()
    assert broken() == []


@pytest.mark.django_db
@pytest.mark.parametrize("write", [as_xlsx, as_csv])
def test_two_hundred_messy_rows_are_each_placed_or_refused_by_number(log, seal, write):
    """The figure of the issue: merged cells, aliases, GB18030; nothing lost, nothing twice."""
    rows = messy(200)
    meant = Counter()
    for row in rows:
        meant[row.variant] += row.good + row.bad
    gift = create_pledge(lines=tuple((key, meant[key] + 50) for key, _names, _unit in GOODS))
    arrival = create_arrival(stage="announced", pledge=gift)

    done = booked(arrival, write(rows))

    first = 4 if write is as_xlsx else 3  # the file's line of the first row
    assert sorted(done.rows) == list(range(first, first + 200))
    assert done.refused == {}
    for number, row in enumerate(rows, start=first):
        assert (done.rows[number].outcome is Outcome.REFUSED) == bool(row.why), (number, row)
        assert (number in done.where) == (not row.why)
    expected = sorted((r.variant, r.good, r.bad, r.batch) for r in rows if not r.why)
    assert counted(gift) == expected
    assert len(expected) > 170
    assert sum(row.why == TOTAL for row in rows) == 1
    rest = Arrival.objects.get(stage="announced")
    assert set(rest.lines.values_list("announced", flat=True)) == {50}
    assert len(booked(rest, write(rows)).again) == len(expected)
    seal()
    assert broken() == []


# over HTTP


@pytest.mark.django_db
def test_the_page_shows_first_and_books_when_the_same_file_comes_again(arrival):
    client = signed_in(Client(), Role.WAREHOUSE, org=arrival.warehouse.org.code)
    address = reverse("admin:warehouse_arrival_note", args=[arrival.pk])
    data = as_csv(messy(12))

    def sent(seen=""):
        file = SimpleUploadedFile("note.csv", data)
        return client.post(address, {"file": file, "rest": "later", "seen": seen})

    looked = sent()
    assert looked.status_code == 200
    assert "12 rows:" in looked.content.decode()
    assert counted(arrival.pledge) == []
    booked_now = sent(looked.context["form"].initial["seen"])

    assert "To the arrivals" in booked_now.content.decode()
    assert counted(arrival.pledge) != []
    assert client.get(address).status_code == 404  # it is counted


@pytest.mark.django_db
def test_who_may_not_count_finds_no_import(arrival):
    other = signed_in(Client(), Role.QUALITY, org=arrival.warehouse.org.code)

    assert other.get(reverse("admin:warehouse_arrival_note", args=[arrival.pk])).status_code == 404
    assert other.get(reverse("admin:warehouse_arrival_gift_note")).status_code == 404


@pytest.mark.django_db
def test_a_file_that_is_no_note_is_refused_with_a_sentence(log):
    house, gift = create_warehouse(), create_pledge()
    client = signed_in(Client(), Role.WAREHOUSE, org=house.org.code)
    address = reverse("admin:warehouse_arrival_gift_note") + f"?gift={gift.code}"

    answer = client.post(address, {"file": SimpleUploadedFile("a.csv", b"nothing,here")})

    assert answer.status_code == 422
    assert "No header row was found" in answer.content.decode()
