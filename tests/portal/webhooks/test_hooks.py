"""Webhooks: who may have one, what it is told, in which order, and when it is given up."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode

import pytest
from django.db import connection

from portal.accounts.roles import Role
from portal.notices.models import Notice
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.tracking.models import Cursor
from portal.webhooks import commands, signing
from portal.webhooks.commands import NotRegistered, deliver, register
from portal.webhooks.models import Hook
from tests.factories.clock import AT, later
from tests.factories.organisations import create_charity, create_hospital, create_organisation
from tests.factories.people import actor_of, create_member, signed_in
from tests.factories.pledges import create_pledge
from tests.portal.webhooks.receiving import HOST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
ADDRESS = f"https://{HOST}/shanji"
REGISTER = "/admin/webhooks/hook/register/"


@pytest.fixture
def gift(seal_and_project):
    """A gift that is public, and a hook of a verified charity that follows it from now on."""
    charity, pledge = create_charity(), create_pledge(stage="registered")
    seal_and_project()
    hook = register(org=charity.code, address=ADDRESS, follows=[pledge.code], at=AT)
    return pledge, hook, charity


def move(pledge, seal_and_project):
    """Something more about the gift."""
    engine.advance(
        Pledge, pledge.code, "accept", actor=actor_of(Role.COORDINATOR), at=later(minutes=1)
    )
    seal_and_project()


def told(receiver):
    return [json.loads(body) for _path, _headers, body in receiver.taken]


def test_a_hook_is_told_of_what_was_sealed_since_and_of_nothing_else(
    gift, receiver, seal_and_project
):
    pledge, _hook, _charity = gift
    assert deliver(at=AT) == 0
    move(pledge, seal_and_project)
    create_pledge()  # another gift
    seal_and_project()

    assert deliver(at=later(minutes=1)) == 1
    assert deliver(at=later(minutes=2)) == 0

    (said,) = told(receiver)
    assert said["type"] == "pledge.accept"
    assert said["data"]["code"] == pledge.code
    assert set(said) == {"type", "timestamp", "data"}


def test_a_message_is_signed_as_in_standard_webhooks(gift, receiver, seal_and_project):
    pledge, hook, _charity = gift
    move(pledge, seal_and_project)
    deliver(at=later(minutes=1))

    ((_path, headers, body),) = receiver.taken
    name, stamp = headers["webhook-id"], headers["webhook-timestamp"]
    key = b64decode(commands.secret_of(hook).removeprefix("whsec_"))
    right = hmac.new(key, f"{name}.{stamp}.{body.decode()}".encode(), hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{b64encode(right).decode()}"
    assert int(stamp) == int(later(minutes=1).timestamp())
    assert len(key) == 32


def test_the_published_vector_of_standard_webhooks_holds():
    found = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        name="msg_p5jXN8AQM9LWM0D4loKWxJek",
        seconds=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_not_taken_comes_again_in_order_under_the_same_id(gift, receiver, seal_and_project):
    pledge, _hook, _charity = gift
    receiver.status = 503
    move(pledge, seal_and_project)

    assert deliver(at=AT) == 0
    assert deliver(at=later(seconds=59)) == 0  # it rests
    assert deliver(at=later(minutes=1)) == 0
    assert Hook.objects.get().trouble == "HTTP 503"
    receiver.status = 200
    assert deliver(at=later(minutes=3)) == 1

    ids = [headers["webhook-id"] for _path, headers, _body in receiver.taken]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert (Hook.objects.get().attempts, Hook.objects.get().trouble) == (0, "")


def test_after_two_days_it_is_stopped_and_its_organisation_is_told(
    gift, receiver, seal_and_project, mailoutbox
):
    pledge, hook, charity = gift
    receiver.status = 500
    move(pledge, seal_and_project)
    signed = signed_coordinator(charity)
    at, tries = AT, 0

    while Hook.objects.get().stopped_at is None:
        deliver(at=at)
        at, tries = max(at, Hook.objects.get().next_at), tries + 1

    assert tries == commands.ATTEMPTS
    assert Notice.objects.get(code=charity.code).asks
    assert signed.email
    receiver.status = 204
    commands.start_again(hook, at=at)
    assert deliver(at=at) == 1  # nothing was lost


def signed_coordinator(charity):
    person = create_member(Role.COORDINATOR, org=charity.code)
    person.email = "coordinator@example.org"
    person.save()
    return person


def test_an_address_that_is_gone_is_stopped_at_once(gift, receiver, seal_and_project):
    receiver.status = 410
    move(gift[0], seal_and_project)

    deliver(at=AT)

    assert Hook.objects.get().stopped_at == AT


def test_two_workers_do_not_send_the_same(gift, receiver, seal_and_project):
    move(gift[0], seal_and_project)
    Hook.objects.update(next_at=AT + commands.LEASE)  # the other worker has it

    assert deliver(at=AT) == 0
    assert receiver.taken == []


def test_while_the_public_rows_are_made_anew_nothing_is_told_twice(
    gift, receiver, seal_and_project
):
    move(gift[0], seal_and_project)
    deliver(at=AT)
    Cursor.objects.update(next=0)  # as `rebuild_public` leaves it until all are read again
    deliver(at=later(minutes=1))
    seal_and_project()
    deliver(at=later(minutes=2))

    assert len(receiver.taken) == 1


def test_an_organisation_that_is_not_verified_any_more_is_told_nothing(
    gift, receiver, seal_and_project
):
    suspended = create_organisation(kind="charity", stage="suspended")
    Hook.objects.update(org=suspended.code)
    move(gift[0], seal_and_project)

    assert deliver(at=AT) == 0
    assert receiver.taken == []
    assert Hook.objects.get().trouble == "not verified now"


@pytest.mark.parametrize(
    ("address", "follows", "said"),
    [
        ("https://127.0.0.1/", [], "not an address that we send to"),
        (ADDRESS, ["G-123"], "is no code"),
        (ADDRESS, [], ""),
    ],
)
def test_what_is_refused_is_refused_with_a_sentence(address, follows, said):
    org = create_charity().code if said else create_hospital(stage="listed").code

    with pytest.raises(NotRegistered, match=said or "Only a verified organisation"):
        register(org=org, address=address, follows=follows, at=AT)


def test_staff_of_a_verified_organisation_register_one_and_see_its_secret(
    client, english_workbench
):
    charity = create_charity()
    signed_in(client, Role.COORDINATOR, org=charity.code)

    assert "Register" in client.get(REGISTER).content.decode()
    wrong = client.post(REGISTER, {"org": charity.code, "address": "https://10.0.0.1/"})
    taken = client.post(REGISTER, {"org": charity.code, "address": ADDRESS, "follows": ""})

    assert wrong.status_code == 422
    assert "10.0.0.1" in wrong.content.decode()
    hook = Hook.objects.get()
    assert taken["Location"] == f"/admin/webhooks/hook/{hook.pk}/change/"
    assert commands.secret_of(hook) in client.get(taken["Location"]).content.decode()


def test_nobody_else_registers_or_reads_one(client, gift):
    _pledge, hook, _charity = gift
    page = f"/admin/webhooks/hook/{hook.pk}/change/"
    other = create_charity()

    for role, org, sees in (
        (Role.COORDINATOR, other.code, False),
        (Role.WAREHOUSE, hook.org, False),
        (Role.AUDITOR, other.code, True),
        (Role.AUTHORITY, other.code, True),
    ):
        signed_in(client, role, org=org)
        text = client.get(page, follow=True).content.decode()
        assert (ADDRESS in text) == sees, role
        assert (commands.secret_of(hook) in text) == (role == Role.AUTHORITY), role
    signed_in(client, Role.WAREHOUSE, org=hook.org)
    assert client.get(REGISTER).status_code in (403, 404)


def test_stopping_and_starting_again_in_the_list(client, gift, english_workbench):
    _pledge, hook, charity = gift
    signed_in(client, Role.COORDINATOR, org=charity.code)
    chosen = {"_selected_action": [hook.pk]}

    client.post("/admin/webhooks/hook/", {"action": "stop", **chosen})
    assert Hook.objects.get().stopped_at
    client.post("/admin/webhooks/hook/", {"action": "start_again", **chosen})
    assert Hook.objects.get().stopped_at is None


def test_the_secret_does_not_stand_in_the_database(gift):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM webhooks_hook")
        rows = str(cursor.fetchall())

    assert commands.secret_of(gift[1]) not in rows


def test_a_message_holds_no_name_of_a_person(gift, receiver, seal_and_project):
    named = create_pledge(name="示例捐赠人", contact="13800000000", at=later(minutes=1))
    seal_and_project()
    Hook.objects.update(follows=[named.code], next=0)

    deliver(at=AT)

    text = "".join(body.decode() for _path, _headers, body in receiver.taken)
    assert named.code in text
    assert "示例捐赠人" not in text
    assert "13800000000" not in text
