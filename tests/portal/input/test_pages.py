"""The tags and filters that every template may use."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.utils import translation

from portal.input.templatetags import pages

AT = datetime(2026, 11, 19, 7, 42, 9, tzinfo=UTC)


def in_both(shown):
    answers = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            answers.append(shown())
    return answers


def test_numbers_are_grouped_by_thousands():
    assert [pages.grouped(n) for n in (0, 999, 1234, -1234567, "1000", None, "")] == [
        *["0", "999", "1,234", "-1,234,567", "1,000", "", ""],
    ]


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        (0, "0", "0"),
        (1, "1", "1"),
        (9_999, "9,999", "9,999"),
        (10_000, "1 万", "10,000"),
        (-10_000, "-1 万", "-10,000"),
        (123_456_789, "1.2345 亿", "123.45 million"),
        (-123_456_789, "-1.2345 亿", "-123.45 million"),
        (12_345, "1.23 万", "12,345"),
        (745_780_000, "7.4578 亿", "745.78 million"),
        (99_999_999, "9,999.99 万", "99.99 million"),
        (100_000_000, "1 亿", "100 million"),
        (1_000_000_000, "10 亿", "1 billion"),
    ],
)
def test_large_numbers_are_cut_never_rounded_up(number, chinese, english):
    written = in_both(lambda: " ".join(filter(None, pages.in_large_units(number))))

    assert written == [chinese, english]


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        (0, "0", "0"),
        (99_999, "99,999", "99,999"),
        (100_000, "10万", "100k"),
        (149_999, "14万", "149k"),
        (1_500_000, "150万", "1.5m"),
        (99_999_999, "9,999万", "99m"),
        (150_000_000, "1.5亿", "150m"),
        (-250_000, "-25万", "-250k"),
    ],
)
def test_on_a_tile_or_an_axis_five_signs_say_it(number, chinese, english):
    assert in_both(lambda: pages.narrow(number)) == [chinese, english]


def test_a_round_number_carries_its_exact_one():
    assert pages.exactly("9,999", 9999, "") == "9,999"
    assert pages.exactly("1.23 万", 12345, "12,345 只") == (
        '<data value="12345" title="12,345 只">1.23 万</data>'
    )


def test_money_is_shown_to_the_fen():
    assert [pages.yuan(n) for n in (0, 5, 16_983_000, -150, None)] == [
        *["¥0.00", "¥0.05", "¥169,830.00", "-¥1.50", ""],
    ]


def test_a_hash_is_shortened_and_a_short_one_left():
    assert pages.short_hash("5b2305cc" + "0" * 50 + "6e029b") == "5b2305cc…6e029b"
    assert pages.short_hash(bytes.fromhex("5b2305cc" + "00" * 21 + "6e029b")) == "5b2305cc…6e029b"
    assert pages.short_hash("5b2305cc") == "5b2305cc"


def test_a_time_is_that_of_shanghai_in_the_words_of_the_page():
    chinese, english = in_both(lambda: pages.when(AT))

    assert chinese == (
        '<time datetime="2026-11-19T15:42:09+08:00" title="2026-11-19 15:42:09 (UTC+8)">'
        "11 月 19 日 15:42</time>"
    )
    assert english.endswith(">19 Nov 15:42</time>")


def test_a_time_may_say_its_year():
    assert [text.split(">")[1] for text in in_both(lambda: pages.when(AT, "year"))] == [
        "2026 年 11 月 19 日 15:42</time",
        "19 Nov 2026 15:42</time",
    ]


def test_the_time_of_an_entry_is_read_from_its_text():
    assert pages.when("2026-11-19T07:42:09.000Z") == pages.when(AT)


@pytest.mark.parametrize("value", ["2026-11-20", date(2026, 11, 20), "2026-11-19T16:00:00Z"])
def test_a_day_is_the_day_in_shanghai(value):
    assert in_both(lambda: pages.day(value)) == [
        '<time datetime="2026-11-20">11 月 20 日</time>',
        '<time datetime="2026-11-20">20 Nov</time>',
    ]


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_shown_for_no_time(value):
    assert (pages.when(value), pages.day(value)) == ("", "")


def test_an_icon_is_for_the_eye_only():
    assert pages.icon("truck") == (
        '<svg class="i" aria-hidden="true" focusable="false">'
        '<use href="/static/img/icons.svg#truck"></use></svg>'
    )


def test_the_parts_of_a_bar_lie_side_by_side():
    parts = pages.laid_out([{"amount": 30}, {"amount": 0}, {"amount": 10}])

    assert [(part.x, part.width) for part in parts] == [("0.00%", "75.00%"), ("75.00%", "25.00%")]


def test_the_smallest_part_can_still_be_seen():
    parts = pages.laid_out([{"amount": 999_999}, {"amount": 1}])

    assert float(parts[1].width[:-1]) > 0.5


def test_a_bar_of_nothing_has_no_parts():
    assert pages.laid_out([{"amount": 0}]) == []


class Line(forms.Form):
    quantity = forms.IntegerField(label="Quantity", min_value=1)
    once = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("Nothing fits.")


def sent_lines():
    data = {"n-TOTAL_FORMS": "1", "n-INITIAL_FORMS": "0", "n-0-quantity": "0", "n-0-once": "k"}
    return forms.formset_factory(Line, max_num=0, validate_max=True)(data, prefix="n")


def test_mistakes_are_told_by_line_and_lead_to_their_field():
    with translation.override("en"):
        found = pages.mistakes(None, sent_lines())

    assert [tuple(mistake) for mistake in found] == [
        ("", "Please submit at most 0 forms."),
        ("", "Line 1: Nothing fits."),
        ("id_n-0-quantity", "Line 1, Quantity: Ensure this value is greater than or equal to 1."),
    ]


def test_a_form_is_asked_for_the_lines_it_carries_but_once():
    form, rows = forms.Form({}), sent_lines()
    form.rows = {"n": rows}

    assert len(pages.mistakes(form, rows)) == len(pages.mistakes(form)) == 3


def test_who_only_wants_more_lines_is_told_of_no_mistake():
    form = Line({})
    form.wants_more = "n"

    assert pages.mistakes(form) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2,000 只已确认", '<span class="num">2,000 只</span>已确认'),
        ("mask GB 19083-2010.", 'mask <span class="num">GB 19083-2010</span>.'),
        ("by G-7K2M9Q4TX5", 'by <span class="num">G-7K2M9Q4TX5</span>'),
        ("<b> 5 只 & more", '&lt;b&gt; <span class="num">5 只</span> &amp; more'),
        ("nothing of it", "nothing of it"),
    ],
)
def test_numbers_keep_their_unit_on_the_line_and_the_text_stays_escaped(text, shown):
    assert pages.unbroken(text) == shown


def test_a_date_in_a_sentence_is_written_as_everywhere():
    assert in_both(lambda: pages.day_words(date(2026, 11, 8))) == [
        "2026 年 11 月 8 日",
        "8 Nov 2026",
    ]


def test_each_cell_knows_the_name_of_its_column():
    assert pages.under([1, 2], ["sent", "came"]) == [("sent", 1), ("came", 2)]
