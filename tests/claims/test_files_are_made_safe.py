"""Files from strangers: told by content, written anew in a limited process; nothing hostile comes out."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from claims.documents import limits
from claims.documents.quarantine import clean_name
from claims.documents.reencode import Reencoded
from claims.documents.reencode import reencode as reencode_file
from claims.documents.sniff import content_type_of
from core.errors import DomainError
from tests.claims import paper_files, pdf_bombs


def reencode(folder: Path, content: bytes, *, content_type: str) -> Reencoded:
    into = folder / f"made-{len(list(folder.iterdir()))}"
    into.mkdir()
    return reencode_file(paper_files.save(folder, content), content_type=content_type, into=into)


def sniffed(folder: Path, content: bytes, name: str) -> str:
    return content_type_of(paper_files.save(folder, content), name=name)


def refused_code(folder: Path, content: bytes, name: str) -> str:
    with pytest.raises(DomainError) as refusal:
        sniffed(folder, content, name)
    return refusal.value.code


def test_a_photo_a_scan_and_a_pdf_are_known_by_their_content(tmp_path: Path) -> None:
    assert sniffed(tmp_path, paper_files.photo(), "发票.jpg") == "image/jpeg"
    assert sniffed(tmp_path, paper_files.photo(), "IMG_0001.JPEG") == "image/jpeg"
    assert sniffed(tmp_path, paper_files.png(), "scan.png") == "image/png"
    assert sniffed(tmp_path, paper_files.pdf(), "电子票据.pdf") == "application/pdf"
    assert sniffed(tmp_path, paper_files.photo(), "no ending at all") == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (paper_files.HTML, "invoice.jpg"),
        (paper_files.SVG, "invoice.png"),
        (paper_files.photo(), "invoice.pdf"),
        (paper_files.pdf(), "invoice.jpg"),
        (paper_files.photo(), "invoice.jpg.html"),
        (b"MZ" + b"\0" * 200, "invoice.pdf"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    assert refused_code(tmp_path, content, name) == "file_not_what_its_name_says"


@pytest.mark.parametrize(
    ("content", "name"),
    [(paper_files.SVG, "picture.svg"), (paper_files.HTML, "page.html"), (paper_files.EICAR, "eicar.com")],
)
def test_svg_html_and_programmes_are_no_papers(tmp_path: Path, content: bytes, name: str) -> None:
    assert refused_code(tmp_path, content, name) == "file_type"


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    assert refused_code(tmp_path, b"", "发票.jpg") == "file_empty"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("发票.jpg", "发票.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\evil.jpg", "evil.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u200bb\u0000c\n.jpg", "abc.jpg"),
        ("/", "file"),
        ("...", "file"),
        ("长" * 300 + ".jpg", "长" * 76 + ".jpg"),
    ],
)
def test_names_lose_folders_hidden_and_direction_turning_characters(raw: str, shown: str) -> None:
    assert clean_name(raw) == shown


def test_a_photo_comes_out_without_place_time_and_camera(tmp_path: Path) -> None:
    original = paper_files.photo()
    assert b"Canary Camera" in original
    made = reencode(tmp_path, original, content_type="image/jpeg")
    assert made.content_type == "image/jpeg"
    assert len(made.views) == 1
    assert b"Canary Camera" not in made.clean.read_bytes()
    with Image.open(made.clean) as picture:
        assert picture.size == (1200, 900)
        assert not picture.getexif()


def test_a_transparent_png_becomes_a_jpeg_on_white(tmp_path: Path) -> None:
    made = reencode(tmp_path, paper_files.png(), content_type="image/png")
    with Image.open(made.clean) as picture:
        assert (picture.format, picture.mode) == ("JPEG", "RGB")


def test_of_a_polyglot_only_the_picture_is_left(tmp_path: Path) -> None:
    original = paper_files.polyglot()
    assert b"<script>" in original
    made = reencode(tmp_path, original, content_type="image/jpeg")
    assert b"<script>" not in made.clean.read_bytes()
    assert b"PK\x03\x04" not in made.clean.read_bytes()


def test_a_large_photo_is_made_smaller_than_the_screen_needs(tmp_path: Path) -> None:
    made = reencode(tmp_path, paper_files.photo(size=(6000, 4000)), content_type="image/jpeg")
    with Image.open(made.views[0]) as picture:
        assert max(picture.size) <= limits.VIEW_SIDE_PIXELS


def refused_by_worker(folder: Path, content: bytes, content_type: str) -> str:
    with pytest.raises(DomainError) as refusal:
        reencode(folder, content, content_type=content_type)
    return refusal.value.code


def test_a_pixel_flood_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    flood = paper_files.pixel_flood()
    assert len(flood) < 1000
    assert refused_by_worker(tmp_path, flood, "image/png") == "picture_too_large"


def test_a_pdf_bomb_is_refused_without_being_unpacked_whole(tmp_path: Path) -> None:
    bomb = paper_files.pdf_bomb()
    assert len(bomb) < 1_000_000
    assert refused_by_worker(tmp_path, bomb, "application/pdf") == "pdf_too_large"


@pytest.mark.parametrize("bomb", pdf_bombs.BOMBS)
def test_a_small_pdf_that_wants_gigabytes_is_refused_under_the_limit(
    tmp_path: Path, bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, code = pdf_bombs.BOMBS[bomb]
    most_kilobytes = weighed(tmp_path, monkeypatch)
    assert refused_by_worker(tmp_path, content, "application/pdf") == code
    assert 0 < int(most_kilobytes.read_text()) * 1024 <= limits.WORKER_MEMORY_BYTES


def weighed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that will say how much memory the subprocess held. It is started by a small process: a child begins
    with the size of its parent, and the tests' own grows."""
    scale, python, said = folder / "scale", sys.executable, folder / "most_kilobytes"
    scale.write_text(
        f"#!{python}\n"
        "import pathlib, resource, subprocess, sys\n"
        f"done = subprocess.run([{python!r}, *sys.argv[1:]])\n"
        "most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        f"pathlib.Path({str(said)!r}).write_text(str(most))\n"
        "sys.exit(abs(done.returncode))\n"
    )
    scale.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(scale))
    return said


