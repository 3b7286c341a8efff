"""T-W03: what is taken is decided by content; what could run is refused, whatever its name."""

import pytest
from django.core.files.base import ContentFile

from portal.evidence import child
from portal.evidence.limits import Unfit
from portal.evidence.making import examine
from tests.portal.evidence import samples as s

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SCRIPT = b"<script>alert(1)</script>"
MOVING_PNG = s.png()[:33] + s.chunk(b"acTL", bytes([0, 0, 0, 2, 0, 0, 0, 0])) + s.png()[33:]


def moving_webp():
    frames = [s.drawing(n, (64, 48)) for n in range(3)]
    return s.saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize("make", [s.jpeg, s.png, s.webp])
def test_t_w03_photos_are_taken(make):
    found = examine(ContentFile(make()))

    assert found.copy.startswith(b"\xff\xd8\xff")
    assert found.thumb.startswith(b"\xff\xd8\xff")


def test_t_w03_papers_are_taken():
    assert examine(ContentFile(s.pdf())).copy.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(SVG, "none of them", id="svg"),
        pytest.param(HTML, "none of them", id="html named .jpg"),
        pytest.param(b"GIF89a" + s.archive(), "none of them", id="gifar"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(99), "HEIC", id="heic"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\xff\xd8\xff", "damaged", id="three bytes"),
        pytest.param(s.jpeg() + s.archive(), "something else", id="jpeg and jar"),
        pytest.param(s.with_segments(s.jpeg(), s.segment(0xFE, SCRIPT)), "else", id="jpeg, html"),
        pytest.param(s.png(pnginfo=s.comments(Comment="<svg onload=x>")), "else", id="png, svg"),
        pytest.param(s.png() + b"more", "follows", id="png and more"),
        pytest.param(s.webp() + s.archive(), "follows", id="webp and jar"),
        pytest.param(s.pdf() + s.archive(), "something else", id="pdf and jar"),
        pytest.param(MOVING_PNG, "Moving", id="apng"),
        pytest.param(moving_webp(), "Moving", id="animated webp"),
        pytest.param(s.png()[:200], "damaged", id="cut off"),
        pytest.param(b"%PDF-1.7\nnothing\n%%EOF", "damaged", id="empty pdf"),
        pytest.param(b"%PDF-1.7\nnothing", "cut off", id="pdf cut off"),
    ],
)
def test_t_w03_all_else_is_refused_with_a_sentence(data, says):
    with pytest.raises(Unfit, match=says):
        examine(ContentFile(data))


def test_t_w03_a_pdf_loses_what_could_act_and_what_is_attached():
    found = examine(ContentFile(s.pdf(script=True, attached=True)))

    for word in (b"JavaScript", b"OpenAction", b"/JS", b"EmbeddedFile", b"Annots", b"app.alert"):
        assert word not in found.copy


def test_t_w03_a_locked_pdf_is_refused():
    writer = s.PdfWriter(clone_from=s.io.BytesIO(s.pdf()))
    writer.encrypt("password", algorithm="RC4-128")
    out = s.io.BytesIO()
    writer.write(out)

    with pytest.raises(Unfit, match="locked with a password"):
        examine(ContentFile(out.getvalue()))


def test_t_w03_a_pdf_with_a_photo_that_cannot_be_cleaned_is_refused():
    photo = s.pdf(photo=s.jpeg()).replace(b"/DCTDecode", b"/JPXDecode")

    with pytest.raises(Unfit, match="form from which personal data cannot"):
        examine(ContentFile(photo))


def test_a_photo_without_segments_to_drop_stays_as_it_is():
    photo = s.jpeg()

    assert child.bare(photo) == photo
