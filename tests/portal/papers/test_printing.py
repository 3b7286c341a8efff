"""Papers: the page to print is always there; the PDF has its fonts in it and fetches nothing."""

import io
import subprocess
import sys

import pytest
import segno
import zxingcpp
from django.template.loader import render_to_string
from django.test import RequestFactory
from PIL import Image
from pypdf import PdfReader

from portal.papers.apps import says_where_no_pdf_is_made
from portal.papers.printing import NoPdf, as_pdf, paper
from portal.papers.templatetags.papers import paper_links, qr

PAGE = """<!DOCTYPE html><html lang="zh-Hans"><head><title>装箱单</title></head>
<body class="sheet"><h1>装箱单 · Packing list</h1><p>医用外科口罩 600 只</p>{more}</body></html>"""


def fonts_of(reader):
    """Every font of every page with whether its file is in the PDF."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            kind = font.get_object()["/DescendantFonts"][0].get_object()
            told = kind["/FontDescriptor"].get_object()
            found[str(told["/FontName"])] = bool({"/FontFile2", "/FontFile3"} & set(told))
    return found


def answer(query=""):
    request = RequestFactory().get(f"/some/paper/{query}")
    return paper(request, "papers/paper.html", {}, name="S-EXAMPLE-list")


@pytest.fixture
def no_weasyprint(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)


def test_the_page_to_print_has_no_need_of_anything(no_weasyprint):
    response = answer("?print")

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert b"Save as PDF" not in response.content
    assert b"makes no PDF" not in response.content  # nobody asked for one


def test_without_weasyprint_the_page_comes_and_says_so(no_weasyprint):
    response = answer()

    assert response["Content-Type"].startswith("text/html")
    assert b"This site makes no PDF" in response.content


def test_without_weasyprint_the_button_and_the_check_say_so(no_weasyprint):
    links = render_to_string("papers/_links.html", paper_links("/some/paper/", "Packing list"))

    assert "makes no PDF" in links
    assert "(PDF)" not in links
    assert [m.id for m in says_where_no_pdf_is_made()] == ["papers.I001"]


def test_nobody_keeps_a_paper_in_a_shared_cache():
    assert "no-store" in answer("?print")["Cache-Control"]


def test_a_qr_code_of_a_paper_is_read_again():
    picture = io.BytesIO()
    address = "https://tests.shanji.example/s/S-2345678923"
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=4, border=4)

    assert zxingcpp.read_barcode(Image.open(picture)).text == address
    assert 'alt="QR code that opens S-2345678923"' in qr(address, "S-2345678923")


@pytest.mark.services
def test_the_pdf_has_chinese_text_and_its_fonts_in_it():
    reader = PdfReader(io.BytesIO(as_pdf(PAGE.format(more=""))))

    assert "医用外科口罩 600 只" in reader.pages[0].extract_text()
    fonts = fonts_of(reader)
    assert fonts
    assert all(fonts.values()), fonts
    assert any("CJK" in name for name in fonts)
    assert reader.metadata.title == "装箱单"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # tagged, for screen readers
    assert reader.trailer["/Root"]["/Lang"] == "zh-Hans"


@pytest.mark.services
def test_the_same_content_gives_the_same_bytes_in_another_process(child_env):
    code = (
        "import sys, django; django.setup();"
        "from portal.papers.printing import as_pdf;"
        "sys.stdout.buffer.write(as_pdf(sys.argv[1]))"
    )
    page = PAGE.format(more=qr("https://tests.shanji.example/s/S-2345678923"))
    other = subprocess.run(
        [sys.executable, "-c", code, page], env=child_env, capture_output=True, check=True
    )

    assert other.stdout == as_pdf(page) == as_pdf(page)


@pytest.mark.services
@pytest.mark.parametrize(
    "more",
    [
        '<img src="file:///etc/passwd" alt="">',
        '<img src="http://127.0.0.1:9/a.png" alt="">',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_a_paper_fetches_nothing(more):
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        as_pdf(PAGE.format(more=more))


@pytest.mark.services
def test_the_pdf_is_shown_under_its_name():
    response = answer()

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="S-EXAMPLE-list.pdf"'
    assert response.content.startswith(b"%PDF-1.7")


def test_no_pdf_is_an_error_of_its_own(no_weasyprint):
    with pytest.raises(NoPdf):
        as_pdf(PAGE.format(more=""))
