"""Messy need lists: every row placed, changed or refused, and none lost."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.input.uscc import check_uscc, is_marker
from portal.needs import reading
from portal.needs.notes import COLUMNS, SENTENCES, Kind, Note
from portal.needs.reading import Unreadable, read

MESSY = Path(__file__).with_name("messy.csv")
DEMO = Path(reading.__file__).with_name("demo_needs.csv")
HEADER = "省份,城市,区县,医院,物资,规格,数量,来源"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
MOBILE = "1" + "3" + "0" * 9


def listed(*rows, header=HEADER):
    return read("\n".join((header, *rows)).encode())


def only(*rows, **more):
    (row,) = listed(*rows, **more).rows
    return row


def codes(row):
    return [note.code for note in row.notes]


def row_with(quantity, item="医用外科口罩"):
    return f"湖北,江城市,,江城第一示范医院,{item},,{quantity},"


def test_the_messy_sample_is_read_as_expected():
    found = read(MESSY.read_bytes())

    assert found.counts == {"placed": 1, "changed": 34, "refused": 6}
    assert found.above == (1,)
    assert found.columns_left_out == 1
    assert {row.line: codes(row)[0] for row in found.rows if row.outcome == "refused"} == {
        24: "placeholder",
        31: "ambiguous",
        36: "several_items",
        37: "not_in_catalogue_at_all",
        40: "quantity_zero",
        41: "formula",
    }


def test_every_filled_line_below_the_header_is_a_row_with_its_line_number():
    found = read(MESSY.read_bytes())

    assert [row.line for row in found.rows] == [*range(3, 43), 44]  # one cell holds a line break


def test_the_demonstration_list_is_read_without_a_refusal():
    found = read(DEMO.read_bytes())
    hospitals = {(row.hospital, row.credit_code) for row in found.rows}

    assert found.counts == {"placed": 50, "changed": 28, "refused": 0}
    assert len(hospitals) == 13
    assert len({row.city for row in found.rows}) == 11
    assert all(check_uscc(code) == code and is_marker(code) for _name, code in hospitals)
    assert {len({c for n, c in hospitals if n == name}) for name, _code in hospitals} == {1}


def test_a_clean_row_is_placed_as_it_is():
    row = only(
        "湖北,江城市,东湖区,江城第一示范医院,医用外科口罩,YY 0469-2011,5000,https://example.org/1"
    )

    assert row.outcome == "placed"
    assert (row.province, row.city, row.district) == ("湖北", "江城市", "东湖区")
    assert (row.item, row.variant) == ("surgical-mask", "mask.yy0469-2011")
    assert (row.quantity_kind, row.quantity, row.unit) == ("exact", 5000, "piece")
    assert row.source == "https://example.org/1"
    assert row.notes == ()


def test_ones_everywhere_stand_for_not_given_but_one_device_may_be_meant():
    items = ["医用外科口罩", "防护服", "护目镜", "隔离衣", "ECMO", "呼吸机"]

    found = listed(*(row_with(1, item) for item in items))

    assert [(row.quantity_kind, row.quantity) for row in found.rows] == [
        *[("unknown", None)] * 4,
        *[("estimated", 1)] * 2,
    ]
    assert codes(found.rows[0]) == ["placeholder"]
    assert codes(found.rows[5]) == ["placeholder_or_one"]


def test_a_one_among_real_numbers_is_a_one():
    found = listed(row_with(500), row_with(200, "防护服"), row_with(1, "呼吸机"))

    assert [row.quantity for row in found.rows] == [500, 200, 1]
    assert [row.quantity_kind for row in found.rows] == ["exact"] * 3


def test_a_one_with_its_unit_is_no_placeholder():
    items = ["医用外科口罩", "防护服", "护目镜", "隔离衣"]

    found = listed(*(row_with(1, item) for item in items), row_with("1台", "呼吸机"))

    assert (found.rows[4].quantity_kind, found.rows[4].quantity) == ("exact", 1)


@pytest.mark.parametrize("column", range(8))
@pytest.mark.parametrize(
    "written",
    [
        MOBILE,
        f"张三 {MOBILE}",
        f"+86 {MOBILE}",
        "138-0000-0000",
        f"0086{MOBILE}",
        "１３０ ００００ 0000",
    ],
)
def test_a_cell_with_a_mobile_number_is_left_out_and_never_repeated(column, written):
    cells = [
        *["湖北", "江城市", "东湖区", "江城第一示范医院"],
        *["口罩", "GB 19083-2010", "5", "https://example.org"],
    ]
    cells[column] = written
    names = [name for name in COLUMNS if name not in {"credit_code", "unit"}]

    (row,) = found = listed(",".join(cells)).rows

    assert row.notes[0] == Note("mobile", {"column": names[column]})
    assert row.outcome != "placed"
    assert "0000" not in (repr(found) + "".join(map(str, row.notes))).replace("０", "0")


def test_a_mobile_number_in_a_column_that_is_not_read_is_said_as_well():
    row = only(f"{row_with(5)},{MOBILE}", header=HEADER + ",联系电话")

    assert codes(row) == ["mobile"]
    assert row.quantity == 5


def test_a_long_number_that_is_no_mobile_number_stays():
    row = only(row_with(5) + "https://example.org/12345678901234567890")

    assert row.source == "https://example.org/12345678901234567890"


def test_the_same_line_twice_is_refused_naming_the_first():
    first, second = listed(row_with(5), row_with(" 5 ")).rows

    assert (first.outcome, second.outcome) == ("placed", "refused")
    assert Note("duplicate", {"line": "2"}) in second.notes


def test_the_same_item_again_is_only_remarked():
    second = listed(row_with(5), row_with(6)).rows[1]

    assert (second.outcome, codes(second)) == ("placed", ["item_again"])


def test_a_hospital_named_once_for_several_rows_is_taken_from_above():
    second = listed(row_with(5), ",,,,防护服,,6,").rows[1]

    assert (second.hospital, second.city) == ("江城第一示范医院", "江城市")
    assert second.notes[0] == Note("from_above", {"column": "hospital", "line": "2"})


def test_a_district_that_is_another_city_is_remarked():
    found = listed(row_with(5), "湖北,峡江市,江城市,峡江示范医院,防护服,,6,")

    assert codes(found.rows[1]) == ["other_city"]


def test_formulas_are_text():
    row = only('湖北,江城市,,"=HYPERLINK(""http://e.org"")",防护服,,6,')

    assert row.hospital.startswith("=HYPERLINK(")
    assert codes(row) == ["formula"]


def test_a_row_with_too_many_cells_is_refused():
    assert codes(only(row_with(5) + ",too,many")) == ["too_many_cells"]


def test_an_unclosed_quotation_mark_loses_nothing_silently():
    rows = listed(
        row_with(5), '湖北,江城市,,"江城第二示范医院,防护服,,6,', *[row_with(7)] * 30
    ).rows

    assert rows[-1].outcome == "refused"
    assert "cell_too_long" in codes(rows[-1])
    assert rows[-1].notes[-1].code == "no_item"


def test_zero_width_and_tabs_are_cleaned_and_listed():
    row = only("湖北,江城市,,江城第一示范医院\t,医\u200b用外科口罩,,5,")

    assert (row.hospital, row.item) == ("江城第一示范医院", "surgical-mask")
    assert [(n.code, n.params["column"]) for n in row.notes] == [
        ("spaces", "hospital"),
        ("invisible", "item"),
    ]


def test_a_wrong_credit_code_is_left_out():
    row = only(f"{row_with(5)},12420100000000019Y", header=HEADER + ",统一社会信用代码")

    assert (row.credit_code, codes(row)) == ("", ["credit_code_wrong"])


def test_the_list_of_one_hospital_needs_no_hospital_column():
    data = "物资名称,单位,数量（只）\n医用手套,双,5\n医用外科口罩,,7".encode()

    found = read(data, hospital="江城第一示范医院")

    assert [(row.hospital, row.quantity) for row in found.rows] == [
        ("江城第一示范医院", 10),
        ("江城第一示范医院", 7),
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_encodings_and_separators(encoding, mark):
    text = f"{HEADER}\n{row_with(5)}\n".replace(",", mark)

    (row,) = read(text.encode(encoding)).rows

    assert (row.hospital, row.variant, row.quantity) == (
        "江城第一示范医院",
        "mask.surgical-mask.unstated",
        5,
    )


def test_english_headings_are_understood():
    row = only("Hubei,Jiangcheng,First,goggles,,500", header="Province,City,Hospital,Item,Spec,Qty")

    assert (row.hospital, row.item, row.quantity) == ("First", "goggles", 500)


def workbook(*rows, title="需求"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_xlsx_is_read_like_the_csv():
    with MESSY.open(newline="", encoding="utf-8") as file:
        book = workbook(*csv.reader(file))

    found, wanted = read(saved(book)), read(MESSY.read_bytes())

    assert found.counts == wanted.counts
    assert [row.notes for row in found.rows][:-3] == [row.notes for row in wanted.rows][:-3]


def test_numbers_formulas_and_other_sheets_of_an_xlsx():
    book = workbook(
        HEADER.split(","),
        ["湖北", "江城市", None, "江城第一示范医院", "医用外科口罩", None, 5000.0],
        ["湖北", "江城市", None, "江城第一示范医院", "防护服", None, "=2*300"],
        [],
        ["湖北", "江城市", None, "江城第一示范医院", "护目镜", None, int(MOBILE)],
    )
    book.create_sheet("说明").append(["只是说明"])

    found = read(saved(book))

    assert [(row.line, row.quantity_kind, row.quantity) for row in found.rows] == [
        (2, "exact", 5000),
        (3, "unknown", None),
        (5, "unknown", None),
    ]
    assert codes(found.rows[2]) == ["mobile"]
    assert found.sheets_left_out == ("说明",)


WHOLE = saved(workbook(HEADER.split(","), row_with(5).split(",")))


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", data)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing here",
        b"\xff" * 100,
        b"\xd0\xcf\x11\xe0old excel",
        b"PK\x03\x04broken",
        zipped(xl__workbook=b"<a/>"),
        (HEADER + ",x" * 60 + "\n").encode(),
        (HEADER + "\n" + (row_with(5) + "\n") * 5001).encode(),
        (HEADER + "\n" + "x" * 140_000 + "\n").encode(),
        bytes(10 * 2**20 + 1),
        saved(workbook(["a"] * 60)),
        saved(workbook(HEADER.split(",") + ["x"] * 60)),
        saved(workbook()),
    ],
    ids=range(13),
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(data):
    with pytest.raises(Unreadable) as refused:
        read(data)

    assert str(refused.value).endswith((".", "?"))


def repacked(**more):
    """A good workbook with other bytes in some of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as good, zipfile.ZipFile(file, "w", 8) as archive:
        parts = {name: good.read(name) for name in good.namelist()} | more
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_parsed():
    assert read(repacked(bomb=bytes(2**20))).counts["placed"] == 1

    with pytest.raises(Unreadable, match="32 MiB"):
        read(repacked(bomb=bytes(32 * 2**20)))


