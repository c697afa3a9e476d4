"""Documents: right glyphs (compared as pictures: text can read right while the print is wrong), nothing fetched."""

import io
import os
import threading
from pathlib import Path

import pypdfium2
import pytest
from django.test import override_settings
from PIL import Image, ImageChops
from pypdf import PdfReader

from look.fonts import font_path
from look.pdf import PdfError, render_pdf
from portal.styleguide import sample_pdf

PICTURES = Path(__file__).parent / "pictures"
# Another version of the drawing library moves edges by a shade; another character moves whole strokes.
ANOTHER_GLYPH = 25

# Characters that Chinese, Taiwanese and Japanese fonts draw differently, rare ones of names, and figures.
GLYPHS = "真直角骨门复过边起免化海房户令写 三门峡惠民保 王桂英 㛃堃喆昇犇 18,640.00 − × 75% “您”"


@pytest.fixture
def own_templates(tmp_path, settings):
    """Templates of this test beside those of the product."""
    engine = {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    with override_settings(TEMPLATES=[engine]):
        yield lambda name, text: (tmp_path / name).write_text(text)


def picture(document: bytes, page: int = 0, dpi: int = 60) -> Image.Image:
    return pypdfium2.PdfDocument(document)[page].render(scale=dpi / 72).to_pil().convert("L")


def assert_looks_like(found: Image.Image, name: str) -> None:
    """Compares with tests/look/pictures/<name>.png; `UPDATE_PICTURES=1` writes it, look at it before committing."""
    if os.environ.get("UPDATE_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        found.save(PICTURES / f"{name}.png", optimize=True)
    worst = worst_difference(found, name)
    if worst >= ANOTHER_GLYPH:
        found.save(PICTURES / f"{name}.found.png")
    assert worst < ANOTHER_GLYPH, f"{name}: somewhere the pictures differ by {worst} of 255"


def worst_difference(found: Image.Image, name: str) -> int:
    """The mean difference of the 12 x 12 pixels that differ most: an average over the page would hide one glyph."""
    wanted = Image.open(PICTURES / f"{name}.png").convert("L")
    assert found.size == wanted.size
    difference = ImageChops.difference(found, wanted)
    tiles = difference.resize((difference.width // 12, difference.height // 12), Image.Resampling.BOX)
    return int(tiles.getextrema()[1])


def glyph_page(text: str) -> str:
    return '{% extends "pdf/base.html" %}{% block content %}<h1>' + text + "</h1><p>" + text + "</p>{% endblock %}"


def test_the_glyphs_are_those_of_mainland_china_in_both_weights(own_templates):
    own_templates("glyphs.html", glyph_page(GLYPHS))
    found = picture(render_pdf("glyphs.html", {"product_name": "三门峡惠民保"}), dpi=72)
    assert_looks_like(found.crop((50, 80, 560, 210)), "glyphs")


@pytest.mark.parametrize(("right", "wrong"), [("门", "門"), ("喆", "哲"), ("您", "你")])
def test_the_picture_tells_one_wrong_glyph(own_templates, right, wrong):
    """The control: with a single character drawn otherwise, the same comparison fails."""
    own_templates("glyphs.html", glyph_page(GLYPHS.replace(right, wrong)))
    found = picture(render_pdf("glyphs.html", {"product_name": "三门峡惠民保"}), dpi=72)
    assert worst_difference(found.crop((50, 80, 560, 210)), "glyphs") >= ANOTHER_GLYPH


def test_an_english_document_writes_names_as_the_mainland_does(own_templates):
    own_templates("glyphs.html", glyph_page(GLYPHS))
    found = picture(render_pdf("glyphs.html", {"product_name": "三门峡惠民保"}, lang="en"), dpi=72)
    assert_looks_like(found.crop((50, 80, 560, 210)), "glyphs")


def test_the_picture_tells_the_glyphs_of_taiwan(own_templates):
    """The control: same characters, same text when copied, but drawn for another region."""
    own_templates("glyphs.html", glyph_page(f"<span style='font-language-override: \"zh-TW\"'>{GLYPHS}</span>"))
    found = picture(render_pdf("glyphs.html", {"product_name": "三门峡惠民保"}), dpi=72)
    assert worst_difference(found.crop((50, 80, 560, 210)), "glyphs") >= ANOTHER_GLYPH


@pytest.mark.parametrize("name", ["policy", "letter"])
def test_the_sample_documents_look_as_they_were_approved(name):
    document = sample_pdf(name)
    assert_looks_like(picture(document), name)


def test_a_document_can_be_read_out_and_says_its_language():
    reader = PdfReader(io.BytesIO(sample_pdf("letter")))
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = "".join(page.extract_text() for page in reader.pages)
    assert "这次赔给您" in text and "18,640.00" in text and "CL-2026-0031842" in text
    assert reader.metadata is not None and reader.metadata.title == "理赔决定通知书 CL-2026-0031842"


def test_the_same_document_drawn_twice_is_the_same_to_the_byte():
    assert sample_pdf("policy") == sample_pdf("policy")


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://127.0.0.1:1/x.png", "https://example.invalid/x.png", "static:../manage.py",
     "static:img/../../manage.py", "data:image/png;base64,AAAA", "//example.invalid/x.png", "font:other"],
)  # fmt: skip
def test_nothing_but_our_own_files_is_read(own_templates, address):
    own_templates(
        "bad.html", f'{{% extends "pdf/base.html" %}}{{% block content %}}<img src="{address}">{{% endblock %}}'
    )
    with pytest.raises(PdfError):
        render_pdf("bad.html", {})


def test_our_own_pictures_are_found(own_templates):
    own_templates(
        "good.html", '{% extends "pdf/base.html" %}{% block content %}<img src="static:img/logo.svg">{% endblock %}'
    )
    assert render_pdf("good.html", {}).startswith(b"%PDF-")


def test_a_missing_picture_is_an_error_not_a_hole_in_a_letter(own_templates):
    own_templates(
        "hole.html", '{% extends "pdf/base.html" %}{% block content %}<img src="static:img/none.svg">{% endblock %}'
    )
    with pytest.raises(PdfError):
        render_pdf("hole.html", {})


def test_what_a_person_typed_stays_text(own_templates):
    own_templates("typed.html", '{% extends "pdf/base.html" %}{% block content %}{{ name }}{% endblock %}')
    document = render_pdf("typed.html", {"name": '<img src="file:///etc/passwd">'})
    assert "file:///etc/passwd" in PdfReader(io.BytesIO(document)).pages[0].extract_text()


def test_two_threads_draw_at_once():
    documents: list[bytes] = []
    threads = [threading.Thread(target=lambda: documents.append(sample_pdf("policy"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(documents) == 2 and documents[0] == documents[1]


def test_the_fonts_come_from_the_packages():
    assert font_path("regular").name == "NotoSansCJKtc-Regular.otf"
    assert font_path("bold").stat().st_size > 10_000_000
