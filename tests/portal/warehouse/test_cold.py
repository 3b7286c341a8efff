"""Temperature logs: read however the logger writes them, judged by the catalogue's range, sealed as
digest and summary, and looked at twice where they were outside."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.accounts.roles import Role
from portal.input.tables import Unreadable
from portal.oversight.invariants import broken
from portal.stages.engine import MoveRefused
from portal.warehouse.cold_keeping import keep
from portal.warehouse.cold_reading import MOST, read_log
from portal.warehouse.models import ColdLog
from tests.factories.catalogue import load_catalogue
from tests.factories.clock import AT
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import create_arrival, inspect, keeper_of, lot_of

KIT = "pcr-kit.unstated"
FINE = b"time,temp\n2026-03-01 08:00,-20.0\n2026-03-01 09:00,-18.5\n"
WARM = b"time,temp\n2026-03-01 08:00,-20\n2026-03-01 08:30,-9.5\n2026-03-01 09:15,-20\n"


# reading


@pytest.mark.parametrize(
    "text",
    [
        "time,temperature\n2026-03-01 08:00:00,-18.5\n",
        "记录时间;温度(℃)\n2026/3/1 8:00;-18,5\n",
        "设备号\t日期\t时间\t温度\nA1\t2026年3月1日\t8:00:00\t－18．5℃\n",
        "型号,A1\n\n编号,时间,温度\n1,2026.03.01 08:00:00.250,-18.45\n",
        "time,temp\n2026-03-01T00:00:00Z,-18.5 °C\n",
        "time,temp\n46082.333333,-18.5\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_logs_are_read_however_loggers_write_them(text, encoding):
    ((at, tenths),) = read_log(text.encode(encoding)).readings

    assert abs(at - datetime.fromisoformat("2026-03-01T08:00:00+08:00")) < timedelta(seconds=1)
    assert tenths == -185 or "-18.45" in text


def test_a_workbook_with_excels_own_dates_is_read():
    book = openpyxl.Workbook()
    book.active.append(["时间", "温度"])
    book.active.append([datetime(2026, 3, 1, 8, 0), -18.5])  # noqa: DTZ001 -- as Excel has it
    out = io.BytesIO()
    book.save(out)

    assert read_log(out.getvalue()).lowest == -185


def test_minutes_outside_are_counted_until_the_next_reading():
    log = read_log(WARM)

    assert (log.lowest, log.highest, log.minutes_outside(-250, -150)) == (-200, -95, 45)
    assert (log.longest_gap, log.minutes_outside(-250, -50)) == (45, 0)


def test_the_order_of_the_rows_does_not_matter_to_the_digest():
    head, first, second = FINE.splitlines()

    assert read_log(b"\n".join((head, second, first))).digest == read_log(FINE).digest


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n", "No header row"),
        ("time,temp\n???,-18\n", "No row has both"),
        ("time,temp\n" + "2026-03-01 08:00,-18\n2026-03-01 08:01,---\n", "1 of 2 rows"),
        ("time,temp\n" + "2026-03-01 08:00,-18\n" * (MOST + 30), "more than 10,000 rows"),
    ],
)
def test_what_is_no_log_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read_log(text.encode())


def test_ten_thousand_readings_are_read_and_a_few_gaps_are_counted():
    begin = datetime(2026, 3, 1)  # noqa: DTZ001 -- as the logger has it
    rows = [
        f"{begin + timedelta(minutes=n)},{'---' if n % 500 == 0 else '-18'}" for n in range(MOST)
    ]

    log = read_log("\n".join(["time,temp", *rows]).encode())

    assert (len(log.readings), log.skipped) == (9_980, 20)


# on a lot


@pytest.fixture
def arrival(log):
    load_catalogue(only=("pcr-kit",))
    return create_arrival(stage="counted", pledge=create_pledge(lines=((KIT, 480),)))


def put(arrival, data):
    keeper = keeper_of(arrival.warehouse)
    return keep(arrival, lot_of(arrival), read_log(data), actor=keeper, at=AT)


@pytest.mark.django_db
def test_digest_and_summary_are_sealed_and_the_same_log_again_changes_nothing(arrival, sealed):
    row = put(arrival, WARM)
    put(arrival, WARM)

    assert ColdLog.objects.count() == 1
    told = [e.body["data"] for e in sealed() if e.body["type"] == "arrival.log_cold"]
    assert len(told) == 1
    assert (told[0]["digest"], told[0]["lot"]) == (row.digest, lot_of(arrival).code)
    assert (told[0]["lowest"], told[0]["highest"]) == (-200, -95)
    assert (told[0]["floor"], told[0]["ceiling"], told[0]["minutes_outside"]) == (-250, -150, 45)
    assert broken() == []


@pytest.mark.django_db
def test_what_was_too_warm_passes_only_with_a_reason_in_words(arrival):
    put(arrival, WARM)

    with pytest.raises(MoveRefused, match="outside its range for 45 minutes"):
        inspect(arrival)

    assert inspect(arrival, note="厂家确认可用").stage == "inspected"


@pytest.mark.django_db
def test_what_stayed_cold_passes_as_usual(arrival):
    put(arrival, FINE)

    assert inspect(arrival).stage == "inspected"


@pytest.mark.django_db
def test_goods_without_a_range_take_no_log(log):
    arrival = create_arrival(stage="counted")

    with pytest.raises(MoveRefused, match="says no temperatures"):
        put(arrival, FINE)
    assert not ColdLog.objects.exists()


@pytest.mark.django_db
def test_over_http_the_log_is_told_on_the_gifts_page(arrival, seal_and_project):
    client = signed_in(Client(), Role.QUALITY, org=arrival.warehouse.org.code)
    address = reverse("admin:warehouse_arrival_cold", args=[arrival.pk])
    sent = {"lot": lot_of(arrival).code, "file": SimpleUploadedFile("log.csv", WARM)}

    assert client.post(address, sent).status_code == 302
    seal_and_project()
    page = Client().get(f"/en/g/{arrival.pledge.code}/").content.decode()

    assert "Minutes outside the range" in page
    assert "-9.5 °C" in page
    wrong = client.post(address, {**sent, "file": SimpleUploadedFile("x.csv", b"a,b\n1,2")})
    assert wrong.status_code == 422


@pytest.mark.django_db
def test_another_organisation_finds_no_page_for_a_log(arrival):
    other = signed_in(Client(), Role.WAREHOUSE, org="U-5RD6V9KME4")

    assert other.get(reverse("admin:warehouse_arrival_cold", args=[arrival.pk])).status_code == 404
