"""Walks the whole path in a real browser against the running portal and saves a numbered picture of every page, at
phone and desktop width, and of the PDFs: `make run` in one terminal, `make tour` in another. Pictures land in var/tour.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from launch import run_env
from launch.secret_store import read_env_file

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
README_PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "tour.png"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@dataclass
class Album:
    """Numbered pictures of one tour."""

    folder: Path
    count: int = 0
    seen: list[str] = field(default_factory=list)

    def next_name(self, name: str) -> str:
        self.count += 1
        self.seen.append(name)
        return f"{self.count:02d}-{name}"

    def take(self, page: Page, name: str) -> None:
        """The same page at phone and desktop width, whole height."""
        name = self.next_name(name)
        before = page.viewport_size
        for width, size in (("phone", PHONE), ("desk", DESK)):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # a ViewportSize
            page.screenshot(path=self.folder / f"{name}-{width}.png", full_page=True)
        if before:
            page.set_viewport_size(before)
        print(f"  {name}", flush=True)


def main() -> int:
    running = read_env_file(run_env.var_folder() / "run.env")
    portal_url = os.environ.get("PORTAL_URL") or running.get("PUBLIC_URL", "")
    sandbox_url = os.environ.get("SANDBOX_URL") or running.get("SANDBOX_URL", "")
    if not portal_url or not _answers(portal_url):
        print("The portal is not running here. Start it with `make run` in another terminal, then try again.")
        return 1
    if not Path(CHROMIUM).exists():
        print(f"No chromium at {CHROMIUM} (as root: apt-get install chromium; or set CHROMIUM).")
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_DEMO", "1")
    import django

    django.setup()
    folder = run_env.var_folder() / "tour"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        album = Album(folder)
        _walk(browser, album, portal_url, sandbox_url)
        browser.close()
    poster(folder)
    print(f"{album.count} pages, pictures in {folder}")
    if "--readme" in sys.argv:
        shutil.copyfile(folder / "poster.png", README_PICTURE)
    return 0


def poster(folder: Path) -> None:
    """One picture for the README: the front page and the paid claim on a phone, the desk beside them."""
    from PIL import Image

    shown = [("*-home-phone.png", 390), ("*-claim-paid-phone.png", 390), ("*-approver-desk-desk.png", 1280)]
    height, gap = 1180, 28
    scaled = []
    for pattern, width in shown:
        image = Image.open(next(iter(sorted(folder.glob(pattern))))).convert("RGB")
        image = image.crop((0, 0, width, min(image.height, height * width // (width if width < 1000 else 1000))))
        scaled.append(image if width < 1000 else image.resize((1000, image.height * 1000 // width)))
    sheet = Image.new("RGB", (sum(i.width for i in scaled) + gap * 4, height + 2 * gap), "#c9d6d0")
    x = gap
    for image in scaled:
        sheet.paste(image.crop((0, 0, image.width, min(image.height, height))), (x, gap))
        x += image.width + gap
    sheet.quantize(128).save(folder / "poster.png", optimize=True)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=5) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False


def _walk(browser: Browser, album: Album, portal_url: str, sandbox_url: str) -> None:
    from demo.people import STAFF
    from scripts.journey import DAUGHTER, LI, Walk, save_pdf_pictures

    def person(size: dict[str, int]) -> Walk:
        context = browser.new_context(viewport=size, base_url=portal_url, locale="zh-CN")  # type: ignore[arg-type]  # a ViewportSize
        page = context.new_page()
        return Walk(page, sandbox_url=sandbox_url, look=lambda name: album.take(page, name))

    daughter = person(PHONE)
    daughter.sign_in(DAUGHTER)
    daughter.go("/enrol/")
    if "/enrol/me" in daughter.page.url:
        daughter.say_who(DAUGHTER)
    li = person(PHONE)
    li.read_the_plan()
    li.sign_in(LI)
    order = li.enrol_everybody_listed()
    li.wait_until_paid(order)
    certificate = li.page.locator("a[href$='certificate.pdf']").first.get_attribute("href") or ""
    li.policies()
    save_pdf_pictures(li.pdf(certificate), album.folder, album.next_name("policy-pdf"))
    claim = li.file_a_claim(LI, year=2026)
    reviewer, approver = (next(p for p in STAFF if p.username == name) for name in ("zhoumin", "wanglei"))
    reviewing = person(DESK)
    reviewing.sign_in_as_staff(reviewer)
    reviewing.open_at_the_desk(claim, "reviewer")
    reviewing.act_at_the_desk("take", "reviewer-took-it")
    reviewing.act_at_the_desk("propose", "reviewer-proposed")
    approving = person(DESK)
    approving.sign_in_as_staff(approver)
    approving.open_at_the_desk(claim, "approver")
    approving.act_at_the_desk("approve", "approver-approved")
    li.wait_for_the_money(claim)
    save_pdf_pictures(li.pdf(f"/claims/{claim}/letter.pdf"), album.folder, album.next_name("decision-letter-pdf"))
    li.go("/account/", "my-data")


if __name__ == "__main__":
    sys.exit(main())
