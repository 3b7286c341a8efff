"""T-W05: bombs are refused by their header, the rest happens where it can do no harm."""

import resource
import time
from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.test import RequestFactory

from portal.evidence import making, uploads
from portal.evidence.forms import FilesForm
from portal.evidence.limits import FILE_BYTES, MIB, Unfit
from portal.evidence.making import examine
from tests.portal.evidence import samples as s

MANY_PARTS = b"%PDF-1.7\n" + b"1 0 obj\n<<>>\nendobj\n" * 480_000 + b"%%EOF"
SEGMENTS = b"\xff\xd8" + b"\xff\xe1\0\x02" * 2_600_000
CHUNKS = s.png()[:33] + s.chunk(b"teXt", b"") * 800_000


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(s.png_header(30_000, 30_000), "30000 x 30000 pixels", id="small png"),
        pytest.param(s.png_header(65_500, 65_500, bits=1, colour=0), "65500", id="1 bit"),
        pytest.param(s.png_header(2**31 - 1, 1), "2147483647", id="a strip"),
        pytest.param(s.jpeg_header(60_000, 60_000), "60000 x 60000", id="jpeg"),
        pytest.param(s.webp_header(16_000, 16_000), "16000 x 16000", id="webp"),
        pytest.param(s.webp_header(100, 100, moving=True), "Moving", id="frames"),
        pytest.param(MANY_PARTS, "too many parts", id="pdf of many parts"),
        pytest.param(SEGMENTS, "damaged", id="jpeg of many segments"),
        pytest.param(b"\xff\xd8\xff" + bytes(FILE_BYTES), "at most 10 MiB", id="too large"),
    ],
)
def test_t_w05_bombs_are_refused_at_once_and_without_memory(data, says):
    upload, before = ContentFile(data), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()

    with pytest.raises(Unfit, match=says):
        examine(upload)

    assert time.process_time() - started < 0.2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # KiB


def test_t_w05_a_png_of_endless_chunks_ends():
    with pytest.raises(Unfit):
        examine(ContentFile(CHUNKS))


def test_t_w05_a_child_without_memory_refuses_and_nothing_else_falls(monkeypatch):
    monkeypatch.setattr(making, "CHILD_MEMORY", 20 * MIB)

    with pytest.raises(Unfit, match="Please save it"):
        examine(ContentFile(s.jpeg()))


def test_t_w05_a_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(making, "CHILD_SECONDS", 0.01)

    with pytest.raises(Unfit, match="ten seconds"):
        making.copied(s.jpeg(), "image/jpeg")


@contextmanager
def received(*sizes):
    """What a view is given when files of these sizes are sent."""
    files = [ContentFile(bytes(size), name=f"{n}.jpg") for n, size in enumerate(sizes)]
    request = RequestFactory().post("/", {"evidence-photos": files, "evidence-shows": "goods"})
    yield request
    request.close()


def test_t_w05_of_a_huge_file_no_more_is_kept_than_shows_it():
    with received(3 * FILE_BYTES) as request:
        (file,) = request.FILES.getlist("evidence-photos")
        assert isinstance(file, UploadedFile)
        assert file.size == 3 * FILE_BYTES
        assert len(file.read()) == FILE_BYTES + 1
        form = FilesForm(request.POST, request.FILES)
        assert "File 1: The file has 30 MiB; at most 10 MiB are taken." in str(form.errors)


def test_t_w05_twenty_files_at_once_and_no_more():
    with received(*[10] * 21) as request:
        form = FilesForm(request.POST, request.FILES)
        assert "At most 20 files can be sent at once." in str(form.errors)


def test_t_w05_of_many_huge_files_a_hundred_mib_are_kept(monkeypatch):
    monkeypatch.setattr(uploads, "BYTES_OF_ONE", 15 * MIB)
    with received(FILE_BYTES, FILE_BYTES) as request:
        files = request.FILES.getlist("evidence-photos")
        assert [len(file.read()) for file in files] == [FILE_BYTES, 5 * MIB]
