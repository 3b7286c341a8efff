"""T-P04, T-W06, acceptance 19: nothing of place, device and people comes through."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfReader

from portal.evidence import child
from portal.evidence.limits import Unfit
from portal.evidence.making import examine
from tests.portal.evidence import samples as s

SECRET = s.SECRET.encode()
MAKER = s.segment(0xE5, b"MAKER" + SECRET)
IPTC = s.segment(0xED, b"Photoshop 3.0\0" + SECRET)
MPF = s.segment(0xE2, b"MPF\0" + SECRET)
XMP = s.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + s.xmp())
COMMENT = s.segment(0xFE, SECRET)
SAMPLES = {
    "exif with gps": s.jpeg(exif=s.exif()),
    "comment": s.with_segments(s.jpeg(), COMMENT),
    "xmp": s.with_segments(s.jpeg(), XMP),
    "maker's notes": s.with_segments(s.jpeg(), MAKER),
    "iptc": s.with_segments(s.jpeg(), IPTC),
    "second picture": s.with_segments(s.jpeg(), MPF) + s.jpeg(2, exif=s.exif()),
    "exif, upside down": s.jpeg(exif=s.exif(orientation=3)),
    "colour profile": s.jpeg(icc_profile=b"prof" + SECRET * 9),
    "png text and exif": s.png(pnginfo=s.comments(Comment=s.SECRET), exif=s.exif()),
    "png of the phone": s.png(pnginfo=s.comments(**{"XML:com.adobe.xmp": s.xmp().decode()})),
    "webp": s.webp(exif=s.exif(), xmp=s.xmp()),
    "pdf": s.pdf(script=True, attached=True),
    "pdf with a photo": s.pdf(photo=s.with_segments(s.jpeg(exif=s.exif()), COMMENT, XMP)),
}
MARKS = (rb"Exif\0\0", rb"ns\.adobe\.com", rb"xmpmeta", rb"Photoshop", rb"MPF\0", rb"ICC_PROFILE")


@pytest.mark.parametrize("name", SAMPLES)
def test_t_p04_nothing_personal_comes_through(name):
    data = SAMPLES[name]
    assert SECRET in data or b"xmpmeta" in data, "the sample must hold what is looked for"

    found = examine(ContentFile(data))

    for shown in (found.copy, found.thumb):
        assert SECRET not in shown
        assert s.SECRET.encode("utf-16-le") not in shown
        assert not [mark for mark in MARKS if re.search(mark, shown)]


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("pdf")])
def test_acceptance_19_an_uploaded_photo_has_no_exif_and_no_gps(name):
    found = examine(ContentFile(SAMPLES[name]))

    for shown in (found.copy, found.thumb):
        picture = Image.open(io.BytesIO(shown))
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_t_p04_a_renamed_heic_is_refused():
    heic = b"\0\0\0\x18ftypheic\0\0\0\0" + SECRET
    with pytest.raises(Unfit, match="save them as JPEG"):
        examine(ContentFile(heic, name="IMG_0001.jpg"))


def test_t_w06_the_copy_stands_upright_and_the_thumbnail_has_its_size():
    lying = s.saved(s.drawing(1, (400, 200)), "JPEG", exif=s.exif(orientation=6))

    found = examine(ContentFile(lying))

    assert Image.open(io.BytesIO(found.copy)).size == (200, 400)
    assert Image.open(io.BytesIO(found.thumb)).size == (400, 300)


def test_t_w06_of_a_pdf_the_pages_stay_and_their_photo():
    photo = s.jpeg(exif=s.exif())
    found = examine(ContentFile(s.pdf(photo=photo)))

    (page,) = PdfReader(io.BytesIO(found.copy)).pages
    image = page["/Resources"]["/XObject"]["/Im0"]
    assert image._data == child.bare(photo)
    assert page.images[0].image.size == (640, 480)
    assert page.get_contents().get_data().strip() == b"0 0 200 200 re f"


def test_t_b12_the_time_it_was_taken_is_only_claimed():
    assert examine(ContentFile(s.jpeg(exif=s.exif()))).taken == "2020:02:01 10:20:30"
