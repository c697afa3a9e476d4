"""The main path, walked in a real browser as each person: shared by `make tour` and the end-to-end browser test.

Every method does what a person does on the pages and calls `look(name)` where she would stop and read. Nothing here
depends on the language of the pages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import httpx
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page

from demo.people import RESIDENTS, STAFF_PASSWORD, DemoResident, DemoStaff
from look.fonts import font_path

Look = Callable[[str], None]
LI, DAUGHTER = RESIDENTS[0], RESIDENTS[1]
CARD_NUMBER = "6222020000000033810"


def picture(text: str) -> bytes:
    """A photo of a made-up paper, with writing large enough to read."""
    image = Image.new("RGB", (1200, 900), "#f7f4ea")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 1160, 860), outline="#8fa89d", width=4)
    draw.multiline_text((90, 90), text, fill="#22302a", font=ImageFont.truetype(str(font_path("bold")), 46), spacing=26)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


INVOICE = "河南省医疗住院收费票据（示例）\n示例市中心医院\n交款人：李秀兰\n金额合计：86,200.00"
BANK_CARD = f"示例银行\n{CARD_NUMBER}\nLI XIULAN"


class Walk:
    """One person's browser. `page` has the portal's address as its base."""

    def __init__(self, page: Page, *, sandbox_url: str, look: Look = lambda _name: None) -> None:
        self.page = page
        self.sandbox_url = sandbox_url
        self.look = look

    # -- small moves --------------------------------------------------------------------------------------------------

    def go(self, path: str, name: str = "") -> None:
        self.page.goto(path)
        if name:
            self.look(name)

    def press(self) -> None:
        """The one filled button of the page."""
        self.page.locator("main .buttons .button:not(.button-outline)").last.click()
        self.page.wait_for_load_state()

    def tick(self, *names: str) -> None:
        for name in names:
            self.page.locator(f"main input[name={name}]").check(force=True)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def choose(self, name: str, nth: int = 0) -> None:
        self.page.locator(f"main input[name={name}]").nth(nth).check(force=True)

    def wait_for_path(self, pattern: str, seconds: float = 30) -> None:
        self.page.wait_for_url(re.compile(pattern), timeout=seconds * 1000)

    # -- a resident ---------------------------------------------------------------------------------------------------

    def code_for(self, phone: str) -> str:
        """The newest six digits that the SMS gateway delivered to the phone."""

        def texts() -> list[str]:
            answer = httpx.get(f"{self.sandbox_url}/sms.json", params={"phone": phone}, trust_env=False)
            return [message["text"] for message in answer.json()]

        for _attempt in range(60):
            for text in texts():
                found = re.search(r"(?<!\d)(\d{6})(?!\d)", text)
                if found:
                    return found.group(1)
            self.page.wait_for_timeout(500)
        raise AssertionError(f"no code arrived for the phone ending in {phone[-4:]}")

    def sign_in(self, person: DemoResident) -> None:
        self.go("/account/sign-in/", "sign-in")
        self.fill(phone=person.phone)
        self.press()
        self.look("sign-in-code")
        self.fill(code=self.code_for(person.phone))
        self.press()
        if "/notice/" in self.page.url:
            self.look("sign-in-notice")
            for box in self.page.locator("main input[type=checkbox]").all():
                box.check(force=True)
            self.press()

    def say_who(self, person: DemoResident) -> None:
        """She opens her medical e-voucher on the national platform's page and comes back proved."""
        self.go("/enrol/", "who-are-you")
        self.tick("consent")
        self.press()
        self.look("to-the-platform")
        self.page.locator("main .buttons a.button").first.click()
        self.page.locator("[name=phone]").fill(person.phone)
        self.page.locator("[name=password]").fill(person.voucher_password)
        self.look("platform-e-voucher")
        self.page.locator("form.card button").click()
        self.wait_for_path(r"/enrol/(family/)?$")
        self.go("/enrol/me/", "me")

    def read_the_plan(self) -> None:
        self.go("/", "home")
        self.page.locator("a[href*='/enrol/plans/']").first.click()
        self.look("plan")
        self.page.locator("a[href$='/exclusions/']").first.click()
        self.look("exclusions")

    def enrol_everybody_listed(self) -> str:
        """From the family list to the end of the payment page; returns the order's number."""
        self.go("/enrol/family/", "family")
        for box in self.page.locator("main input[name=people]").all():
            box.check(force=True)
        self.look("family-chosen")
        self.press()
        self.look("not-covered")
        self.tick("acknowledged")
        self.press()
        self.look("terms")
        self.tick("terms", "sensitive", "sharing")
        self.press()
        self.look("check-answers")
        self.press()
        self.choose("channel", 0)
        self.look("how-to-pay")
        number = self.page.url.rstrip("/").split("/")[-2]
        self.press()
        return number

    def wait_until_paid(self, order_number: str) -> None:
        self.look("paying")
        for _attempt in range(60):
            self.go(f"/enrol/orders/{order_number}/")
            if self.page.locator("a[href$='certificate.pdf']").count():
                break
            self.page.wait_for_timeout(500)
        else:
            raise AssertionError(f"order {order_number} was not paid in time: {self.page.inner_text('main')}")
        self.look("paid")

    def policies(self) -> None:
        self.go("/enrol/policies/", "policies")
        self.page.locator("main a[href*='/enrol/policies/']").first.click()
        self.look("policy")

    def pdf(self, path: str) -> bytes:
        """The PDF at the address, fetched as this person."""
        answer = self.page.request.get(path)
        assert answer.ok, f"{path}: {answer.status}"
        body = answer.body()
        assert body.startswith(b"%PDF"), f"{path} is not a PDF"
        return body

    def file_a_claim(self, person: DemoResident, *, year: int) -> str:
        """From the choice of person and cover year to handing in; returns the claim's number."""
        self.go("/claims/", "claims")
        self.go("/claims/new/")
        self.page.locator(".option", has_text=person.name).filter(has_text=str(year)).locator("input").check(force=True)
        self.look("claim-whose")
        self.press()
        self.choose("stays", 0)
        self.look("claim-which-stay")
        self.press()
        self.wait_for_path(r"/claims/CL-[^/]+/$", seconds=60)  # by itself, should the platform take its time
        self.look("claim-tasks")
        number = self.page.url.rstrip("/").split("/")[-1]
        self.go(f"/claims/{number}/what-happened/")
        self.choose("cause", 0)
        self.choose("other_insurance", 0)
        self.look("claim-what-happened")
        self.press()
        self.go(f"/claims/{number}/papers/", "claim-papers")
        self._send("INVOICE", "invoice.jpg", INVOICE)
        self._send("BANK_CARD", "card.jpg", BANK_CARD)
        self.look("claim-papers-sent")
        # The page renews itself until a worker has written them anew.
        self.page.wait_for_selector("main [hx-trigger]", state="detached", timeout=60_000)
        self.look("claim-papers-checked")
        self.go(f"/claims/{number}/account/")
        self.choose("payee_name", 0)
        self.page.locator("main [name=bank_code]").select_option(index=1)
        self.fill(account_no=CARD_NUMBER)
        self.look("claim-account")
        self.press()
        if self.page.locator("main input[name=number_compared]").count():
            self.tick("number_compared")
            self.press()
        self.go(f"/claims/{number}/check/", "claim-check")
        self.press()
        self.look("claim-handed-in")
        self.go(f"/claims/{number}/handover/", "claim-handover")
        return number

    def _send(self, kind: str, name: str, text: str) -> None:
        section = self.page.locator(f"#{kind}")
        section.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": picture(text)}
        )
        section.locator("form.form button").click()
        self.page.wait_for_load_state()

    def wait_for_the_money(self, claim_number: str) -> None:
        for _attempt in range(60):
            self.go(f"/claims/{claim_number}/")
            if self.page.locator(".chip-done").count():
                break
            self.page.wait_for_timeout(500)
        else:
            raise AssertionError(f"claim {claim_number} was not paid in time: {self.page.inner_text('main')}")
        self.look("claim-paid")

    # -- staff --------------------------------------------------------------------------------------------------------

    def sign_in_as_staff(self, person: DemoStaff) -> None:
        self.go("/admin/", "staff-sign-in")
        self.page.locator("[name=username]").fill(person.username)
        self.page.locator("[name=password]").fill(STAFF_PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_load_state()
        self.look("staff-second-factor")
        # A code is good once; should it have just been used, the next one comes within half a minute.
        for _attempt in range(40):
            self.page.locator("[name=token]").fill(person.code())
            self.page.locator("[name=token]").press("Enter")
            self.page.wait_for_load_state()
            if "/staff/" not in self.page.url:
                break
            self.page.wait_for_timeout(1500)
        self.wait_for_path(r"/admin/")
        self.look("staff-home")

    def open_at_the_desk(self, claim_number: str, name: str) -> None:
        self.go("/admin/claims/claim/", f"{name}-queue")
        self.page.locator(f"a:has-text('{claim_number}')").first.click()
        self.page.wait_for_load_state()
        self.look(f"{name}-desk")

    def act_at_the_desk(self, verb: str, name: str) -> None:
        self.page.locator(f"form[action*='/{verb}/'] button, button[name={verb}]").first.click()
        self.page.wait_for_load_state()
        self.look(name)


def save_pdf_pictures(pdf: bytes, folder: Path, name: str) -> None:
    """The PDF and a picture of each page beside it."""
    import pypdfium2

    (folder / f"{name}.pdf").write_bytes(pdf)
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), start=1):
        page.render(scale=1.6).to_pil().save(folder / f"{name}-p{number}.png")