def test_a_picture_inside_a_pdf_that_lies_about_its_size_is_measured_itself(tmp_path: Path) -> None:
    """The PDF says 10 x 10; the JPEG in it says 65,000 x 65,000."""
    small = paper_files.photo(size=(1200, 900))
    start = small.index(b"\xff\xc0") + 5
    liar = small[:start] + struct.pack(">HH", 65_000, 65_000) + small[start + 4 :]
    content = pdf_bombs.with_picture(10, 10, b"/Filter/DCTDecode", liar)
    assert refused_by_worker(tmp_path, content, "application/pdf") == "pdf_too_large"


def test_a_seal_that_is_laid_over_the_page_is_still_seen(tmp_path: Path) -> None:
    made = reencode(tmp_path, pdf_bombs.with_a_red_stamp(), content_type="application/pdf")
    with Image.open(made.views[0]) as picture:
        pixels = picture.convert("RGB").resize((60, 85)).get_flattened_data()
    red = sum(1 for r, g, b in pixels if r > 200 and g < 80 and b < 80)
    assert red > 100


def test_a_grey_scan_of_sixteen_bits_keeps_its_greys(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("I").point(lambda grey: grey * 257).convert("I;16").save(out, "PNG")
    made = reencode(tmp_path, out.getvalue(), content_type="image/png")
    with Image.open(made.views[0]) as picture:
        shades = picture.convert("L").histogram()
    assert sum(shades[:10]) > 0
    assert sum(shades[246:]) > 0


def test_a_photo_inside_a_pdf_loses_its_place_and_camera_too(tmp_path: Path) -> None:
    photo = paper_files.photo()
    original = pdf_bombs.with_picture(1200, 900, b"/Filter/DCTDecode", photo)
    assert b"Canary Camera" in original
    made = reencode(tmp_path, original, content_type="application/pdf")
    assert b"Canary Camera" not in made.clean.read_bytes()
    assert b"Canary Camera" not in b"".join(view.read_bytes() for view in made.views)


def test_a_pdf_of_too_many_pages_a_locked_one_and_a_broken_one(tmp_path: Path) -> None:
    assert len(reencode(tmp_path, paper_files.pdf(30), content_type="application/pdf").views) == 30
    assert refused_by_worker(tmp_path, paper_files.pdf(31), "application/pdf") == "pdf_too_large"
    assert refused_by_worker(tmp_path, paper_files.locked_pdf(), "application/pdf") == "pdf_locked"
    assert refused_by_worker(tmp_path, b"%PDF-1.7\nnonsense", "application/pdf") == "file_unreadable"
    assert refused_by_worker(tmp_path, paper_files.photo()[:2000], "image/jpeg") == "file_unreadable"


def test_a_pdf_loses_scripts_attachments_and_metadata_and_keeps_its_pages(tmp_path: Path) -> None:
    original = paper_files.pdf_with_script()
    canaries = (b"CanaryScript", b"CanaryFile", b"CanaryAuthor", b"CanaryAddress", b"MZ this")
    assert all(canary in original for canary in canaries)
    made = reencode(tmp_path, original, content_type="application/pdf")
    for canary in (*canaries, b"/OpenAction", b"/JavaScript", b"/EmbeddedFile"):
        assert canary not in made.clean.read_bytes()
    assert len(PdfReader(made.clean).pages) == 1
    with Image.open(made.views[0]) as picture:
        assert picture.format == "JPEG"


def test_the_parsing_process_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is empty but for path and language, and nothing of the product is imported."""
    from claims.documents import reencode as module

    spy = tmp_path / "spy.py"
    spy.write_text("import json,os,sys\nprint(json.dumps({'ok':False,'code':' '.join(sorted(os.environ))}))")
    monkeypatch.setattr(module, "_WORKER", spy)
    monkeypatch.setenv("DATABASE_URL", "postgres://secret@host/db")
    answer = module._run("image/jpeg", tmp_path / "x", tmp_path)
    assert answer["code"] == "LC_ALL PATH"


def test_a_process_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from claims.documents import reencode as module

    slow = tmp_path / "slow.py"
    slow.write_text("import os,time\nopen('pid','w').write(str(os.getpid()))\ntime.sleep(600)")
    monkeypatch.setattr(module, "_WORKER", slow)
    monkeypatch.setattr(limits, "WORKER_SECONDS", 1)
    assert module._run("image/jpeg", tmp_path / "x", tmp_path)["code"] == "file_too_costly"
    pid = int((tmp_path / "pid").read_text())
    assert not Path(f"/proc/{pid}").exists()
