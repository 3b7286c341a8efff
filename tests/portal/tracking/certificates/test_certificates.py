"""Certificates: of what was confirmed or received alone, by a number that answers for itself."""

import base64
import io
import re
import sys

import pytest
import zxingcpp
from django.db import transaction
from PIL import Image

import ledger.api as ledger
from ledger.core import codes
from portal.funds.models import MoneyGift
from portal.funds.money_stages import Refunded, RefundProposed, RefundReason, Shown
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.tracking.certificates.certificate import Certificate
from portal.tracking.certificates.certifying import number_of
from portal.tracking.models import Gift
from portal.tracking.projection import checking, projecting
from tests.factories.clock import AT
from tests.factories.funds import YUAN, create_fund, give, member_of
from tests.factories.receipts import confirm
from tests.factories.shipping import create_shipment
from tests.portal.tracking.stories import GOGGLES, MASK, Story, posting, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def world(story, seal_and_project):
    told = whole(story)
    seal_and_project()
    return told


def certificates(gift):
    return list(Certificate.objects.filter(gift=gift).order_by("n"))


def misread(number):
    """The number with another last sign."""
    return number[:-1] + ("3" if number[-1] == "2" else "2")


def read(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def address_in_qr(page):
    """What a phone reads from the paper."""
    picture = re.search(r'<img class="qr" src="data:image/png;base64,([^"]+)"', page)[1]
    return zxingcpp.read_barcode(Image.open(io.BytesIO(base64.b64decode(picture)))).text


def correct(story, world, *, back):
    """The hospital counted too many: so many go from received to lost."""
    gift, first = world["gift"], world["first"]
    booked = [posting(gift, world["lot"], MASK, back, f"received:{first}", f"lost:{first}")]
    story.say("receipt.recount", world["shipments"][0], gift, first, postings=booked)


def test_acceptance_28_the_qr_opens_the_live_page_and_a_forged_number_says_so(client, world):
    gift = world["gift"]
    number = certificates(gift)[-1].code
    address = address_in_qr(read(client, f"/en/g/{gift}/certificate/"))

    assert address == f"https://tests.shanji.example/certificates/{number}/"
    page = read(client, f"/en/certificates/{number}/")
    assert "This certificate is valid." in page
    assert f'href="/en/g/{gift}/"' in page
    for forged in (codes.mint("Z"), misread(number), "Z-NONSENSE", gift):
        page = read(client, f"/en/certificates/{forged}/", status=404)
        assert "forged or misread" in page, forged
        assert forged in page
    page = client.get(f"/zh/certificates/{codes.mint('Z')}/").content.decode()
    assert "This certificate is valid" not in page


@pytest.mark.usefixtures("log")
def test_acceptance_28_by_the_real_moves_the_hospital_s_word_makes_the_certificate(
    client, seal_and_project
):
    shipment = create_shipment(stage="delivered")
    gift = Pledge.objects.get(lot__shipmentline__shipment=shipment)
    seal_and_project()
    assert "Note of a promise" in read(client, f"/en/g/{gift.code}/certificate/")

    confirm(shipment)
    seal_and_project()
    (row,) = certificates(gift.code)
    assert row.cause == "receipt.confirm"
    address = address_in_qr(read(client, f"/en/g/{gift.code}/certificate/"))
    page = read(client, address.replace("https://tests.shanji.example", "/en"))
    assert "This certificate is valid." in page
    assert f"confirmed by {shipment.hospital.name_en or shipment.hospital.legal_name}" in page
    assert checking.differences() == []


def test_r23_only_what_was_confirmed_stands_in_it_and_a_promise_gets_another_paper(
    client, story, world, seal_and_project
):
    paper = read(client, f"/en/g/{world['gift']}/certificate/")
    assert "Certificate of a gift" in paper
    assert re.findall(r'<td class="n">([^<]+)</td><td>([^<]+)</td>', paper) == [
        ("600 pieces", "Jiangcheng First Hospital"),
        ("90 pieces", "Baisha County Hospital"),
    ]
    assert "1,000" not in paper, "what was promised"
    assert "¥" not in paper

    promised = story.gift((GOGGLES, 40, None, 0), name="晨光公司")
    lot = story.goods_in(promised, world["house"], world["charity"], GOGGLES, 40)
    seal_and_project()
    assert certificates(promised) == [], "counted in a warehouse is not confirmed"
    note = read(client, f"/en/g/{promised}/certificate/")
    assert "Note of a promise" in note
    assert "This is no certificate." in note
    assert "Certificate of a gift" not in note
    assert 'class="frame"' not in note
    assert address_in_qr(note) == f"https://tests.shanji.example/g/{promised}/"
    assert lot


def test_the_number_follows_from_the_seal_and_nobody_chooses_it(world):
    for row in certificates(world["gift"]):
        entry = ledger.entry(row.seq)
        assert row.leaf == entry.leaf.hex()
        assert row.code == number_of(entry.leaf, row.gift)
        assert codes.check(row.code)
        assert row.cause == entry.body["type"]


def test_each_confirmation_makes_a_number_and_ends_the_one_before(client, world):
    first, second = certificates(world["gift"])
    assert [row["amount"] for row in first.rows] == [600]
    assert sorted(row["amount"] for row in second.rows) == [90, 600]
    assert (first.ended_by, first.ended_seq) == (second.code, second.seq)
    assert (second.ended_seq, second.corrected) == (None, False)

    old = read(client, f"/en/certificates/{first.code}/")
    assert "was superseded" in old
    assert f'href="/en/certificates/{second.code}/"' in old
    assert "600" in old, "what the old paper said stays visible"
    assert "It replaces every earlier number" in read(client, f"/en/g/{world['gift']}/certificate/")


def test_a_correction_makes_a_new_number_that_says_corrected(
    client, story, world, seal_and_project
):
    correct(story, world, back=50)
    seal_and_project()
    _first, before, now = certificates(world["gift"])

    assert now.corrected
    assert before.ended_by == now.code
    paper = read(client, f"/en/g/{world['gift']}/certificate/")
    assert "As corrected on" in paper
    assert "550" in paper
    old = read(client, f"/en/certificates/{before.code}/")
    assert f"Because of entry {now.seq}" in old
    assert "corrected" in old


def test_where_nothing_is_left_the_last_number_ends_and_the_paper_says_so(
    client, story, world, seal_and_project
):
    gift, lot = world["gift"], world["lot"]
    booked = [
        posting(gift, lot, MASK, n, f"received:{world[h]}", f"returned:{gift}")
        for h, n in (("first", 600), ("second", 90))
    ]
    story.say("lot.recall", lot, gift, postings=booked)
    seal_and_project()
    last = certificates(gift)[-1]

    assert (last.ended_by, last.ended_cause) == ("", "lot.recall")
    assert "Nothing of this gift is certified" in read(client, f"/en/certificates/{last.code}/")
    note = read(client, f"/en/g/{gift}/certificate/")
    assert f"Certificate {last.code} of this gift is no longer valid" in note
    assert checking.differences() == []


def test_rebuilt_and_compared_the_certificates_are_the_same(world):
    before = list(Certificate.objects.order_by("gift", "n").values_list("code", "ended_by"))
    projecting.rebuild()

    assert checking.differences() == []
    assert list(Certificate.objects.order_by("gift", "n").values_list("code", "ended_by")) == before
    Certificate.objects.filter(n=1).update(rows=[])
    assert [found["table"] for found in checking.differences()] == ["tracking_certificate"]


def test_it_looks_like_no_official_receipt(client, world):
    chinese = read(client, f"/zh/g/{world['gift']}/certificate/")
    for word in ("财政", "监制", "发票", "公益事业", "收据"):
        assert word not in chinese
    assert "票据" not in chinese.replace("不是票据", "")
    assert "no official receipt" in read(client, f"/en/g/{world['gift']}/certificate/")


def test_an_anonymous_donor_has_a_certificate_without_a_name(
    client, story, world, seal_and_project
):
    gift = story.gift((MASK, 10, world["need"], 1))
    lot = story.goods_in(gift, world["house"], world["charity"], MASK, 10)
    booked = [posting(gift, lot, MASK, 10, f"stock:{world['house']}", f"received:{world['first']}")]
    story.say("receipt.confirm", codes.mint("S"), gift, world["first"], postings=booked)
    seal_and_project()

    assert "stays anonymous" in read(client, f"/en/g/{gift}/certificate/")
    assert "晨光公司" in read(client, f"/en/g/{world['gift']}/certificate/")


def test_acceptance_17_after_an_erasure_the_reprint_holds_no_name(client, world):
    gift = world["gift"]
    number = certificates(gift)[-1].code
    paths = (f"/en/g/{gift}/certificate/", f"/en/certificates/{number}/")
    before = [client.get(path) for path in paths]
    with transaction.atomic():
        ledger.erase([Gift.objects.get(code=gift).uid], at=AT)

    for path, old in zip(paths, before, strict=True):
        assert "晨光公司" in old.content.decode()
        again = client.get(path, headers={"If-None-Match": old["ETag"]})
        assert again.status_code == 200
        assert "晨光公司" not in again.content.decode()
        assert "erased on request" in again.content.decode()


@pytest.mark.usefixtures("log")
def test_a_gift_of_money_is_certified_when_it_came_and_after_a_refund_anew(
    client, seal_and_project
):
    fund = create_fund(fee_bp=500)
    gift = give(fund, 1409_50, shown=Shown.MASKED, donor_name="王小明")
    unknown = give(None, 7 * YUAN, org=fund.org)
    actor = member_of(fund.org)
    seal_and_project()
    paper = read(client, f"/zh/g/{gift.code}/certificate/")
    assert "人民币壹仟肆佰零玖元伍角" in paper
    assert "王某" in paper
    assert "王小明" not in paper
    assert certificates(unknown.code) == [], "whose it is is not known"

    facts = RefundProposed(amount=409_50, reason=RefundReason.DONOR)
    engine.advance(MoneyGift, gift.code, "propose_refund", actor=actor, facts=facts, at=AT)
    facts = Refunded(bank_reference="1")
    engine.advance(MoneyGift, gift.code, "refund", actor=member_of(fund.org), facts=facts, at=AT)
    seal_and_project()
    first, second = certificates(gift.code)
    assert (first.ended_by, first.ended_cause) == (second.code, "money.refund")
    assert second.corrected
    paper = read(client, f"/en/g/{gift.code}/certificate/")
    assert "人民币壹仟元整" in paper
    assert "¥1,000.00" in paper
    assert "Certificate" in read(client, f"/en/g/{gift.code}/")
    assert checking.differences() == []


def test_a_typed_number_leads_to_its_page(client, world):
    number = certificates(world["gift"])[0].code
    typed = number.lower().replace("-", " ")

    for address in (f"/en/certificates/?q={typed}", f"/en/g/?q={typed}"):
        assert client.get(address)["Location"] == f"/en/certificates/{number}/"
    assert client.get(f"/en/certificates/{number.lower()}/")["Location"].endswith(f"{number}/")
    wrong = read(client, f"/en/certificates/?q={misread(number)}", status=422)
    assert "does not check" in wrong
    assert "begins with Z" in read(client, "/en/certificates/")


def test_papers_and_numbers_ask_little_and_answer_304(client, world, django_assert_max_num_queries):
    number = certificates(world["gift"])[0].code
    for address in (f"/en/g/{world['gift']}/certificate/", f"/en/certificates/{number}/"):
        first = client.get(address)
        assert not first.cookies
        with django_assert_max_num_queries(5):
            client.get(address)
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_the_pages_of_things_print_with_a_qr_code_that_opens_them(client, world):
    for path in (f"needs/{world['need']}/", f"shipments/{world['shipments'][0]}/"):
        page = read(client, f"/en/{path}")
        told = re.search(r'pqr" aria-hidden="true"><img src="data:image/png;base64,([^"]+)"', page)
        picture = Image.open(io.BytesIO(base64.b64decode(told[1])))
        assert zxingcpp.read_barcode(picture).text == f"https://tests.shanji.example/{path}"


def test_without_weasyprint_the_pdf_s_address_gives_the_page(client, world, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    assert "makes no PDF" in read(client, f"/en/g/{world['gift']}/certificate.pdf")


@pytest.mark.usefixtures("still")
def test_too_many_papers_for_one_address_are_refused(client, world, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr("portal.tracking.certificates.certified.A_MINUTE", 1)
    address = f"/en/g/{world['gift']}/certificate.pdf"

    found = [client.get(address).status_code for _n in range(3)]
    assert found[0] == 200
    assert found[-1] == 429


@pytest.mark.services
def test_the_pdf_holds_the_chinese_text_and_all_its_fonts(client, world):
    from pypdf import PdfReader

    answer = client.get(f"/zh/g/{world['gift']}/certificate.pdf")
    reader = PdfReader(io.BytesIO(answer.content))

    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    assert "江城第一医院" in text
    assert certificates(world["gift"])[-1].code in text
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        kind = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(kind.get_object())
    again = client.get(
        f"/zh/g/{world['gift']}/certificate.pdf", headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304
