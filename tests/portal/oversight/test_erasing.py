"""Erasure: nothing of a marked person is left anywhere, and nothing that was proved breaks."""

import base64
import io
import json
import re
import zipfile
from hashlib import md5, sha1, sha256
from io import StringIO
from itertools import chain

import pytest
import redis
from django.apps import apps
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone

from ledger import api, fsck, publishing
from ledger.core import commitments
from ledger.models import Disclosure, Erased
from ledger.verify import __main__ as verify
from portal.accounts.models import Grant, Link, Person
from portal.disclosure.lists import erasable, erased_with, listed, portal_models
from portal.disclosure.places import models_with_values
from portal.input.models import Hit, Sending
from portal.notices import boxes
from portal.oversight.invariants import broken
from portal.pledges.models import Pledge
from portal.stages.facts import closed_names
from portal.stages.models import Trail
from portal.stages.registry import subjects
from portal.tracking.projection.checking import differences
from tests.portal.oversight.marked import PHONE, PLACES, codes_of, mark, tell

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ("en", "zh")


@pytest.fixture
def publish(seal_and_project):
    def both():
        seal_and_project()
        publishing.sign_and_publish(at=timezone.now())

    return both


@pytest.fixture
def world(log, publish):
    found = tell()
    publish()
    return found


def erase(what, **options):
    out = StringIO()
    call_command("erase", what, stdout=out, **options)
    return out.getvalue()


