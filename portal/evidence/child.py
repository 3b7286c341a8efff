"""Run in a child process of its own, with little memory and time: decodes what strangers sent.

    python -I child.py MEDIA MEMORY SECONDS LONGEST WIDTH HEIGHT OBJECTS  < original  > result

The result is one line of JSON (`copy`, `thumb`: lengths; `alike`, `taken`), then the bytes. Exit 3:
not decodable; 4: encrypted; 5: too many parts; 6: pictures in a form whose metadata stay. Nothing
of ours is imported here.
"""

import io
import json
import resource
import sys
from typing import Any

DAMAGED, ENCRYPTED, PARTS, FORM = 3, 4, 5, 6
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
FEATURES = 6  # a wall or a sheet of paper looks like every other
TAKEN = 0x9003  # EXIF: when the picture was taken, by its own word
DROPPED = (  # of every dictionary of a PDF: what tells of people and programmes, and what acts
    *("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/JavaScript"),
    *("/EmbeddedFiles", "/AF", "/Thumb", "/Annots", "/StructParents", "/StructParent"),
    *("/SpiderInfo", "/Alternates", "/OPI"),
)


class Refused(Exception):
    """With the exit code that says why."""


def picture(data: bytes, media: str, longest: int, thumb: tuple[int, int]) -> dict[str, Any]:
    """A copy on a fresh canvas, a thumbnail, 64 bits that say what it looks like."""
    from PIL import Image, ImageOps  # noqa: PLC0415 -- after the limits are set

    Image.MAX_IMAGE_PIXELS = None  # the header was looked at before; memory has its limit
    source = Image.open(io.BytesIO(data), formats=(FORMATS[media],))
    taken = str(source.getexif().get_ifd(0x8769).get(TAKEN, ""))[:19]
    source.draft("RGB", (longest, longest))
    source.load()
    upright = ImageOps.exif_transpose(source)
    upright.thumbnail((longest, longest))
    canvas = Image.new("RGB", upright.size, "white")
    clear = upright.convert("RGBA")
    canvas.paste(clear, mask=clear.getchannel("A"))
    small = ImageOps.pad(canvas, thumb, color="white")
    return {
        "copy": _jpeg(canvas, 85),
        "thumb": _jpeg(small, 80),
        "alike": _alike(canvas),
        "taken": taken,
    }


def _jpeg(image: Any, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, exif=b"", comment=b"")
    return out.getvalue()


def _alike(image: Any) -> str:
    """Where it grows brighter from left to right, in 8 x 8 fields: much the same after scaling."""
    grey = image.convert("L").resize((9, 8))
    row = list(grey.tobytes())
    bits = [row[y * 9 + x] < row[y * 9 + x + 1] for y in range(8) for x in range(8)]
    told = sum(bit << n for n, bit in enumerate(bits))
    return f"{told:016x}" if FEATURES < told.bit_count() < 64 - FEATURES else ""


def paper(data: bytes, objects: int) -> dict[str, Any]:
    """The pages alone, written anew: no author, no programme, no action, no attachment."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 -- after the limits are set

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise Refused(ENCRYPTED)
    if len(reader.xref.get(0, {})) + len(reader.xref_objStm) > objects:
        raise Refused(PARTS)
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page, excluded_keys=("/Annots", "/AA", "/B", "/PieceInfo", "/Metadata"))
    if not writer.pages:
        raise Refused(DAMAGED)
    for thing in writer._objects:  # noqa: SLF001 -- pypdf has no other way to all of them
        _clean(thing)
    writer.metadata = None
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    out = io.BytesIO()
    writer.write(out)
    if out.tell() > 2 * len(data) + 100_000:
        raise Refused(PARTS)
    return {"copy": out.getvalue(), "thumb": b"", "alike": "", "taken": ""}


def _clean(thing: Any) -> None:
    """Take out of a dictionary, and of those in it, what is not for all."""
    if isinstance(thing, list):
        for part in thing:
            _clean(part)
    if not isinstance(thing, dict):
        return
    for name in DROPPED:
        thing.pop(name, None)
    filters = thing.get("/Filter")
    names = filters if isinstance(filters, list) else [filters]
    if "/JPXDecode" in names:
        raise Refused(FORM)
    if "/DCTDecode" in names:
        if len(names) > 1:
            raise Refused(FORM)
        stream: Any = thing
        stream._data = bare(stream._data)  # noqa: SLF001 -- the stream as it stands in the file
    for part in thing.values():
        _clean(part)


def bare(data: bytes) -> bytes:
    """A JPEG without EXIF, XMP, maker's and comment segments; the picture's bits stay."""
    if data[:2] != b"\xff\xd8":
        raise Refused(DAMAGED)
    out, place = bytearray(data[:2]), 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        mark, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        if mark == 0xFF:
            place += 1
            continue
        kept = not (0xE0 <= mark <= 0xEF or mark == 0xFE) or mark in (0xE0, 0xEE)
        if kept:
            out += data[place : place + 2 + length]
        place += 2 + length
    end = data.rfind(b"\xff\xd9")
    return bytes(out + data[place : end + 2 if end > place else len(data)])


def main(media: str, *numbers: str) -> int:
    memory, seconds, longest, width, height, objects = map(int, numbers)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    data = sys.stdin.buffer.read()
    try:
        if media == "application/pdf":
            made = paper(data, objects)
        else:
            made = picture(data, media, longest, (width, height))
    except Refused as refused:
        return int(refused.args[0])
    bytes_of = [made.pop("copy"), made.pop("thumb")]
    head = {**made, "copy": len(bytes_of[0]), "thumb": len(bytes_of[1])}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(bytes_of))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
