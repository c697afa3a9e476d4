"""Runs alone, in a process that may do little: opens what a stranger sent and writes it anew.

    python -I worker.py <kind> <source> <target folder>

Writes `clean` (the file to hand out) and `page-1.jpg` … (what the reviewer sees), then prints one line of JSON:
{"ok": true, "pages": n, "content_type": "…"} or {"ok": false, "code": "…"}. Imports nothing of the product, so that
no setting, key or database address is inside the process that parses hostile bytes.
"""

from __future__ import annotations

import json
import resource
import sys
import zlib
from pathlib import Path
from typing import Any


class Refused(Exception):
    """Carries the code for the person."""


def limit_myself(*, memory: int, cpu_seconds: int, output: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def picture(source: Path, target: Path, *, formats: tuple[str, ...], rules: dict[str, int]) -> dict[str, Any]:
    from PIL import Image, ImageOps

    # Our own check below speaks first; Pillow's is the second line.
    Image.MAX_IMAGE_PIXELS = rules["pixels"]
    with Image.open(source, formats=formats) as image:
        if image.width * image.height > rules["pixels"]:
            raise Refused("picture_too_large")
        image.draft("RGB", (rules["side"], rules["side"]))  # JPEG decodes at a fraction: memory follows the view's size
        image.load()
        save_view(ImageOps.exif_transpose(image), target / "page-1.jpg", rules)
    # Handed out as seen: pixels only, without place, time and camera of the original's EXIF.
    (target / "clean").write_bytes((target / "page-1.jpg").read_bytes())
    return {"pages": 1, "content_type": "image/jpeg"}


def save_view(image: Any, path: Path, rules: dict[str, int]) -> None:
    from PIL import Image

    image.thumbnail((rules["side"], rules["side"]))
    if image.mode in ("RGBA", "LA", "P", "PA"):
        with_alpha = image.convert("RGBA")
        paper = Image.new("RGB", with_alpha.size, "white")
        paper.paste(with_alpha, mask=with_alpha.getchannel("A"))
        image = paper
    pixels = image.convert("RGB")
    pixels.info.clear()  # comments and profiles would be written out again with the picture
    pixels.save(path, "JPEG", quality=85)


def pdf(source: Path, target: Path, *, rules: dict[str, int]) -> dict[str, Any]:
    pages = rewrite_pdf(source, target / "clean", rules)
    draw_pages(target / "clean", target, pages, rules)
    return {"pages": pages, "content_type": "application/pdf"}


def rewrite_pdf(source: Path, clean: Path, rules: dict[str, int]) -> int:
    """Pages only: no scripts, no actions, no attachments, no forms, no links, no metadata."""
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(source, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("pdf_locked")
    count = len(reader.pages)
    if not 1 <= count <= rules["pdf_pages"]:
        raise Refused("pdf_too_large")
    refuse_a_bomb(reader, rules["pdf_unpacked"])
    writer = PdfWriter()
    for page in reader.pages:
        for name in ("/AA", "/Annots", "/Metadata", "/PieceInfo", "/Thumb"):
            page.pop(name, None)
        writer.add_page(page)
    for name in ("/OpenAction", "/AA", "/Names", "/AcroForm", "/Metadata", "/URI", "/Outlines"):
        writer.root_object.pop(name, None)
    writer.metadata = None
    writer.write(clean)
    return count


def refuse_a_bomb(reader: Any, allowed: int) -> None:
    """Unpack every Flate stream piece by piece and stop counting at the limit: the whole is never in memory."""
    from pypdf.generic import StreamObject

    seen = 0
    for generation, objects in reader.xref.items():
        for number in list(objects):
            from pypdf.generic import IndirectObject

            thing = reader.get_object(IndirectObject(number, generation, reader))
            if not isinstance(thing, StreamObject):
                continue
            filters = thing.get("/Filter", [])
            names = [filters] if isinstance(filters, str) else list(filters)
            if len(names) > 2:
                raise Refused("pdf_too_large")  # a stack of filters is how a bomb hides
            if "/FlateDecode" in names:
                seen += unpacked_size(thing._data, allowed - seen)
            if seen > allowed:
                raise Refused("pdf_too_large")


def unpacked_size(packed: bytes, allowed: int) -> int:
    opener, size, rest = zlib.decompressobj(), 0, packed
    while rest and size <= allowed:
        try:
            size += len(opener.decompress(rest, 1 << 20))
        except zlib.error:
            return size
        rest = opener.unconsumed_tail
    return size


def draw_pages(clean: Path, target: Path, count: int, rules: dict[str, int]) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(clean)
    for index in range(count):
        page = document[index]
        width, height = page.get_size()
        longest = max(width, height)
        if longest <= 0:
            raise Refused("file_unreadable")
        bitmap = page.render(scale=min(2.0, rules["side"] / longest))
        save_view(bitmap.to_pil(), target / f"page-{index + 1}.jpg", rules)


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
    except Exception as error:
        # Whatever a hostile file provokes ends here; the parent turns it into one sentence.
        too_big = type(error).__name__ in ("DecompressionBombError", "DecompressionBombWarning", "MemoryError")
        answer = {"ok": False, "code": "picture_too_large" if too_big else "file_unreadable"}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:5])