def test_a_workbook_that_declares_entities_is_refused():
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as good:
        sheet = good.read("xl/worksheets/sheet1.xml")
    declared = b'<!DOCTYPE worksheet [<!ENTITY a "b">]>' + sheet

    with pytest.raises(Unreadable, match="cannot be read"):
        read(repacked(**{"xl/worksheets/sheet1.xml": declared}))


def test_five_thousand_rows_are_read():
    rows = [f"湖北,江城市,,示范医院{n},防护服,,{n + 2}," for n in range(5000)]

    assert listed(*rows).counts == {"placed": 5000, "changed": 0, "refused": 0}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=65_536) | st.text(max_size=2000).map(lambda text: text.encode()))
def test_arbitrary_bytes_never_crash_the_reader(data):
    try:
        found = read(data)
    except Unreadable:
        return
    assert sum(found.counts.values()) == len(found.rows)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_xlsx_never_crashes_the_reader(data):
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))

    try:
        found = read(bytes(whole))
    except Unreadable:
        return
    assert sum(found.counts.values()) == len(found.rows)


CELL = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
    | st.sampled_from("万箱约1/|"),
    max_size=15,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=9), max_size=12))
def test_no_row_is_lost(rows):
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER.split(","))
    writer.writerows(rows)

    found = read(file.getvalue().encode())

    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert len(found.rows) == len(filled)
    assert sum(found.counts.values()) == len(filled)
    assert len({row.line for row in found.rows}) == len(filled)
    for row in found.rows:
        for note in row.notes:
            assert str(note)


def test_changes_and_refusals_always_have_a_reason():
    for row in read(MESSY.read_bytes()).rows:
        kinds = {note.kind for note in row.notes}
        assert (Kind.REFUSED in kinds) == (row.outcome == "refused")
        assert (row.outcome == "placed") == (not kinds & {Kind.REFUSED, Kind.CHANGED})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_note_of_the_sample_is_a_sentence_in_both_languages(language):
    with translation.override(language):
        said = [str(note) for row in read(MESSY.read_bytes()).rows for note in row.notes]

    assert [sentence for sentence in said if "%(" in sentence or not sentence] == []


def test_items_in_notes_are_named_in_the_reader_s_language():
    note = Note("ambiguous", {"written": "口罩", "items": "coverall goggles"})

    with translation.override("en"):
        assert "protective coverall, medical goggles" in str(note)
    with translation.override("zh-hans"):
        assert "医用一次性防护服、医用护目镜" in str(note)


def test_every_sentence_ends_and_has_a_kind():
    for code, sentence in SENTENCES.items():
        assert str(sentence)[-1] in ".?"
        assert Note(code).kind in Kind
