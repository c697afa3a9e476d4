"""Runs alone, in a process that may do little: opens what a stranger sent and draws it anew.

    python -I worker.py <kind> <source> <target folder> <rules>

Writes `page-1.jpg` … (what the reviewer sees) and `clean` (the file to hand out, made of those pictures alone), then
prints one line of JSON: {"ok": true, "pages": n, "content_type": "…"} or {"ok": false, "code": "…"}. Imports nothing of
the product, so that no setting, key or database address is inside the process that parses hostile bytes.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rules = dict[str, int]


class Refused(Exception):
    """Carries the code for the person."""


def limit_myself(*, memory: int, cpu_seconds: int, output: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# -- pictures ---------------------------------------------------------------------------------------------------------


def picture(source: Path, target: Path, *, formats: tuple[str, ...], rules: Rules) -> dict[str, Any]:
    from PIL import Image, ImageOps

    # Our own check below speaks first; Pillow's is the second line.
    Image.MAX_IMAGE_PIXELS = rules["pixels"]
    with Image.open(source, formats=formats) as image:
        at_a_fraction = image.format == "JPEG"
        if image.width * image.height > rules["pixels" if at_a_fraction else "pixels_whole"]:
            raise Refused("picture_too_large")
        image.draft("RGB", (rules["side"], rules["side"]))  # JPEG decodes at a fraction: memory follows the view's size
        image.load()
        save_view(ImageOps.exif_transpose(image), target / "page-1.jpg", rules)
    # Handed out as seen: pixels only, without place, time and camera of the original's EXIF.
    (target / "clean").write_bytes((target / "page-1.jpg").read_bytes())
    return {"pages": 1, "content_type": "image/jpeg"}


def save_view(image: Any, path: Path, rules: Rules) -> None:
    from PIL import Image

    if image.mode.startswith("I"):
        # Sixteen bits of grey: taken for eight they would all be white.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    image.thumbnail((rules["side"], rules["side"]))
    if image.mode in ("RGBA", "LA", "P", "PA"):
        with_alpha = image.convert("RGBA")
        paper = Image.new("RGB", with_alpha.size, "white")
        paper.paste(with_alpha, mask=with_alpha.getchannel("A"))
        image = paper
    pixels = image.convert("RGB")
    pixels.info.clear()  # comments and profiles would be written out again with the picture
    pixels.save(path, "JPEG", quality=85)


# -- PDF --------------------------------------------------------------------------------------------------------------


def pdf(source: Path, target: Path, *, rules: Rules) -> dict[str, Any]:
    """Pages become pictures and the pictures a new PDF: of scripts, attachments and hidden layers nothing is left."""
    refuse_a_bomb(source, rules)
    pages = draw_pages(source, target, rules)
    bind(target, pages)
    return {"pages": pages, "content_type": "application/pdf"}


def refuse_a_bomb(source: Path, rules: Rules) -> None:
    """Before anything is drawn: what do all streams unpack to, and how large do the pictures in it say they are?"""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError
    from pypdf.generic import IndirectObject, StreamObject

    reader = PdfReader(source, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("pdf_locked")
    left = rules["pdf_unpacked"]
    numbers = {(number, generation) for generation, objects in reader.xref.items() for number in objects}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    for number, generation in sorted(numbers):
        try:
            thing = reader.get_object(IndirectObject(number, generation, reader))
        except LimitReachedError:
            raise Refused("pdf_too_large") from None
        if isinstance(thing, StreamObject):
            refuse_a_huge_picture(thing, rules)
            left -= unpacked_size(thing, left)
            if left < 0:
                raise Refused("pdf_too_large")


def refuse_a_huge_picture(stream: Any, rules: Rules) -> None:
    """By what the PDF says, by what the filter says, and by the picture's own head: any of them may lie."""
    sizes = [(stream.get("/Width", 0), stream.get("/Height", 0))]
    parameters = stream.get("/DecodeParms") or []
    for each in parameters if isinstance(parameters, list) else [parameters]:
        each = each.get_object()
        if hasattr(each, "get"):
            sizes.append((each.get("/Columns", 0), each.get("/Rows", 0) or stream.get("/Height", 0)))
    if {"/DCTDecode", "/DCT", "/JPXDecode"} & set(filters_of(stream)[-1:]):
        sizes.append(size_in_head(stream))
    if any(int(width) * int(height) > rules["pixels_whole"] for width, height in sizes):
        raise Refused("pdf_too_large")


def size_in_head(stream: Any) -> tuple[int, int]:
    from io import BytesIO

    from PIL import Image

    if len(filters_of(stream)) > 1:
        return (0, 0)  # told by `unpacked_size`, once its wrapping is off
    try:
        with Image.open(BytesIO(stream._data), formats=("JPEG", "JPEG2000")) as image:
            return image.size
    except Image.DecompressionBombError:
        raise Refused("pdf_too_large") from None
    except OSError:
        return (0, 0)  # not a picture: it will not be drawn either


