"""Photos and papers, good and hostile, made here: none of anybody's."""

import io
import random
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

SECRET = "Secret-Home-30.5723N-114.2792E"  # whatever must not come through
GPS = {1: "N", 2: (30.0, 34.0, 20.0), 3: "E", 4: (114.0, 16.0, 45.0)}


def drawing(seed=1, size=(640, 480)):
    """A picture unlike those of other seeds."""
    chance = random.Random(seed)
    small = Image.frombytes("RGB", (16, 12), chance.randbytes(16 * 12 * 3))
    return small.resize(size, Image.Resampling.BICUBIC)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(*, thumbnail=False, orientation=1):
    """EXIF with place, time, names and a maker's note, as phones write it."""
    told = Image.Exif()
    told[0x010F], told[0x0110] = "Maker", SECRET
    told[0x0112], told[0x013B], told[0x9C9D] = orientation, SECRET, SECRET.encode("utf-16-le")
    told.get_ifd(0x8825).update(GPS)
    told.get_ifd(0x8769).update(
        {0x9003: "2020:02:01 10:20:30", 0x927C: SECRET.encode(), 0x9286: SECRET.encode()}
    )
    return told.tobytes()


def jpeg(seed=1, **options):
    return saved(drawing(seed), "JPEG", quality=90, **options)


def png(seed=1, **options):
    return saved(drawing(seed), "PNG", **options)


def webp(seed=1, **options):
    return saved(drawing(seed), "WEBP", **options)


def segment(mark, data):
    return bytes([0xFF, mark]) + (len(data) + 2).to_bytes(2) + data


def with_segments(data, *segments):
    """A JPEG with these segments behind its start."""
    return data[:2] + b"".join(segments) + data[2:]


def xmp():
    told = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{SECRET}</dc:creator></x:xmpmeta>"
    return told.encode()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width, height, *, bits=8, colour=2):
    """A PNG of 69 bytes or so that promises this many pixels."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg_header(width, height):
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + segment(0xC0, frame) + b"\xff\xd9"


def webp_header(width, height, *, moving=False):
    body = bytes([2 if moving else 0, 0, 0, 0])
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("Evil.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def pdf(*, script=False, photo=None, attached=False):
    """A PDF as offices make them: author, XMP, a photo with its EXIF, and what may act."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    content = DecodedStreamObject()
    content.set_data(b"0 0 200 200 re f")
    page[NameObject("/Contents")] = writer._add_object(content)
    told = StreamObject()
    told._data = xmp()
    told.update({NameObject("/Type"): NameObject("/Metadata")})
    kept = writer._add_object(told)
    page[NameObject("/Metadata")] = kept
    writer._root_object[NameObject("/Metadata")] = kept
    writer.add_metadata({"/Author": SECRET, "/Creator": SECRET, "/Title": SECRET})
    if photo:
        page[NameObject("/Resources")] = _image(writer, photo, kept)
    if script:
        act = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
        act[NameObject("/JS")] = TextStringObject(f"app.alert('{SECRET}')")
        writer._root_object[NameObject("/OpenAction")] = writer._add_object(act)
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/Text")})
        note[NameObject("/Contents")] = TextStringObject(SECRET)
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    if attached:
        writer.add_attachment("list.txt", SECRET.encode())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _image(writer, photo, kept):
    stream = StreamObject()
    stream._data = photo
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(640),
            NameObject("/Height"): NumberObject(480),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
            NameObject("/Metadata"): kept,
        }
    )
    names = DictionaryObject({NameObject("/Im0"): writer._add_object(stream)})
    return DictionaryObject({NameObject("/XObject"): names})


def comments(**words):
    told = PngImagePlugin.PngInfo()
    for name, text in words.items():
        told.add_itxt(name, text)
    return told
