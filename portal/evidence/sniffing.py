"""What a file is, by its first bytes and its header alone: nothing is decoded here.

Only what is on the list goes on to be decoded: JPEG, PNG and WebP pictures that stand still, PDF.
Whatever else it may call itself, a file that is also something else is refused.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.evidence.limits import FILE_BYTES, MIB, PDF_OBJECTS, PIXELS, SIDE, Unfit

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
ACTIVE = re.compile(rb"<script|<html|<!doctype|<svg|<\?php|javascript:", re.IGNORECASE)
ZIP_END = b"PK\x05\x06"
ZIP_TAIL = 66_000  # its end record and the longest comment
SEGMENTS = 20_000  # of a header; no camera writes a hundredth of it
SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
OBJECT = re.compile(rb"\d[ \r\n\t]+obj\b")


@dataclass(frozen=True)
class Seen:
    """The media type, and for a picture its width and height as its header says."""

    media: str
    width: int = 0
    height: int = 0


def look(data: bytes, *, size: int) -> Seen:
    """What it is. Unfit: with a sentence. `size` is the whole size where `data` was cut off."""
    if size > FILE_BYTES:
        raise Unfit(
            _("The file has %(size)s MiB; at most %(most)s MiB are taken. Please make it smaller.")
            % {"size": -(-size // MIB), "most": FILE_BYTES // MIB}
        )
    if not data:
        raise Unfit(_("The file is empty. Please choose it again."))
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        return Seen(PDF)
    seen = _picture(data)
    if seen is None:
        raise _not_taken()
    if max(seen.width, seen.height) > SIDE or seen.width * seen.height > PIXELS:
        raise Unfit(
            _(
                "The picture is %(width)s x %(height)s pixels; at most 24 million are taken. "
                "Please send it smaller."
            )
            % {"width": seen.width, "height": seen.height}
        )
    if ACTIVE.search(data) or ZIP_END in data[-ZIP_TAIL:] or b"%PDF-" in data[:1024]:
        raise Unfit(_("The file is a picture and something else at once; that is not taken."))
    return seen


def _not_taken() -> Unfit:
    return Unfit(
        _(
            "Only photos (JPEG, PNG, WebP) and PDF are taken, and this file is none of them, "
            "whatever its name says. Photos in HEIC: please let the phone save them as JPEG."
        )
    )


def _picture(data: bytes) -> Seen | None:
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return None


def _broken() -> Unfit:
    return Unfit(_("The picture is damaged or cut off. Please take or save it again."))


def _moving() -> Unfit:
    return Unfit(_("Moving pictures are not taken. Please send a photo that stands still."))


def _followed() -> Unfit:
    return Unfit(_("Something follows after the end of the picture; please save it again."))


def _jpeg(data: bytes) -> Seen:
    """Width and height from the frame header, over its segments."""
    place = 2
    for _segment in range(SEGMENTS):
        if place + 9 >= len(data) or data[place] != 0xFF:
            break
        mark = data[place + 1]
        if mark == 0xFF:
            place += 1
            continue
        if mark in SOF:
            height, width = (int.from_bytes(data[place + n : place + n + 2]) for n in (5, 7))
            return _sized(JPEG, width, height)
        if mark in (0xD9, 0xDA):
            break
        place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4]))
    raise _broken()


def _png(data: bytes) -> Seen:
    """Width and height; no animation, and nothing after the end."""
    if data[12:16] != b"IHDR":
        raise _broken()
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    place = 8
    for _chunk in range(SEGMENTS):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        if kind == b"acTL":
            raise _moving()
        place += 12 + length
        if kind == b"IEND":
            break
        if place >= len(data):
            raise _broken()
    else:
        raise _broken()
    if place != len(data):
        raise _followed() if place < len(data) else _broken()
    return _sized(PNG, width, height)


def _webp(data: bytes) -> Seen:
    if len(data) < 30:
        raise _broken()
    if int.from_bytes(data[4:8], "little") + 8 < len(data) - 1:
        raise _followed()
    kind = data[12:16]
    if kind == b"VP8X":
        if data[20] & 0x02:
            raise _moving()
        width, height = (int.from_bytes(data[n : n + 3], "little") + 1 for n in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(data[n : n + 2], "little") & 0x3FFF for n in (26, 28))
    else:
        raise _broken()
    return _sized(WEBP, width, height)


def _sized(media: str, width: int, height: int) -> Seen:
    if not width or not height:
        raise _broken()
    return Seen(media, width, height)


def _check_pdf(data: bytes) -> None:
    """Complete, no archive behind it, not millions of parts."""
    if b"%%EOF" not in data[-1024:]:
        raise Unfit(_("The PDF is damaged or cut off. Please save it again."))
    if ZIP_END in data[-ZIP_TAIL:]:
        raise Unfit(_("The file is a PDF and something else at once; that is not taken."))
    if any(count > PDF_OBJECTS for count, _found in enumerate(OBJECT.finditer(data), start=1)):
        raise too_many_parts()


def too_many_parts() -> Unfit:
    return Unfit(_("The PDF has too many parts. Please print or scan it as a new, plain PDF."))