def filters_of(stream: Any) -> list[str]:
    filters = stream.get("/Filter", [])
    return [str(each) for each in (filters if isinstance(filters, list) else [filters])]


def unpacked_size(stream: Any, allowed: int) -> int:
    """Bytes of all layers together; more than `allowed` once that is passed: the whole is never in memory.

    A picture's own packing (JPEG, fax) is the last layer and counts by its measures instead.
    """
    names, data, seen = filters_of(stream), stream._data, 0
    if len(names) > 3:
        raise Refused("pdf_too_large")  # nobody wraps a page four times
    for name in names:
        unpack = UNPACKERS.get(name)
        if unpack is None:
            break
        data = unpack(data, allowed - seen)
        seen += len(data)
        if seen > allowed:
            break
    return seen


def inflate(packed: bytes, allowed: int) -> bytes:
    """At most a little more than `allowed`; what cannot be unpacked ends there, as every reader does."""
    import zlib

    opener, out, rest = zlib.decompressobj(), bytearray(), packed
    while rest and len(out) <= allowed:
        try:
            out += opener.decompress(rest, 1 << 20)
        except zlib.error:
            break
        rest = opener.unconsumed_tail
    return bytes(out)


def run_lengths(packed: bytes, allowed: int) -> bytes:
    out, at = bytearray(), 0
    while at < len(packed) and packed[at] != 128 and len(out) <= allowed:
        count = packed[at]
        if count < 128:
            out += packed[at + 1 : at + 2 + count]
            at += 2 + count
        else:
            out += packed[at + 1 : at + 2] * (257 - count)
            at += 2
    return bytes(out)


def lzw(packed: bytes, allowed: int) -> bytes:
    from pypdf._codecs._codecs import LzwCodec
    from pypdf.errors import LimitReachedError

    try:
        return LzwCodec(max_output_length=allowed).decode(packed)
    except LimitReachedError:
        raise Refused("pdf_too_large") from None


def smaller(packed: bytes, _allowed: int) -> bytes:
    """Hexadecimal and base 85 only shrink; unpacked for what they may hide."""
    from pypdf.filters import ASCII85Decode, ASCIIHexDecode

    try:
        return bytes(ASCII85Decode.decode(packed) if b"~>" in packed[-8:] else ASCIIHexDecode.decode(packed))
    except Exception:  # pypdf raises many kinds; what is no base 85 unpacks to nothing
        return b""


UNPACKERS: dict[str, Callable[[bytes, int], bytes]] = {
    "/FlateDecode": inflate,
    "/Fl": inflate,
    "/LZWDecode": lzw,
    "/LZW": lzw,
    "/RunLengthDecode": run_lengths,
    "/RL": run_lengths,
    "/ASCII85Decode": smaller,
    "/A85": smaller,
    "/ASCIIHexDecode": smaller,
    "/AHx": smaller,
}


def draw_pages(source: Path, target: Path, rules: Rules) -> int:
    """Everything that is printed, stamps and signatures on it included; the number of pages."""
    import pypdfium2

    document = pypdfium2.PdfDocument(source)
    document.init_forms()
    count = len(document)
    if not 1 <= count <= rules["pdf_pages"]:
        raise Refused("pdf_too_large")
    for index in range(count):
        page = document[index]
        longest = max(page.get_size())
        if not 0 < longest <= rules["pdf_points"]:
            raise Refused("pdf_too_large")
        bitmap = page.render(scale=min(4.0, rules["side"] / longest))
        save_view(bitmap.to_pil(), target / f"page-{index + 1}.jpg", rules)
        page.close()
    return count


def bind(target: Path, pages: int) -> None:
    import time

    from PIL import Image

    first, *rest = [Image.open(target / f"page-{number}.jpg") for number in range(1, pages + 1)]
    # Always the same bytes from the same pictures.
    same = time.gmtime(0)
    first.save(
        target / "clean", "PDF", save_all=True, append_images=rest, resolution=200, creationDate=same, modDate=same
    )


def main(kind: str, source: str, target: str, rules_text: str) -> None:
    rules = json.loads(rules_text)
    limit_myself(memory=rules["memory"], cpu_seconds=rules["cpu_seconds"], output=rules["output"])
    formats = {"image/jpeg": ("JPEG",), "image/png": ("PNG",), "image/webp": ("WEBP",)}
    try:
        if kind == "application/pdf":
            outcome = pdf(Path(source), Path(target), rules=rules)
        else:
            outcome = picture(Path(source), Path(target), formats=formats[kind], rules=rules)
        answer = {"ok": True, **outcome}
    except Refused as refused:
        answer = {"ok": False, "code": str(refused)}
    except MemoryError:
        answer = {"ok": False, "code": "file_too_costly"}
    except Exception as error:
        # Whatever a hostile file provokes ends here; the parent turns it into one sentence.
        too_big = type(error).__name__ in ("DecompressionBombError", "DecompressionBombWarning")
        answer = {"ok": False, "code": "picture_too_large" if too_big else "file_unreadable"}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:5])