def tables():
    """Every row of every table, as text; binary columns as they are and opened."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield (
                    f"table {table}",
                    "|".join(
                        bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v)
                        for v in row
                    ).encode(),
                )


def values():
    """What the field key still opens."""
    for uid in set(Disclosure.objects.values_list("uid", flat=True)):
        yield "disclosures", json.dumps(api.disclosures_all(uid), ensure_ascii=False).encode()


def notices():
    """What the field key still opens of addresses and mails."""
    for model in apps.get_app_config("notices").get_models():
        for row in model.objects.exclude(box=None):
            yield f"box {model.__name__}", boxes.open_(row.box, code=row.code).encode()


def files(*folders):
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                yield f"file {file.name}", data
                if file.parent.name == "disclosures":
                    for _seq, text in json.loads(data)["disclosures"]:
                        yield f"opened {file.name}", str(commitments.read(text)).encode()


def database_files():
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        for suffix in ("", "-wal"):
            with open(f"{name}{suffix}", "rb") as file:
                yield f"file db{suffix}", file.read()


def redis_keys():
    """Broker and cache, where there are any."""
    if configured.REDIS_URL:
        server = redis.Redis.from_url(configured.REDIS_URL)
        for key in server.scan_iter():
            yield f"redis {key!r}", key + (server.dump(key) or b"")


def addresses(world):
    for language in LANGUAGES:
        for kind, thing in (
            ("gift", world.gift),
            ("gift_certificate", world.gift),
            ("need", world.need),
            ("shipment", world.shipment),
            ("organisation", world.hospital),
        ):
            yield reverse(f"tracking:{kind}", args=[thing.code]), language
        for index in range(api.size()):
            yield reverse("tracking:entry", args=[index]), language
        for name in ("home", "needs", "gifts", "ledger"):
            yield reverse(f"tracking:{name}"), language


def pages(client, world):
    """Public pages in both languages, JSON, and what the proofs open."""
    for address, language in addresses(world):
        path = re.sub(r"^/(en|zh)/", "/", address)
        answer = client.get(f"/{language}{path}")
        assert answer.status_code == 200, address
        yield f"page {path}", answer.content
    for thing in (world.gift, world.second):
        yield "events.json", client.get(f"/en/g/{thing.code}/events.json").content
    for kind, thing in (("g", world.gift), ("needs", world.need), ("shipments", world.shipment)):
        told = client.get(f"/en/{kind}/{thing.code}/proof.json").json()
        texts = chain.from_iterable(entry["disclosures"] for entry in told["entries"])
        yield "proof.json", str([commitments.read(text) for text in texts]).encode()
        archive = zipfile.ZipFile(io.BytesIO(client.get(f"/en/{kind}/{thing.code}/proof").content))
        for name in archive.namelist():
            yield f"zip {name.partition('/')[2]}", archive.read(name)
        listed_ = json.loads(archive.read(f"{thing.code}/disclosures.json"))["disclosures"]
        opened = [commitments.read(text) for texts in listed_.values() for text in texts]
        yield "zip opened", str(opened).encode()


def spellings(place):
    """The marker, and what a leak of it could look like."""
    plain = mark(place)
    for text in (plain, plain.lower()):
        data = text.encode()
        yield data
        yield from (base64.b64encode(data), data.hex().encode())
        for hashed in (md5, sha1, sha256):
            digest = hashed(data)
            yield from (digest.hexdigest().encode(), digest.digest())


def found(sources):
    """{marker: where it is found} of all places."""
    hits = {}
    for where, data in sources:
        for place in PLACES:
            if any(spelling in data for spelling in spellings(place)):
                hits.setdefault(place, set()).add(where)
        if PHONE.encode() in data:
            hits.setdefault("phone", set()).add(where)
    return hits


def everything(client, world, log):
    return found(
        chain(
            tables(),
            values(),
            notices(),
            files(log.dir, configured.VAR / "queue"),
            database_files(),
            redis_keys(),
            pages(client, world),
        )
    )


def saved(client, tmp_path, name, code):
    path = tmp_path / name
    path.write_bytes(client.get(f"/en/g/{code}/proof").content)
    return path


def test_failure_26_nothing_of_a_marked_person_is_left_anywhere(
    client, world, log, publish, tmp_path, capfd, caplog
):
    before = everything(client, world, log)
    old = saved(client, tmp_path, "old.zip", world.gift.code)
    assert set(before) == {*PLACES, "phone"}  # the search finds each of them
    assert sum(map(len, before.values())) >= 25

    for code in codes_of(world):
        erase(code)
    erase(world.person.username)
    publish()

    assert everything(client, world, log) == {}
    told = "".join((*capfd.readouterr(), caplog.text))
    assert PHONE not in told
    assert verify.main([str(old)]) == 0
    assert verify.main([str(saved(client, tmp_path, "new.zip", world.gift.code))]) == 0
    assert verify.main([str(log.dir), "--balances"]) == 0
    assert fsck.differences(at=timezone.now()) == []
    assert differences() == []
    assert broken() == []


def test_the_event_tells_of_nobody(world, publish):
    erase(world.gift.code)
    publish()

    *_, last = api.entries()

    assert last.body["type"] == "person.erase"
    assert (last.body["case"], last.body["cases"]) == ("", [])
    assert set(last.body["data"]) == {"recorded_at", "actor_role", "actor_org"}
    assert api.disclosures_all(last.uid) == {}
    assert len(last.body["_sd"]) == 4  # decoys, as many as ever


@pytest.mark.parametrize(
    ("language", "text"), [("en", "erased on request"), ("zh", "已应要求删除")]
)
def test_a_page_says_where_a_value_was_erased_and_only_there(
    client, world, publish, language, text
):
    needs, gift = f"/{language}/needs/{world.need.code}/", f"/{language}/g/{world.gift.code}/"
    other, paper = f"/{language}/g/{world.second.code}/", f"{gift}certificate/"
    before = {path: client.get(path) for path in (needs, gift, other, paper)}
    assert all(text not in answer.content.decode() for answer in before.values())

    erase(world.gift.code)
    erase(world.need.code)

    after = {path: client.get(path) for path in (needs, gift, other, paper)}
    assert mark("donor-name") in before[paper].content.decode()
    assert text in after[paper].content.decode()
    assert text in after[needs].content.decode()
    assert text in after[gift].content.decode()
    assert mark("donor-name") in after[other].content.decode()
    for path in (needs, gift, paper):
        assert after[path]["ETag"] != before[path]["ETag"]
        again = client.get(path, headers={"If-None-Match": before[path]["ETag"]})
        assert again.status_code == 200


def test_the_zip_says_which_entries_had_values_that_were_erased(client, world):
    erase(world.gift.code)

    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/en/g/{world.gift.code}/proof").content))
    readme = archive.read(f"{world.gift.code}/README.txt").decode()

    (index,) = api.index_of(Erased.objects.values_list("uid", flat=True)).values()
    assert f"Entries {index}\n" in readme


def test_only_that_case_loses_its_values(world):
    erase(world.gift.code)

    second = Pledge.objects.get(pk=world.second.pk)
    gift = Pledge.objects.get(pk=world.gift.pk)
    assert (gift.donor_name, gift.contact) == ("", "")
    assert second.donor_name == mark("donor-name")
    assert not Link.objects.filter(code=world.gift.code).exists()
    assert not Sending.objects.filter(answer=world.gift.code).exists()


def test_the_published_values_go_at_once(world, log):
    assert "signer" in found(files(log.dir))

    erase(world.shipment.code)  # and nothing is sealed or published since

    assert "signer" not in found(files(log.dir))
    assert "donor-name" in found(files(log.dir))


def test_it_tells_counts_and_never_values_and_again_finds_nothing(world):
    told = json.loads(erase(world.gift.code, json=True))
    again = json.loads(erase(world.gift.code, json=True))

    assert told["ok"] is True
    assert told["erased"]["ledger_disclosure (named)"] == 4  # name, and the label of its line
    assert told["erased"]["pledges_pledge.contact"] == 1
    assert told["erased"]["files written anew"] == 1
    assert again["erased"] == {"files written anew": 1}
    assert [e.body["type"] for e in api.entries()].count("person.erase") == 0
    assert api.pending()[0] == 1  # one event, not two


def test_who_acted_stays_until_the_account_is_erased(world):
    uid = Trail.objects.get(code=world.need.code, move="publish").uid
    erase(world.need.code)
    assert set(api.disclosures_all(uid)) == {"actor"}

    erase(world.person.username)

    assert api.disclosures_all(uid) == {}


def test_an_account_is_closed_and_its_grants_are_kept(world, client):
    erase(world.person.username)

    person = Person.objects.get(pk=world.person.pk)
    assert (person.username, person.name, person.email) == (f"erased-{person.pk}", "", "")
    assert not person.is_active
    assert not person.has_usable_password()
    (grant,) = Grant.objects.filter(person=person)
    assert grant.until is not None
    name = sha256(mark("username").lower().encode()).hexdigest()
    assert not Hit.objects.filter(key__contains=name).exists()
    assert not client.login(username=mark("username"), password="a long and invented sentence")


def test_what_waits_to_be_sealed_is_erased_too(log, publish):
    world = tell()

    erase(world.gift.code)
    publish()

    named = {n for e in api.entries() for n in api.disclosures([e.uid]).get(e.uid, {})}
    assert "donor_name" in named  # of the second gift
    uid = Trail.objects.get(code=world.gift.code, move="register").uid
    assert api.disclosures_all(uid).keys() == {"actor"}
    assert fsck.differences(at=timezone.now()) == []


@pytest.mark.parametrize("what", ["nobody", "G-2222222222", "G-7K2M9Q4TX5", ""])
def test_what_is_neither_case_nor_account_is_bad_input(log, what):
    with pytest.raises(CommandError) as refusal:
        erase(what)

    assert refusal.value.returncode == 2


# --- the registry knows every place


def test_every_column_with_values_can_be_found_by_a_code_or_is_the_account_s():
    for model in models_with_values():
        assert erased_with(model) or model is Person, model
        for lookup in erased_with(model):
            model._default_manager.filter(**{lookup: "G-7K2M9Q4TX5"}).exists()


def test_what_is_sealed_as_named_or_private_is_nowhere_kept_as_open_or_internal():
    """The facts say what is personal; a column of that name in the same part must be erased."""
    for subject in subjects():
        closed = {
            name
            for move in subject.lifecycle.moves
            for spec in move.facts.specs()
            for name in (closed_names(spec.rows) if spec.rows else closed_names(move.facts))
        }
        app = subject._meta.app_label
        for model in (m for m in portal_models() if m._meta.app_label == app):
            kept = {*listed(model, "open"), *listed(model, "internal")}
            assert not closed & kept, (model, closed & kept)


def test_only_text_and_what_may_be_null_is_personal():
    for model in models_with_values():
        for name in erasable(model):
            column = model._meta.get_field(name)
            assert column.null or isinstance(column, models.CharField | models.TextField)
