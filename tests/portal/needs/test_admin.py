"""Needs in the workbench: whose they are, what is refused, and that what was typed is kept."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.roles import Role
from portal.needs.models import Need, NeedLine
from tests.factories.catalogue import MASK, SURGICAL, variant
from tests.factories.needs import create_need
from tests.factories.organisations import NOTICE, create_charity, create_hospital
from tests.factories.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
LIST = "/admin/needs/need/"
OPEN = f"{LIST}open/write/"
ENGLISH = {"headers": {"accept-language": "en"}}


@pytest.fixture
def coordinator(client):
    return signed_in(client, Role.COORDINATOR)


def notice(*, hospital, **changes):
    """A form of one line, as a browser sends it."""
    form = {
        "hospital": hospital.code,
        "once": "8d7e8a4e-4a3c-4c6e-9d9b-0d8a2f6f1c11",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-variant": MASK,
        "lines-0-quantity_kind": "exact",
        "lines-0-quantity": "1000",
        "lines-0-as_written": "N95 1000个",
        "valid_until": "",
        "department": "设备处",
        "notes": "",
        "contact": "",
        "send": "on",
    }
    return form | changes


@pytest.fixture
def hospital():
    variant()
    return create_hospital()


def test_the_charity_writes_a_need_for_a_hospital(coordinator, hospital):
    response = coordinator.post(OPEN, notice(hospital=hospital))

    need = Need.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"{LIST}{need.pk}/change/")
    assert (need.hospital, need.stage, need.lines.get().quantity) == (hospital, "submitted", 1000)


def test_the_page_of_a_need_says_its_stage_in_words(coordinator, hospital):
    need = create_need(hospital=hospital, stage="submitted")
    page = coordinator.get(f"{LIST}{need.pk}/change/", **ENGLISH).content.decode()

    assert "In review" in page
    assert "submitted" not in page
    assert "Version" not in page


def test_a_form_sent_twice_is_stored_once(coordinator, hospital):
    first = coordinator.post(OPEN, notice(hospital=hospital))
    second = coordinator.post(OPEN, notice(hospital=hospital))

    assert Need.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_the_same_form_with_other_content_is_refused(coordinator, hospital):
    coordinator.post(OPEN, notice(hospital=hospital))

    second = coordinator.post(OPEN, notice(hospital=hospital, department="总务处"), **ENGLISH)

    assert second.status_code == 422
    assert "already sent with other content" in second.content.decode()
    assert Need.objects.count() == 1


LONG = "字" * 100_000
BAD = [
    ("lines-0-quantity", "-1", "digits 0-9"),
    ("lines-0-quantity", "0", "at least 1"),
    ("lines-0-quantity", "1000000000000", "whole number"),
    ("lines-0-quantity", "9999999999", "At most 1,000,000,000"),
    ("lines-0-quantity", "1_000", "1000?"),
    ("lines-0-quantity", "١٢", "12?"),
    ("lines-0-quantity", "１２", "12?"),
    ("lines-0-quantity", "+5", "5?"),
    ("lines-0-quantity", "NaN", "whole number"),
    ("lines-0-quantity", "1e3", "whole number"),
    ("lines-0-quantity", "12.5", "whole number"),
    ("lines-0-quantity", "12\u202e", "digits 0-9"),
    ("lines-0-quantity", "1" * 100_000, "whole number"),
    ("lines-0-quantity", "2000000", "very large number"),
    ("lines-0-quantity", "", "please give the quantity"),
    ("lines-0-variant", "mask.none", "mask.none"),
    ("lines-0-variant", "", "required"),
    ("lines-0-variant", LONG, "valid choice"),
    ("lines-0-quantity_kind", "many", "many"),
    ("lines-0-quantity_kind", "unknown", "does not go with"),
    ("lines-0-as_written", "a\u202eb", "U+202E"),
    ("lines-0-as_written", "a\x00b", "U+0000"),
    ("lines-0-as_written", LONG, "too long"),
    ("lines-0-as_written", "1" + "30" + "0" * 8, "mobile number"),
    ("department", "a\u200bb", "U+200B"),
    ("department", "a\x07b", "U+0007"),
    ("department", LONG, "too long"),
    ("department", "行1\n行2", "U+000A"),
    ("notes", "a\u2066b", "U+2066"),
    ("notes", LONG, "too long"),
    ("contact", "a\x1bb", "U+001B"),
    ("contact", LONG, "too long"),
    ("valid_until", "2026-02-30", "valid date"),
    ("valid_until", "٢٠٢٦-٠٣-٠٢x", "valid date"),
    ("valid_until", LONG, "valid date"),
    ("valid_until", "2001-01-01", "lies in the past"),
    ("hospital", "U-UNKNOWN000", "valid choice"),
    ("hospital", "", "required"),
    ("hospital", LONG, "valid choice"),
    ("lines-TOTAL_FORMS", "0", "at least one line"),
    ("lines-TOTAL_FORMS", "-1", "at least one line"),
    ("lines-TOTAL_FORMS", "1_0", "at least one line"),
    ("lines-TOTAL_FORMS", "１", "at least one line"),
    ("lines-TOTAL_FORMS", LONG, "at least one line"),
]


@pytest.mark.parametrize(
    ("field", "value", "sentence"), BAD, ids=[f"{field}-{n}" for n, (field, *_) in enumerate(BAD)]
)
def test_bad_input_is_refused_with_a_sentence_and_kept(
    coordinator, hospital, field, value, sentence
):
    response = coordinator.post(
        OPEN, notice(hospital=hospital, notes="留着这句话") | {field: value}, **ENGLISH
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "留着这句话" in page or field == "notes"
    assert Need.objects.count() == NeedLine.objects.count() == 0


def test_lone_surrogates_in_the_raw_form_never_arrive(coordinator, hospital):
    body = "&".join(f"{k}={v}" for k, v in notice(hospital=hospital, department="").items())
    raw = body.replace("department=", "department=%ED%A0%80")

    response = coordinator.post(
        OPEN, raw, content_type="application/x-www-form-urlencoded", **ENGLISH
    )

    assert response.status_code in (302, 422)
    assert not any("\ud800" in d for d in Need.objects.values_list("department", flat=True))


def test_a_very_large_number_is_taken_when_it_is_meant(coordinator, hospital):
    form = notice(hospital=hospital, sure="on", **{"lines-0-quantity": "2000000"})

    assert coordinator.post(OPEN, form).status_code == 302
    assert NeedLine.objects.get().quantity == 2_000_000


def test_two_lines_of_one_item_are_refused_by_number(coordinator, hospital):
    form = notice(hospital=hospital) | {
        "lines-TOTAL_FORMS": "2",
        "lines-1-variant": MASK,
        "lines-1-quantity_kind": "unknown",
    }

    response = coordinator.post(OPEN, form, **ENGLISH)

    assert response.status_code == 422
    assert "Lines 1 and 2 ask for the same item" in response.content.decode()


def test_only_hospitals_can_be_chosen(coordinator, hospital):
    charity = create_charity()

    response = coordinator.post(OPEN, notice(hospital=charity), **ENGLISH)

    assert response.status_code == 422
    assert Need.objects.count() == 0


def move(need, name):
    return f"{LIST}{need.pk}/move/{name}/"


def test_the_charity_publishes_after_review(coordinator):
    need = create_need(stage="submitted")

    assert coordinator.post(move(need, "publish"), {"source": ""}).status_code == 302
    need.refresh_from_db()
    assert need.stage == "published"


@pytest.mark.parametrize(
    "source", ["", "见公告", "javascript:alert(1)", "https://a\u202e.b/", LONG]
)
def test_a_listed_hospital_s_need_needs_the_notice_s_address(coordinator, source):
    need = create_need(stage="draft", hospital=create_hospital(stage="listed"))

    response = coordinator.post(move(need, "publish"), {"source": source}, **ENGLISH)

    need.refresh_from_db()
    assert (response.status_code, need.stage) == (422, "draft")
    assert 'role="alert"' in response.content.decode()


def test_a_listed_hospital_s_need_is_published_in_one_move(coordinator):
    need = create_need(stage="draft", hospital=create_hospital(stage="listed"))

    assert coordinator.post(move(need, "publish"), {"source": NOTICE}).status_code == 302
    need.refresh_from_db()
    assert (need.stage, need.source) == ("published", NOTICE)


def test_what_is_to_be_mended_is_kept_for_the_hospital(coordinator):
    need = create_need(stage="submitted")

    coordinator.post(move(need, "return"), {"reason": "unclear", "note": "请写明规格"})

    need.refresh_from_db()
    assert (need.stage, need.return_note) == ("returned", "请写明规格")


@pytest.mark.parametrize("name", ["rewrite", "meet", "write", "never-heard"])
def test_moves_that_are_not_hers_are_not_there(coordinator, name):
    need = create_need(stage="submitted")

    assert coordinator.get(move(need, name)).status_code == 404
    assert coordinator.post(move(need, name), {}).status_code == 404


def test_a_need_that_is_not_there_is_not_found(coordinator):
    assert coordinator.get(f"{LIST}999/move/publish/").status_code == 404


def test_a_move_too_late_says_so(coordinator):
    need = create_need(stage="published")

    response = coordinator.post(move(need, "publish"), {"source": ""}, **ENGLISH)

    assert response.status_code == 422
    assert "cannot be done now" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.COORDINATOR, 200),
        (Role.PUBLISHER, 200),
        (Role.AUDITOR, 200),
        (Role.WAREHOUSE, 403),
        (Role.AUTHORITY, 403),
        (Role.SECURITY, 403),
    ],
)
def test_who_sees_the_list(client, role, sees):
    need = create_need(stage="submitted")
    other = signed_in(client, role)

    assert other.get(LIST).status_code == sees
    assert other.get(f"{LIST}{need.pk}/change/").status_code == sees


def test_the_auditor_reads_and_moves_nothing(client):
    need = create_need(stage="submitted")
    auditor = signed_in(client, Role.AUDITOR)

    assert 'class="moves"' not in auditor.get(f"{LIST}{need.pk}/change/").content.decode()
    assert auditor.post(move(need, "publish"), {"source": ""}).status_code == 404
    assert auditor.get(OPEN).status_code == 404
    assert auditor.post(f"{LIST}{need.pk}/change/", {"stage": "published"}).status_code == 403
    assert auditor.post(f"{LIST}{need.pk}/delete/", {"post": "yes"}).status_code == 403
    assert auditor.get(f"{LIST}add/").status_code == 403


def test_the_list_is_filtered_by_stage(coordinator):
    shown, hidden = create_need(stage="submitted"), create_need(stage="published")

    page = coordinator.get(f"{LIST}?stage=submitted").content.decode()

    assert shown.code in page
    assert hidden.code not in page


def test_an_unknown_stage_in_the_address_is_no_error(coordinator):
    create_need()

    assert coordinator.get(f"{LIST}?stage=never").status_code == 200


def test_the_list_costs_the_same_with_one_row_and_with_three(coordinator):
    costs = []
    for more in (1, 2):
        for _ in range(more):
            create_need(stage="submitted")
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(LIST).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 10


def test_a_need_s_page_costs_the_same_with_one_line_and_with_three(coordinator):
    costs = []
    few = ((MASK, "exact", 1),)
    more = (*few, (SURGICAL, "unknown", None), ("mask.yy0469-2023", "estimated", 5))
    for lines in (few, more):
        need = create_need(stage="submitted", lines=lines)
        coordinator.get(f"{LIST}{need.pk}/change/")  # what is asked once and kept
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(f"{LIST}{need.pk}/change/").status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]
