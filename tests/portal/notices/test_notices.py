"""Notices: queued with the move, sent once, encrypted while they wait, stopped by one click."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from portal.notices import commands as notices
from portal.notices import sending
from portal.notices.commands import Words, address_in
from portal.notices.models import Notice, Reader
from portal.notices.stopping import stop_address
from portal.oversight.erasing import erase
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT, later
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.receipts import confirm, received
from tests.factories.shipping import create_shipment, line_of, stocked
from tests.toys.mailing import Moody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
DONOR = "donor@example.org"


def words():
    return Words("News\nof it", "Something happened.")


def queue(code="G-7K2M9Q4TX5", key="one", **more):
    notices.follow(code, to=DONOR, at=AT)
    return notices.send(code=code, key=key, words=words, at=AT, **more)


@pytest.fixture
def moody(settings):
    settings.EMAIL_BACKEND = "tests.toys.mailing.Moody"
    yield Moody
    Moody.trouble = None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("donor@example.org", DONOR),
        ("邮箱：donor@example.org；白天", DONOR),
        ("mailto:donor@example.org", DONOR),
        ("13800000000", ""),
        ("wechat @nobody", ""),
        ("", ""),
        ("a\u2028b@c", ""),
    ],
)
def test_the_address_is_found_in_what_somebody_typed(typed, found):
    assert address_in(typed) == found


def test_a_notice_is_sent_once_in_both_languages_and_its_text_is_gone(mailoutbox):
    assert queue()
    assert queue()  # again under the same key

    assert sending.deliver(at=AT) == 1
    assert sending.deliver(at=later(days=1)) == 0

    (sent,) = mailoutbox
    assert sent.to == [DONOR]
    assert sent.subject == "News of it / News of it"
    assert "\n———\n" in sent.body
    assert "https://tests.shanji.example/" in sent.body
    notice = Notice.objects.get()
    assert (notice.state, notice.box, notice.sent_at) == ("sent", None, AT)


def test_who_left_no_address_gets_nothing():
    assert not notices.follow("G-7K2M9Q4TX5", to="13800000000", at=AT)

    assert not notices.send(code="G-7K2M9Q4TX5", key="one", words=words, at=AT)


def test_neither_address_nor_text_stand_in_the_database(mailoutbox):
    queue()

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_reader")
        rows = str(cursor.fetchall())
        cursor.execute("SELECT * FROM notices_notice")
        rows += str(cursor.fetchall())
    assert DONOR not in rows
    assert "happened" not in rows


def test_a_server_that_is_away_is_asked_again_with_longer_pauses(moody, caplog):
    queue()
    moody.trouble = SMTPServerDisconnected(f"no {DONOR}")

    assert sending.deliver(at=AT) == 0
    assert sending.deliver(at=later(seconds=59)) == 0
    assert Notice.objects.get().attempts == 1
    assert sending.deliver(at=later(minutes=1)) == 0
    assert Notice.objects.get().next_at == later(minutes=3)
    moody.trouble = None
    assert sending.deliver(at=later(minutes=3)) == 1

    assert len(mail.outbox) == 1
    assert "SMTPServerDisconnected" in caplog.text
    assert DONOR not in caplog.text


def test_it_gives_up_after_two_days_and_keeps_no_text(moody, caplog):
    queue()
    moody.trouble = ConnectionRefusedError()
    at = AT

    while (notice := Notice.objects.get()).state == "waiting":
        sending.deliver(at=at)
        at = max(at, notice.next_at)

    assert timedelta(days=1) < at - AT < timedelta(days=3)
    assert (notice.state, notice.box, notice.trouble) == ("failed", None, "ConnectionRefusedError")


def test_an_address_that_is_refused_is_not_tried_again(moody):
    queue()
    moody.trouble = SMTPRecipientsRefused({DONOR: (550, b"unknown")})

    sending.deliver(at=AT)

    assert Notice.objects.get().state == "failed"


def test_what_a_crash_left_half_sent_goes_out_again_under_the_same_id(mailoutbox):
    queue()
    sending.deliver(at=AT)
    Notice.objects.update(state="waiting", box=None)  # as if nothing had been written down
    Notice.objects.all().delete()
    queue()

    sending.deliver(at=later(minutes=20))

    first, second = mailoutbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_two_workers_do_not_send_the_same(mailoutbox):
    queue()
    (notice,) = Notice.objects.all()
    Notice.objects.update(next_at=AT + sending.LEASE, attempts=1)  # the other worker has it

    assert sending._one(notice, at=AT) is False

    assert mailoutbox == []


def test_T_W14_so_many_a_day_for_one_address(mailoutbox, monkeypatch):
    monkeypatch.setattr(sending, "A_DAY", 2)
    for n in range(3):
        queue(key=str(n))

    assert sending.deliver(at=AT) == 2

    assert Notice.objects.get(state="waiting").attempts == 0


def test_acceptance_24_an_anonymous_donor_is_told_of_every_public_stage(mailoutbox):
    pledge = create_pledge(contact=DONOR)
    line = line_of()
    shipment = create_shipment((line, stocked(pledge=pledge), 1000))
    confirm(shipment)

    sending.deliver(at=later(hours=1))

    codes = {code for m in mailoutbox for code in re.findall(r"[A-Z]-[2-9A-Z]{10}", m.subject)}
    assert codes == {pledge.code}
    assert all(m.to == [DONOR] for m in mailoutbox)
    told = Notice.objects.order_by("pk").values_list("key", flat=True)
    steps = [key.rpartition(":")[2] for key in told]
    assert steps == [
        *("pledge.start", "pledge.match", "arrival.match", "arrival.store", "allocation.allocate"),
        *("shipment.deliver", "receipt.confirm"),
    ]
    text = "".join(m.subject + m.body for m in mailoutbox)
    assert f"https://tests.shanji.example/g/{pledge.code}/" in text
    assert "示例" not in text  # neither names of others nor of the places
    assert "/claim/" not in text


def test_acceptance_24_differences_are_told_too(mailoutbox):
    pledge = create_pledge(contact=DONOR)
    shipment = create_shipment((line_of(), stocked(pledge=pledge), 1000))

    confirm(shipment, received(shipment, {"line": 1, "missing": 4}))
    sending.deliver(at=AT)

    assert any("differs" in m.body for m in mailoutbox)


def test_a_refused_move_queues_nothing():
    pledge = create_pledge(contact=DONOR)
    before = Notice.objects.count()
    shipment = create_shipment((line_of(), stocked(pledge=pledge), 1000), stage="packed")
    count = Notice.objects.count()

    with pytest.raises(MoveRefused):
        confirm(shipment)

    assert count > before
    assert Notice.objects.count() == count


def test_the_stop_link_shows_a_button_and_stops(client, mailoutbox):
    pledge = create_pledge(contact=DONOR, stage="registered")
    sending.deliver(at=AT)
    (sent,) = mailoutbox
    address = re.search(r"https://tests.shanji.example(/notices/stop/\S+)", sent.body)[1]

    assert b"Stop these mails?" in client.get(f"/en{address}").content
    assert Reader.objects.get().stopped_at is None
    answer = client.post(f"/en{address}")

    assert b"no more news" in answer.content
    assert Reader.objects.get().stopped_at is not None
    assert not notices.send(code=pledge.code, key="news", words=words, at=AT)
    assert notices.send(code=pledge.code, key="question", words=words, at=AT, asks=True)


def test_a_mail_program_stops_with_one_click_and_no_cookie(client, mailoutbox):
    create_pledge(contact=DONOR, stage="registered")
    sending.deliver(at=AT)
    headers = mailoutbox[0].extra_headers
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("https://tests.shanji.example")
    program = type(client)(enforce_csrf_checks=True)

    answer = program.post(address, {"List-Unsubscribe": "One-Click"})

    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert Reader.objects.get().stopped_at is not None


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("y" if t[-1] == "x" else "x"), lambda t: "G-2222222222" + t[12:]]
)
def test_a_forged_stop_link_is_dead(client, change):
    pledge = create_pledge(contact=DONOR)
    token = stop_address(pledge.code).rstrip("/").rpartition("/")[2]
    address = f"/en/notices/stop/{change(token)}/"

    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 410
    assert client.post(address).status_code == 410
    assert Reader.objects.get().stopped_at is None


@pytest.mark.django_db(transaction=True)
def test_an_erased_donor_gets_nothing_more_and_leaves_no_address(mailoutbox):
    pledge = create_pledge(contact=DONOR)

    erase(pledge.code, at=timezone.now())
    sending.deliver(at=later(days=1))

    assert mailoutbox == []
    assert Reader.objects.get().box is None
    assert set(Notice.objects.values_list("box", flat=True)) == {None}
    assert not notices.send(code=pledge.code, key="later", words=words, at=AT)
    assert donor_of(pledge).by_link == pledge.code
