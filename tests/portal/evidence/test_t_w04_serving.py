"""T-W04: what is served is bytes of a fixed type under a made name, and nothing a browser runs."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.http import content_disposition_header

from portal.evidence import commands
from portal.evidence.models import File
from tests.factories.clock import AT
from tests.factories.people import create_member
from tests.factories.pledges import create_pledge
from tests.portal.evidence import samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "media")]
VARYING = ("ETag", "Content-Length", "Content-Language")
NAMES = (
    "../../etc/passwd",
    "a\0b.jpg",
    'a"; filename="b.html',
    "a\r\nX-Evil: 1.jpg",
    "照" * 300 + ".html",
    "\u202egpj.exe",
    ".htaccess",
)


@pytest.fixture
def shown(send, moderator):
    """shown(bytes): published about a new gift."""

    def shown(data):
        return commands.publish(pk=send(create_pledge().code, data).pk, by=moderator, at=AT)

    return shown


def headers(answer):
    return {name: value for name, value in answer.items() if name not in VARYING}


def test_t_w04_a_photo_is_nothing_but_a_photo(client, shown):
    file = shown(samples.jpeg())

    answer = client.get(f"/files/{file.copy_sha256}")

    assert answer.content.startswith(b"\xff\xd8\xff")
    assert headers(answer) == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": f'inline; filename="shanji-{file.copy_sha256[:12]}.jpg"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=60",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Frame-Options": "DENY",
    }
    again = client.get(f"/files/{file.copy_sha256}", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert not answer.cookies


def test_t_w04_a_paper_is_saved_and_never_shown_in_place(client, shown):
    file = shown(samples.pdf(script=True))

    answer = client.get(f"/files/{file.copy_sha256}")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="shanji-')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(f"/files/{file.copy_sha256}/thumb").status_code == 404


def test_t_w04_only_what_is_published_is_served(client, send, moderator):
    file = send(create_pledge().code)
    copy = commands.copy(file)
    names = [*file.closed.values(), file.sha256, samples.io.BytesIO(copy).read()[:0].hex() or "0"]

    for name in [*names, "0" * 64, "A" * 64, "..", "%2e%2e%2fkeys", "0" * 63]:
        assert client.get(f"/files/{name}").status_code == 404, name
        assert client.get(f"/files/{name}/thumb").status_code == 404, name
    published = commands.publish(pk=file.pk, by=moderator, at=AT)
    assert client.get(f"/files/{published.copy_sha256}").status_code == 200
    assert client.get(f"/files/{file.closed['copy']}").status_code == 404
    assert client.post(f"/files/{published.copy_sha256}").status_code in (403, 405)


def test_t_w04_the_senders_name_goes_nowhere(client, media):
    """Sent through the page of a gift; stored, sealed and served under names of our own."""
    gift = create_pledge()
    client.force_login(create_member("coordinator"))
    uploads = []
    for seed, name in enumerate(NAMES):
        photo = samples.saved(samples.drawing(seed, (64, 48)), "JPEG")
        uploads.append(SimpleUploadedFile("x.jpg", photo, content_type="text/html"))
        uploads[-1]._name = name

    address = f"/admin/pledges/pledge/{gift.pk}/files/"
    answer = client.post(address, {"evidence-photos": uploads, "evidence-shows": "goods"})

    assert answer.status_code == 302, answer.content.decode()
    assert File.objects.count() == len(NAMES)
    kept = str(list(File.objects.values()))
    assert not [name for name in NAMES if name in kept]
    paths = [path for path in media.rglob("*") if path.is_file()]
    assert len(paths) == 3 * len(NAMES)
    assert all(re.fullmatch("[0-9a-f]{64}", path.name) for path in paths)


def test_t_w04_names_in_headers_are_written_as_rfc_6266_says():
    for name in NAMES[2:5]:
        value = content_disposition_header(True, name) or ""
        assert not set(value) & set("\r\n\0")


def test_a_damaged_file_is_said_to_be_and_not_served(client, shown, media):
    file = shown(samples.jpeg())
    for name in (file.copy_sha256, file.thumb_sha256):
        (path,) = media.rglob(f"public/*/{name}")
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    whole, small = (client.get(f"/files/{file.copy_sha256}{end}") for end in ("", "/thumb"))

    assert (whole.status_code, small.status_code) == (404, 404)
    assert "File damaged" in whole.content.decode() or "文件已损坏" in whole.content.decode()
    assert small["Content-Type"] == "image/svg+xml"
    assert "File damaged" in small.content.decode()
    assert "no-store" in small["Cache-Control"]


def test_the_unpublished_is_shown_to_those_who_look_and_to_nobody_else(client, send, db):
    file = send(create_pledge().code)
    addresses = [
        reverse(f"admin:evidence_file_{part}", args=[file.pk]) for part in ("original", "copy")
    ]

    for role, status in (("moderator", 200), ("auditor", 200), ("coordinator", 404)):
        client.force_login(create_member(role))
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == status, (role, address)
            if status == 200:
                assert "sandbox" in answer["Content-Security-Policy"]
                assert "no-store" in answer["Cache-Control"]
    client.logout()
    assert client.get(addresses[0]).status_code == 302
