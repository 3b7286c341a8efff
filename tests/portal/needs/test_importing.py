"""Lists of needs become drafts of listed hospitals: every row accounted for, nothing twice, nothing
public."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation

from ledger import publishing, signing
from portal.accounts.models import Grant
from portal.accounts.roles import Role
from portal.needs import importing
from portal.needs.models import Need, NeedLine
from portal.needs.reading import read
from portal.needs.reporting import report
from portal.needs.stages import CloseReason, Published, Withdrawn, Written
from portal.organisations.models import Organisation
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.catalogue import FEW, load_catalogue
from tests.factories.clock import AT
from tests.factories.organisations import NOTICE, create_hospital, credit_code
from tests.factories.people import actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english", "items")]
COORDINATOR = actor_of(Role.COORDINATOR)
MESSY = (Path(__file__).parent / "messy.csv").read_bytes()


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def items(request):
    """A few items; `all_items` for the tests of a whole file."""
    load_catalogue(only=getattr(request, "param", FEW))


all_items = pytest.mark.parametrize("items", [None], indirect=True)


def csv(*rows, header="省份,城市,医院,物资,规格,数量,来源,统一社会信用代码"):
    return "\n".join((header, *rows)).encode()


def xlsx(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def place(data, *, source=NOTICE):
    reading = read(data)
    done = importing.place(reading, actor=COORDINATOR, source=source, at=AT)
    return report(reading, done, done=True)


def foresee(data, *, source=NOTICE):
    reading = read(data)
    return report(reading, importing.foresee(reading, source=source), done=False)


def drafts():
    return list(NeedLine.objects.order_by("need_id", "no").values_list("variant__key", "quantity"))


ONE = "湖北,武汉,甲医院,医用外科口罩,YY 0469-2011,500,,"
TWO = "湖北,武汉,乙医院,医用外科口罩,YY 0469-2011,700,,"


@all_items
def test_every_row_of_a_messy_file_is_placed_changed_or_refused():
    said = place(MESSY)

    assert len(said.rows) == len(read(MESSY).rows)
    assert sum(said.counts.values()) == len(said.rows)
    assert said.counts["refused"] > 0
    assert [row.line for row in said.rows if row.outcome == "refused" and not row.notes] == []
    assert [row.line for row in said.rows if row.outcome != "refused" and not row.where] == []
    assert [row.line for row in said.rows if row.outcome == "changed" and not row.notes] == []
    assert NeedLine.objects.count() == len(said.rows) - said.counts["refused"]


@all_items
def test_a_look_says_the_same_as_the_import_and_makes_nothing():
    seen = foresee(MESSY)
    nothing = Need.objects.count(), Organisation.objects.count()

    said = place(MESSY)

    assert nothing == (0, 0)
    assert [(r.line, r.outcome, r.notes) for r in seen.rows] == [
        (r.line, r.outcome, r.notes) for r in said.rows
    ]
    assert (len(seen.organisations), len(seen.new_needs)) == (
        len(said.organisations),
        len(said.new_needs),
    )
    assert seen.news.startswith("Would be new")


@all_items
def test_the_same_file_again_makes_nothing_new_and_says_so():
    first = place(MESSY)
    before = Need.objects.count(), Organisation.objects.count(), NeedLine.objects.count()

    again = place(MESSY)

    assert (Need.objects.count(), Organisation.objects.count(), NeedLine.objects.count()) == before
    assert again.news == "Nothing new: every line that could be placed is there already."
    assert again.again == len(first.rows) - first.counts["refused"]
    assert [r.where for r in again.rows] == [r.where for r in first.rows]
    assert foresee(MESSY).news == again.news


def test_a_mended_file_adds_only_what_is_new_in_it():
    place(csv(ONE, "湖北,武汉,甲医院,飞机,,2,,"))

    said = place(csv(ONE, "湖北,武汉,甲医院,医用防护服,GB 19082-2009,2,,"))

    assert [row.again for row in said.rows] == [True, False]
    assert drafts() == [("mask.yy0469-2011", 500), ("coverall.gb19082-2009", 2)]


def test_what_was_withdrawn_is_not_brought_back_by_the_same_file():
    said = place(csv(ONE))
    facts = Withdrawn(reason=CloseReason.MISTAKE)
    engine.advance(Need, said.new_needs[0], "withdraw", actor=COORDINATOR, facts=facts, at=AT)

    assert place(csv(ONE)).new_needs == ()


def test_what_stopped_half_way_is_completed():
    """Stopped after the second hospital was entered, before its draft was written."""
    place(csv(ONE))
    create_hospital(stage="listed", legal_name="乙医院", city="武汉")

    said = place(csv(ONE, TWO))

    assert [row.again for row in said.rows] == [True, False]
    assert drafts() == [("mask.yy0469-2011", 500), ("mask.yy0469-2011", 700)]
    assert Organisation.objects.count() == 2


def test_a_hospital_of_a_list_is_listed_without_account_or_grant():
    place(csv(ONE))

    org = Organisation.objects.get()

    assert (org.stage, org.legal_name, org.city) == ("listed", "甲医院", "武汉")
    assert not Grant.objects.exists()


def test_no_draft_is_in_any_published_file(log, seal):
    written = "医用外科口罩 仅此一处 500"
    said = place(csv(ONE.replace("YY 0469-2011", "仅此一处")))
    seal()
    signing.sign(at=AT)
    publishing.publish(everything=True)

    files = b"".join(file.read_bytes() for file in log.dir.rglob("*") if file.is_file())

    assert NeedLine.objects.get().as_written == written
    assert "甲医院".encode() in files
    assert said.new_needs[0].encode() not in files
    assert written.encode() not in files
    assert b'"need.' not in files


def test_each_draft_keeps_its_address_and_is_published_with_it_in_one_move():
    own = "https://hospital.example/notice/7"
    place(csv(ONE, f"湖北,武汉,乙医院,医用外科口罩,YY 0469-2011,700,{own},"))
    first, second = Need.objects.order_by("pk")
    facts = Published(source=second.source)

    published = engine.advance(Need, second.code, "publish", actor=COORDINATOR, facts=facts, at=AT)

    assert (first.source, second.source) == (NOTICE, own)
    assert (published.stage, published.source) == ("published", own)
    with pytest.raises(MoveRefused, match="only listed from a notice"):
        engine.advance(Need, first.code, "publish", actor=COORDINATOR, facts=Published(), at=AT)


def test_rows_of_two_notices_of_a_hospital_become_two_drafts():
    rows = [f"湖北,武汉,甲医院,医用外科口罩,YY 0469-2011,5,https://h.example/{n}," for n in (1, 2)]

    said = place(csv(*rows))

    assert len(said.new_needs) == 2
    assert place(csv(*rows)).again == 2


def test_without_any_address_the_rows_are_refused_and_say_so():
    said = place(csv(ONE), source="")

    assert said.rows[0].outcome == "refused"
    assert said.rows[0].notes[0] == ("Please give the address of the notice this list comes from.")
    assert not Organisation.objects.exists()


def test_a_source_that_is_no_address_is_left_out_and_said():
    said = place(csv("湖北,武汉,甲医院,医用外科口罩,YY 0469-2011,500,微信群,"))

    assert said.rows[0].outcome == "changed"
    assert said.rows[0].notes == ("The source is not the address of a web page and was left out.",)
    assert Need.objects.get().source == NOTICE


def test_two_hospitals_of_one_name_in_two_cities_are_two():
    place(csv(ONE, ONE.replace("武汉", "宜昌")))

    assert sorted(Organisation.objects.values_list("city", flat=True)) == ["宜昌", "武汉"]


def test_a_line_with_a_wrong_city_stays_with_the_hospital_that_says_its_city():
    right = "湖北,江城市,江城市甲医院,医用外科口罩,YY 0469-2011,500,,"
    said = place(csv(right, right.replace("江城市,", "峡江市,").replace("500", "9")))

    assert Organisation.objects.get().city == "江城市"
    assert said.rows[1].notes[-1] == (
        "The line says 峡江市; by its name the hospital is in 江城市."
    )


def test_a_known_hospital_is_found_by_name_and_is_not_entered_again():
    known = create_hospital(legal_name="甲医院", city="武汉市")

    said = place(csv(ONE))

    assert Need.objects.get().hospital == known
    assert said.organisations == ()


def test_what_a_hospital_posted_itself_is_there_already():
    hospital = create_hospital(legal_name="甲医院", city="武汉")
    (row,) = read(csv(ONE)).rows
    engine.begin(
        Need,
        "write",
        actor=actor_of(Role.HOSPITAL, org=hospital.code),
        facts=Written(lines=(importing.asked(row),)),
        at=AT,
        hospital=hospital,
    )

    assert [row.again for row in place(csv(ONE)).rows] == [True]


def test_a_credit_code_of_another_organisation_is_refused():
    code = credit_code(77)
    create_hospital(legal_name="丙医院", credit_code=code)

    said = place(csv(ONE + code, TWO))

    assert [row.outcome for row in said.rows] == ["refused", "placed"]
    assert said.rows[0].notes == ("The credit code belongs to 丙医院.",)


def test_one_credit_code_for_two_hospitals_of_a_file_is_refused():
    code = credit_code(78)

    said = place(csv(ONE + code, TWO + code))

    assert [row.outcome for row in said.rows] == ["placed", "refused"]
    assert Organisation.objects.get().credit_code == code


def test_a_spreadsheet_is_read_with_its_numbers_and_other_sheets_named():
    data = xlsx(
        ["需求汇总"],
        ["医院", "物资", "规格", "数量", "来源"],
        ["甲医院", "医用外科口罩", "YY 0469-2010", 500, NOTICE],
        [None, "医用防护服", "GB 19082-2009", "约20", NOTICE],
    )

    said = place(data, source="")

    assert said.counts == {"placed": 0, "changed": 2, "refused": 0}
    assert drafts() == [("mask.yy0469-2011", 500), ("coverall.gb19082-2009", 20)]
    assert said.remarks == ("Above the header, not read: line 1.",)


def test_items_that_the_site_does_not_have_yet_are_refused():
    said = place(csv(ONE, ONE.replace("医用外科口罩,YY 0469-2011", "手术衣,")))

    assert [row.outcome for row in said.rows] == ["placed", "refused"]
    assert said.rows[1].notes == (
        "This item is not in the catalogue of this site yet: it must be loaded first.",
    )
