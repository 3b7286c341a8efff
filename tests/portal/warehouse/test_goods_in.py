"""Goods in: three signatures by three people, a verdict for each lot, parcels held for their
owner."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ledger import api as ledger
from portal.accounts.acting import Actor, grant
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.evidence.models import File
from portal.oversight.invariants import broken
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.warehouse.models import Arrival, ArrivalLine
from portal.warehouse.queries import inspect_initial
from portal.warehouse.stages import Counted, CountedLine, CountReason, Papers, Verdict
from tests.factories.catalogue import MASK, SURGICAL, load_catalogue
from tests.factories.clock import AT
from tests.factories.evidence import show
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of, create_member, signed_in
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import (
    count_note,
    create_allocation,
    create_arrival,
    create_warehouse,
    inspect,
    inspection,
    keeper_of,
    lot_of,
    sign_in,
    take,
)
from tests.portal.evidence.samples import drawing, saved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
KN95 = "mask.gb2626-2006"
CHECKED = {"lines-0-line": "1", "lines-0-label": "on", "lines-0-papers": "report"}
CHECKED |= {"lines-0-packaging": "on", "lines-0-in_date": "on", "lines-0-verdict": "pass"}


@pytest.fixture
def house():
    return create_warehouse()


def held(gift):
    rows = Holding.objects.filter(gift=gift.code, amount__gt=0).exclude(place__startswith="donor")
    sums = Counter()
    for row in rows:
        sums[row.place.partition(":")[0]] += row.amount
    return dict(sums)


def address(arrival, move):
    return reverse("admin:warehouse_arrival_move", args=[arrival.pk, move])


def text_of(answer):
    return answer.content.decode()


# R8 and acceptance 5: count, quality and custody by different people


def test_r08_count_quality_and_custody_are_three_steps_that_lead_into_stock(house):
    arrival = create_arrival(stage="counted", warehouse=house)
    assert held(arrival.pledge) == {"quarantine": 1000}

    arrival = inspect(arrival)
    assert (arrival.stage, held(arrival.pledge)) == ("inspected", {"quarantine": 1000})

    arrival = take(arrival)
    assert (arrival.stage, held(arrival.pledge)) == ("stocked", {"stock": 1000})


def test_r08_goods_under_inspection_can_be_given_to_nobody(house):
    arrival = create_arrival(stage="inspected", warehouse=house)

    with pytest.raises(MoveRefused, match="“Not in stock”: nothing of it"):
        create_allocation(create_need().lines.get(), (lot_of(arrival), 1))


@pytest.mark.parametrize("stage", ["counted", "inspected"])
def test_acceptance_05_one_person_cannot_sign_twice(house, stage):
    arrival = create_arrival(stage=stage, warehouse=house)
    counter = keeper_of(house).person_id
    role, move = (Role.QUALITY, inspect) if stage == "counted" else (Role.WAREHOUSE, take)

    with pytest.raises(MoveRefused, match="Another person must give this signature"):
        move(arrival, actor=actor_of(role, org=house.org.code, person=counter))

    arrival.refresh_from_db()
    assert arrival.stage == stage


def test_acceptance_05_whoever_inspected_takes_nothing_into_custody(house):
    arrival = create_arrival(stage="inspected", warehouse=house)
    inspector = actor_of(Role.QUALITY).person_id

    with pytest.raises(MoveRefused, match="Another person"):
        take(arrival, actor=actor_of(Role.WAREHOUSE, org=house.org.code, person=inspector))


def test_acceptance_05_a_second_account_of_the_same_person_is_known_by_its_mail(house):
    first = create_member(Role.WAREHOUSE, org=house.org.code)
    second = create_member(Role.QUALITY, org=house.org.code)
    Person.objects.filter(pk=first.pk).update(email="li@charity.example")
    Person.objects.filter(pk=second.pk).update(email="LI@charity.example")
    arrival = create_arrival(stage="arrived", warehouse=house)
    keeper = Actor(role=Role.WAREHOUSE, org=house.org.code, person_id=first.pk)
    note = count_note(arrival)
    arrival = engine.advance(Arrival, arrival.code, "count", actor=keeper, facts=note, at=AT)

    with pytest.raises(MoveRefused, match="Another person"):
        inspect(arrival, actor=Actor(role=Role.QUALITY, org=house.org.code, person_id=second.pk))


def test_acceptance_05_over_http_with_two_roles_of_one_person(house):
    client = signed_in(Client(), Role.WAREHOUSE, org=house.org.code)
    grant(client.person, role=Role.QUALITY, org=house.org.code, at=AT)
    arrival = create_arrival(stage="arrived", warehouse=house)
    client.post(address(arrival, "count"), {"lines-0-line": "1", "lines-0-accepted": "1000"})

    answer = client.post(address(arrival, "inspect"), {**CHECKED, "lines-0-note": "seen"})

    arrival.refresh_from_db()
    assert (answer.status_code, arrival.stage) == (422, "counted")
    assert "You have already signed an earlier step" in text_of(answer)
    assert 'value="seen"' in text_of(answer)
    other = signed_in(Client(), Role.QUALITY, org=house.org.code)
    assert other.post(address(arrival, "inspect"), CHECKED).status_code == 302
    assert client.post(address(arrival, "take")).status_code == 422
    third = signed_in(Client(), Role.WAREHOUSE, org=house.org.code)
    assert third.post(address(arrival, "take")).status_code == 302
    arrival.refresh_from_db()
    assert arrival.stage == "stocked"


@pytest.mark.parametrize("columns", [("counted", "inspected"), ("inspected", "taken")])
def test_acceptance_05_the_database_itself_refuses_one_person_twice(house, columns):
    arrival = create_arrival(stage="arrived", warehouse=house)

    with pytest.raises(IntegrityError), transaction.atomic():
        Arrival.objects.filter(pk=arrival.pk).update(**{f"{name}_by": 5 for name in columns})


def test_r08_the_keeper_inspects_nothing_and_quality_counts_nothing(house):
    keeper = signed_in(Client(), Role.WAREHOUSE, org=house.org.code)
    quality = signed_in(Client(), Role.QUALITY, org=house.org.code)
    arrival = create_arrival(stage="counted", warehouse=house)

    assert keeper.get(address(arrival, "inspect")).status_code == 404
    assert (
        quality.get(address(create_arrival(stage="arrived", warehouse=house), "count")).status_code
        == 404
    )


def test_r08_every_signature_is_an_entry_with_its_role(house, seal):
    arrival = create_arrival(warehouse=house)
    seal()

    said = {e.body["type"]: e.body["data"]["actor_role"] for e in ledger.entries()}
    assert said["arrival.count"] == said["arrival.take"] == "warehouse"
    assert said["arrival.inspect"] == "quality"
    assert broken() == []
    Arrival.objects.filter(pk=arrival.pk).update(taken_by=None)
    assert [row["invariant"] for row in broken()] == ["I15"]


# R1 and acceptance 1: what does not add up is not published


def test_acceptance_01_sixteen_and_sixteen_of_thirty_six_thousand_is_refused(house):
    pledge = create_pledge(lines=((MASK, 36_000),))
    arrival = create_arrival(stage="arrived", warehouse=house, pledge=pledge)
    client = signed_in(Client(), Role.WAREHOUSE, org=house.org.code)
    counted = {"lines-0-line": "1", "lines-0-accepted": "16000", "lines-0-rejected": "16000"}

    facts = Counted(lines=(CountedLine(line=1, accepted=16_000, rejected=16_000),))
    with pytest.raises(MoveRefused, match="36000 were announced.* 4000 missing"):
        engine.advance(Arrival, arrival.code, "count", actor=keeper_of(house), facts=facts, at=AT)
    answer = client.post(address(arrival, "count"), counted)

    arrival.refresh_from_db()
    assert (answer.status_code, arrival.stage) == (422, "arrived")
    assert "Line 1: 36000 were announced" in text_of(answer)
    assert "4000 missing" in text_of(answer)


def test_r01_counted_is_in_stock_rejected_or_missing_to_the_piece(house, seal):
    differs = {"accepted": 900, "rejected": 60, "reason": CountReason.DAMAGED}
    arrival = create_arrival(warehouse=house, **differs)
    seal()

    assert held(arrival.pledge) == {"stock": 900, "rejected": 60, "lost": 40}
    assert broken() == []


# the inspection


def test_r02_a_failed_lot_never_reaches_the_stock(house, seal):
    arrival = create_arrival(warehouse=house, inspected={"verdict": Verdict.FAIL})
    seal()

    assert held(arrival.pledge) == {"rejected": 1000}
    assert (arrival.stage, Pledge.objects.get().stage) == ("stocked", "fulfilled")
    assert broken() == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"packaging": False}, "packaging"),
        ({"in_date": False}, "expiry date"),
        ({"label": False}, "label and standard"),
        ({"papers": Papers.NONE}, "registration number or test report"),
        ({"packaging": False, "verdict": Verdict.COMMUNITY}, "packaging"),
    ],
)
def test_r02_a_verdict_follows_from_its_checklist(house, said, sentence):
    arrival = create_arrival(stage="counted", warehouse=house)

    with pytest.raises(MoveRefused, match=f"Line 1 cannot be .*{sentence}"):
        inspect(arrival, **said)

    assert ArrivalLine.objects.get().verdict == ""


def test_r02_what_is_past_its_date_cannot_pass_whatever_is_ticked(house):
    yesterday = AT.date() - timedelta(days=1)
    arrival = create_arrival(stage="counted", warehouse=house, accepted=1000, expiry=yesterday)

    with pytest.raises(MoveRefused, match="expiry date"):
        inspect(arrival)


def test_r02_every_lot_is_inspected_exactly_once(house):
    pledge = create_pledge(lines=((MASK, 10), (SURGICAL, 20)))
    arrival = create_arrival(stage="counted", warehouse=house, pledge=pledge)
    quality = signed_in(Client(), Role.QUALITY, org=house.org.code)

    answer = quality.post(address(arrival, "inspect"), CHECKED)

    assert answer.status_code == 422
    second = {name.replace("-0-", "-1-"): value for name, value in CHECKED.items()}
    answer = quality.post(address(arrival, "inspect"), {**CHECKED, **second, "lines-1-line": "2"})
    assert answer.status_code == 302


def test_r02_the_label_decides_which_variant_a_lot_is(house, seal):
    """Announced as N95, it says KN95 on the box."""
    load_catalogue(only=None)
    said = {"variant": KN95, "label": False}
    arrival = create_arrival(warehouse=house, inspected=said)
    seal()

    lot = lot_of(arrival)
    rows = Holding.objects.filter(lot=lot.code, amount__gt=0)
    assert [(row.place, row.item, row.amount) for row in rows] == [
        (f"stock:{house.code}", KN95, 1000)
    ]
    note = next(e.body for e in ledger.entries() if e.body["type"] == "arrival.inspect")
    (result,) = note["data"]["result"]
    assert (result["announced_as"], result["item"], result["verdict"]) == (MASK, KN95, "pass")
    assert broken() == []


def test_r02_a_mask_does_not_turn_out_to_be_a_glove(house):
    load_catalogue(only=None)
    arrival = create_arrival(stage="counted", warehouse=house)

    with pytest.raises(MoveRefused, match="cannot turn out to be"):
        inspect(arrival, variant="gloves.gb7543")


# part arrival


def test_r01_what_is_still_to_come_is_announced_anew_and_counted_when_it_comes(house, seal):
    arrival = create_arrival(stage="arrived", warehouse=house)
    row = CountedLine(line=1, accepted=590, rejected=10, reason=CountReason.DAMAGED, later=400)
    facts = Counted(lines=(row,))

    engine.advance(Arrival, arrival.code, "count", actor=keeper_of(house), facts=facts, at=AT)

    pledge = Pledge.objects.get()
    rest = Arrival.objects.get(stage="announced")
    assert held(pledge) == {"quarantine": 590, "rejected": 10, "inbound": 400}
    assert (pledge.stage, pledge.lines.get().sent) == ("part_received", 1000)
    note = count_note(rest)
    rest = engine.advance(Arrival, rest.code, "count", actor=keeper_of(house), facts=note, at=AT)
    sign_in(Arrival.objects.get(pk=arrival.pk))
    sign_in(rest)
    seal()
    pledge.refresh_from_db()
    assert (held(pledge), pledge.stage) == ({"stock": 990, "rejected": 10}, "received")
    assert broken() == []


def test_more_cannot_come_later_than_was_announced(house):
    arrival = create_arrival(stage="arrived", warehouse=house)
    facts = Counted(lines=(CountedLine(line=1, accepted=700, later=301),))

    with pytest.raises(MoveRefused, match="at most 300 can still come"):
        engine.advance(Arrival, arrival.code, "count", actor=keeper_of(house), facts=facts, at=AT)


# R4 and acceptance 9: held for the hospital it is addressed to


@pytest.fixture
def hospital():
    return create_hospital()


@pytest.fixture
def parcel(house, hospital):
    return create_arrival(warehouse=house, consignee=hospital.code)


def test_r04_a_parcel_for_a_hospital_is_held_for_it(parcel, hospital, seal):
    seal()

    rows = Holding.objects.filter(gift=parcel.pledge.code, place=f"held:{hospital.code}")
    assert (parcel.stage, rows.get().amount) == ("held", 1000)
    note = next(e.body for e in ledger.entries() if e.body["type"] == "arrival.take")
    assert note["data"]["held_for"] == hospital.code
    assert broken() == []


def test_acceptance_09_what_is_held_for_one_hospital_is_allocated_to_no_other(parcel, hospital):
    line = create_need().lines.get()

    with pytest.raises(MoveRefused, match=f"is held for {hospital.code}"):
        create_allocation(line, (lot_of(parcel), 100))


def test_acceptance_09_over_http_the_charity_can_neither_allocate_nor_release_it(parcel, house):
    client = signed_in(Client(), Role.COORDINATOR, org=house.org.code)
    line = create_need().lines.get()
    data = {"need_line": f"{line.need.code}/1", "reason": "urgent", "lots-TOTAL_FORMS": "1"}
    data |= {"lots-0-lot": lot_of(parcel).code, "lots-0-quantity": "100"}

    answer = client.post(reverse("admin:warehouse_allocation_open", args=["publish"]), data)

    assert answer.status_code == 422
    assert client.post(address(parcel, "give")).status_code == 404
    assert client.post(address(parcel, "fetch")).status_code == 404


@pytest.mark.parametrize(
    ("move", "place", "stage"), [("fetch", "received", "fetched"), ("give", "stock", "stocked")]
)
def test_r04_only_its_own_hospital_fetches_it_or_gives_it_on(
    parcel, hospital, move, place, stage, seal
):
    stranger = actor_of(Role.HOSPITAL, org=create_hospital().code)
    with pytest.raises(NotYours):
        engine.advance(Arrival, parcel.code, move, actor=stranger, at=AT)

    actor = actor_of(Role.HOSPITAL, org=hospital.code)
    found = engine.advance(Arrival, parcel.code, move, actor=actor, at=AT)

    assert (found.stage, held(parcel.pledge)) == (stage, {place: 1000})
    seal()
    assert broken() == []


def test_r04_what_the_hospital_gave_on_is_allocated_like_any_other(parcel, hospital):
    actor = actor_of(Role.HOSPITAL, org=hospital.code)
    engine.advance(Arrival, parcel.code, "give", actor=actor, at=AT)

    allocation = create_allocation(create_need().lines.get(), (lot_of(parcel), 100))

    assert allocation.stage == "published"


def test_r04_the_label_at_the_door_says_for_whom_it_is(house, hospital):
    arrival = create_arrival(stage="announced", warehouse=house)
    client = signed_in(Client(), Role.WAREHOUSE, org=house.org.code)

    answer = client.post(address(arrival, "arrive"), {"consignee": hospital.code})

    arrival.refresh_from_db()
    assert (answer.status_code, arrival.consignee) == (302, hospital)


# I17: what is not simply good is shown


def unfit(arrival, verdict=Verdict.FAIL):
    facts = inspection(arrival, verdict=verdict, packaging=True)
    actor = actor_of(Role.QUALITY, org=arrival.warehouse.org.code)
    return engine.advance(Arrival, arrival.code, "inspect", actor=actor, facts=facts, at=AT)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.COMMUNITY])
def test_r02_a_lot_is_not_called_unfit_without_a_photo_or_paper(house, verdict, sealed):
    arrival = create_arrival(stage="counted", warehouse=house)

    with pytest.raises(MoveRefused, match="add at least one photo or paper that shows why"):
        unfit(arrival, verdict)

    show(arrival.code, by=keeper_of(house))
    assert unfit(arrival, verdict).stage == "inspected"
    sealed()
    assert broken() == []
    File.objects.all().delete()
    assert [found["invariant"] for found in broken() if found["field"] == "verdict"] == ["I17"]


def test_r02_a_photo_sent_with_the_verdict_is_kept_first_and_stays_when_it_is_refused(house):
    arrival = create_arrival(stage="counted", warehouse=house)
    client = signed_in(Client(), Role.QUALITY, org=house.org.code)
    photo = SimpleUploadedFile("wet.jpg", saved(drawing(), "JPEG"), content_type="image/jpeg")
    sent = {**CHECKED, "lines-0-verdict": "community", "evidence-shows": "damage"}
    del sent["lines-0-packaging"]

    refused = client.post(address(arrival, "inspect"), {**sent, "evidence-photos": photo})
    taken = client.post(address(arrival, "inspect"), {**sent, "lines-0-packaging": "on"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert File.objects.get().code == arrival.code


def test_r18_the_inspection_sees_whether_the_donor_made_it_or_is_related_to_a_hospital(client):
    hospital = create_hospital(legal_name="示例甲医院")
    gift = create_pledge(own_product=True, related_to=hospital.code)
    arrival, plain = create_arrival(pledge=gift, stage="counted"), create_arrival(stage="counted")

    told = inspect_initial(subject=arrival, actor=keeper_of(arrival.warehouse))
    others = inspect_initial(subject=plain, actor=keeper_of(plain.warehouse))

    caption = told["lines"][0]["caption"]
    assert "the donor makes these goods" in caption
    assert "the donor is related to" in caption
    assert "donor" not in others["lines"][0]["caption"]
    signed_in(client, Role.QUALITY, org=arrival.warehouse.org.code)
    page = reverse("admin:warehouse_arrival_move", args=[arrival.pk, "inspect"])
    assert "the donor makes these goods" in client.get(page).content.decode()
