"""Small PDFs that want gigabytes or hours, written by hand: no library would write them."""

from __future__ import annotations

import zlib

CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
ZEROS = zlib.compress(b"\0" * 1000)


def pdf_of(*objects: bytes) -> bytes:
    """Objects 3, 4, 5 … after a catalogue and a list of one page, which is object 3."""
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate((CATALOGUE, PAGES, *objects), start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(offsets) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))


def stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data)


def page(resources: bytes, *, box: bytes = b"0 0 595 842", extra: bytes = b"") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R/Resources<<%b>>%b>>" % (box, resources, extra)


def with_picture(width: int, height: int, entries: bytes, data: bytes) -> bytes:
    """A page that shows one picture which says that it has so many pixels."""
    measures = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (
        width,
        height,
    )
    show = stream(b"", b"q 595 0 0 842 0 0 cm /I Do Q")
    return pdf_of(page(b"/XObject<</I 5 0 R>>"), show, stream(measures + entries, data))


def forms_in_forms(depth: int = 12, fan: int = 10) -> bytes:
    """Each form shows the next one ten times: a billion rectangles and more in 3 kilobytes."""
    forms = []
    for level in range(depth):
        last = level == depth - 1
        inner = b"" if last else b"/Resources<</XObject<</F %d 0 R>>>>" % (6 + level)
        drawn = b"0 0 100 100 re f " if last else b"/F Do "
        forms.append(stream(b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]" + inner, drawn * fan))
    return pdf_of(page(b"/XObject<</F 5 0 R>>"), stream(b"", b"/F Do"), *forms)


def tiles_too_small_to_see() -> bytes:
    """A page filled with tiles of a thousandth of a point: half a billion of them, in 640 bytes."""
    tile = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .001/YStep .001/Resources<<>>"
    fill = stream(b"", b"/Pattern cs /P scn 0 0 595 842 re f")
    return pdf_of(page(b"/Pattern<</P 5 0 R>>"), fill, stream(tile, b"0 0 1 1 re f"))


def page_of_kilometres(box: bytes) -> bytes:
    return pdf_of(page(b"", box=box), stream(b"", b"0 0 100 100 re f"))


def packed_in_packed() -> bytes:
    """300 MB of zeros, packed twice, in a content stream."""
    return pdf_of(page(b""), stream(b"/Filter[/FlateDecode/FlateDecode]", zlib.compress(_zeros(300), 9)))


def run_lengths_in_packed() -> bytes:
    """Run lengths unpack to 64 times, the deflate around them to a thousand times."""
    runs = zlib.compress(b"\x81\0" * 1_000_000, 9)
    return pdf_of(page(b""), stream(b"/Filter[/FlateDecode/RunLengthDecode]", runs))


def hidden_in_an_object_stream() -> bytes:
    """The objects of the document lie in a stream that unpacks to 200 MB."""
    return pdf_of(page(b""), stream(b"", b""), stream(b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode", _zeros(200)))


def _zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()


def with_a_red_stamp() -> bytes:
    """An electronic invoice whose seal is an annotation laid over the page, as signing programs make it."""
    seal = b"<</Type/Annot/Subtype/Stamp/Rect[200 400 400 600]/F 4/AP<</N 6 0 R>>>>"
    look = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]", b"1 0 0 rg 0 0 200 200 re f")
    return pdf_of(page(b"", extra=b"/Annots[5 0 R]"), stream(b"", b"0 0 10 10 re f"), seal, look)


BOMBS: dict[str, tuple[bytes, str]] = {
    "a picture of 30,000 x 30,000": (with_picture(30000, 30000, b"/Filter/FlateDecode", ZEROS), "pdf_too_large"),
    "an unpacked picture": (with_picture(20000, 20000, b"", b"abc"), "pdf_too_large"),
    "a fax of 60,000 lines": (
        with_picture(10, 10, b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 60000/Rows 60000>>", b"\xff" * 60),
        "pdf_too_large",
    ),
    "forms in forms": (forms_in_forms(), "file_too_costly"),
    "tiles too small to see": (tiles_too_small_to_see(), "file_too_costly"),
    "a page of three kilometres": (page_of_kilometres(b"0 0 10000000 10000000"), "pdf_too_large"),
    "a strip of three kilometres": (page_of_kilometres(b"0 0 10 10000000"), "pdf_too_large"),
    "packed in packed": (packed_in_packed(), "pdf_too_large"),
    "run lengths in packed": (run_lengths_in_packed(), "pdf_too_large"),
    "an object stream": (hidden_in_an_object_stream(), "pdf_too_large"),
}
