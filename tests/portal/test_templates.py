"""Templates: all can be read, none has inline style or script, every component comes out."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import get_template, render_to_string
from django.test import override_settings
from django.utils import translation

from tests.portal.samples import components

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "templates", *ROOT.glob("portal/*/templates"), ROOT / "ledger/templates"]
TEMPLATES = {
    str(path.relative_to(folder)): path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.html"))
}
COMPONENTS = sorted(path.stem for path in (ROOT / "templates/_components").glob("*.html"))
ICONS = {
    symbol.get("id")
    for symbol in ElementTree.parse(ROOT / "static/img/icons.svg").getroot()  # noqa: S314 -- ours
}
FORBIDDEN = [
    re.compile(r"\sstyle\s*=", re.I),
    re.compile(r"<style", re.I),
    re.compile(r"\son[a-z]+\s*=", re.I),
    re.compile(r"\bhx-on|javascript:|hx-vals\s*=\s*['\"]js", re.I),
    re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    re.compile(r"\bhx-trigger\s*=\s*[\"'][^\"']*\["),
    re.compile(r"\|\s*safe\b"),
]
VOID = {"meta", "link", "input", "img", "br", "hr", "source", "wbr"}
LANGUAGES = ["zh-hans", "en"]


class Balanced(HTMLParser):
    """Complains of elements that are closed in the wrong order, and of ids given twice."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.names = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def parsed(text):
    page = Balanced()
    page.feed(text)
    page.close()
    return page


def chain(template):
    """Rendered on its own, with nothing but what every page has."""
    languages = [
        {"code": "zh-hans", "name": "中文", "address": "/zh/x/", "current": False},
        {"code": "en", "name": "English", "address": "/en/x/", "current": True},
    ]
    return render_to_string(template, {"languages": languages, "canonical": "https://x/en/x/"})


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_can_be_read(name):
    assert get_template(name).template.name == name


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_has_style_script_or_handler_in_it(name):
    text = TEMPLATES[name].read_text()

    assert [rule.pattern for rule in FORBIDDEN if rule.search(text)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_icon_named_is_in_the_sprite(name):
    named = set(re.findall(r"\{% icon [\"']([^\"']+)[\"'] %\}", TEMPLATES[name].read_text()))

    assert named - ICONS == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_at_most_eighty_lines(name):
    assert len(TEMPLATES[name].read_text().splitlines()) <= 80


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_opens_by_saying_what_it_shows(name):
    assert TEMPLATES[f"_components/{name}.html"].read_text().startswith("{# ")


def test_every_component_has_a_sample():
    assert sorted(components("en")) == COMPONENTS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_comes_out_whole(name, language):
    with translation.override(language):
        pages = [
            parsed(render_to_string(f"_components/{name}.html", context))
            for context in components(language)[name]
        ]

    assert [page.open + page.wrong for page in pages] == [[] for _ in pages]
    assert [len(set(page.ids)) for page in pages] == [len(page.ids) for page in pages]


def test_what_people_wrote_is_shown_as_text():
    row = components("en")["_need_row"][0]["row"] | {"name": "<script>x</script>", "who": "<b>"}

    shown = render_to_string("_components/_need_row.html", {"row": row})

    assert "script" not in parsed(shown).names
    assert "&lt;script&gt;x&lt;/script&gt;" in shown


def test_a_wrong_field_is_tied_to_its_sentence():
    form = components("en")["_form"][0]["form"]

    shown = render_to_string("_components/_field.html", {"field": form["title"]})

    assert 'aria-describedby="id_title_helptext id_title_error"' in shown
    assert 'id="id_title_error"' in shown
    assert 'aria-invalid="true"' in shown


def test_the_summary_links_every_sentence_to_its_field():
    context = components("en")["_errors"][0]

    shown = render_to_string("_components/_errors.html", context)

    targets = re.findall(r'href="#([^"]+)"', shown)
    assert targets == [
        *["id_title", "id_kind", "id_city", "id_agreed"],
        *["id_lines-0-quantity", "id_lines-0-unit", "id_lines-1-item"],
    ]
    assert "Line 1, Quantity: " in shown


def test_a_form_without_mistakes_has_no_summary():
    form = components("en")["_field"][0]["field"].form

    assert render_to_string("_components/_errors.html", {"form": form}).strip() == ""


def test_the_pieces_of_a_bar_fill_it():
    segments = components("en")["_splitbar"][0]["segments"]

    shown = render_to_string("_components/_splitbar.html", {"segments": segments})

    widths = [float(part) for part in re.findall(r'y="0" width="([\d.]+)%"', shown)]
    assert len(widths) == 5  # nothing was returned
    assert 99.9 < sum(widths) < 100.1
    assert min(widths) > 0.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_public_page_has_neither_token_nor_reader(language):
    with translation.override(language):
        shown = render_to_string("base.html", {"user": "somebody", "csrf_token": "k" * 32})

    page = parsed(shown)
    assert (page.open, page.wrong) == ([], [])
    assert "somebody" not in shown
    assert "k" * 32 not in shown
    assert "form" not in page.names


def test_a_page_leads_to_itself_in_the_other_language():
    shown = chain("base.html")

    assert '<a href="/zh/x/" lang="zh-hans" hreflang="zh-hans">中文</a>' in shown
    assert '<link rel="canonical" href="https://x/en/x/">' in shown


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "410", "429", "500", "503"])
def test_a_refusal_comes_out_with_nothing_to_say(name):
    page = parsed(get_template(f"{name}.html").render())

    assert (page.open, page.wrong) == ([], [])
    assert page.names.count("h1") == 1


@pytest.mark.parametrize("name", ["500", "503"])
def test_the_page_for_the_worst_asks_nothing_of_anybody(name):
    source = TEMPLATES[f"{name}.html"].read_text()

    assert "{%" not in source
    assert "{{" not in source


@pytest.mark.parametrize("name", ["site.css", "admin.css", "site.js", "img/mark.svg"])
def test_static_files_load_nothing_from_elsewhere(name):
    text = (ROOT / "static" / name).read_text().replace("http://www.w3.org/", "")

    assert re.findall(r"https?://|@import|url\(", text) == []


def test_a_demonstration_says_so():
    shown = {demo: render_to_string("base.html", {"demo": demo}) for demo in (True, False)}

    assert 'class="demo"' in shown[True]
    assert 'class="demo"' not in shown[False]


@override_settings(DEBUG=False)
def test_htmx_is_told_to_evaluate_nothing():
    shown = render_to_string("tracking/_htmx.html")

    config = re.search(r"<meta name=\"htmx-config\" content='([^']+)'>", shown).group(1)
    assert '"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false' in config
    assert '"historyCacheSize":0,"selfRequestsOnly":true' in config


def whole(name):
    """The text of a template and of all of ours that it includes by name."""
    text = TEMPLATES[name].read_text()
    parts = re.findall(r'\{% include "([^"]+)"', text)
    return text + "".join(whole(part) for part in parts if part in TEMPLATES)


def test_htmx_is_loaded_where_it_has_something_to_do_and_nowhere_else():
    pages = {name: text for name in TEMPLATES if "{% extends" in (text := whole(name))}

    given = {name for name, text in pages.items() if "{% htmx_script %}" in text}
    assert given == {name for name, text in pages.items() if "hx-get=" in text}
    assert "tracking/gift.html" in given


@pytest.mark.parametrize("name", ["base.html", "staff.html"])
def test_every_link_of_menu_and_foot_leads_somewhere(name):
    shown = chain(name)

    assert re.findall(r"<(?:a|form)[^>]*(?:href|action)=\"\"[^>]*>", shown) == []
