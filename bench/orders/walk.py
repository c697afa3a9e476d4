"""A family of three enrols and pays from the medical personal account, over HTTP, page by page as people do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bench.orders.browser import Browser, PageRefused

ISSUED_WITHIN_SECONDS = 90.0
SECONDS_BETWEEN_LOOKS = 3.0
# GB/T 4761 by tens, as the civil register of the sandbox has it → the portal's own names.
RELATIONS = {"10": "spouse", "20": "child", "50": "parent"}

Timer = Callable[[str], Any]


@dataclass(frozen=True)
class Family:
    """People as the sandbox made them: an employed payer and two relatives of hers."""

    payer: dict[str, Any]
    relatives: list[tuple[str, dict[str, Any]]]
    address: str


def families(people: list[dict[str, Any]]) -> list[Family]:
    """Of each four generated people: the payer, the spouse and the parent."""
    by_number = {person["psn_no"]: person for person in people}
    payers = [person for person in people if person["kin"]]
    found = []
    for index, payer in enumerate(payers):
        relatives = [(RELATIONS[code], by_number[number]) for number, code in payer["kin"].items()][:2]
        found.append(Family(payer, relatives, f"127.{1 + (index >> 16 & 127)}.{index >> 8 & 255}.{index & 255}"))
    return found


class Walk:
    """One family's way to its policies. `step(name)` is a context around each part, for whoever measures."""

    def __init__(self, *, portal_url: str, sandbox_url: str, family: Family, step: Timer) -> None:
        self.browser = Browser(portal_url, family.address)
        self.sandbox = httpx.Client(base_url=sandbox_url, timeout=30, trust_env=False)
        self.family = family
        self.step = step

    def enrol(self) -> str:
        """From signing in to three issued policies; the order's number. Raises PageRefused."""
        with self.step("sign in"):
            self._sign_in()
        with self.step("say who"):
            self._say_who()
        with self.step("add two relatives"):
            for relation, person in self.family.relatives:
                self._add(relation, person)
        with self.step("choose and read"):
            self._choose_and_read()
        with self.step("pay"):
            number = self._pay()
        with self.step("until issued"):
            self._wait_until_issued(number)
        return number

    def _sign_in(self) -> None:
        """She opens the address that stands on every poster: signed out, so she signs in first and then comes there."""
        browser, phone = self.browser, self.family.payer["phone"]
        browser.open("/enrol/")
        browser.submit({"phone": phone})
        browser.submit({"code": self._code_for(phone)})
        if "/notice/" in browser.url:
            browser.submit({"answer": "agree"})

    def _code_for(self, phone: str) -> str:
        for _attempt in range(300):
            for message in self.sandbox.get("/sms.json", params={"phone": phone}).json():
                if found := re.search(r"(?<!\d)(\d{6})(?!\d)", message["text"]):
                    return found.group(1)
            time.sleep(0.1)
        raise PageRefused(f"no code arrived for the phone ending in {phone[-4:]}")

    def _say_who(self) -> None:
        """She opens her e-voucher on the platform's page (the outside world, not counted) and comes back proved."""
        payer = self.family.payer
        self.browser.submit({"consent": "on"})
        platform = self.browser.buttons[0]
        proved = self.sandbox.post(platform, data={"phone": payer["phone"], "password": payer["psn_no"][-6:]})
        self.browser.open(proved.headers["Location"])

    def _add(self, relation: str, person: dict[str, Any]) -> None:
        self.browser.open("/enrol/family/add/")
        typed: dict[str, str | list[str]] = {
            "relation": relation, "name": person["name"], "id_number": person["certno"],
        }  # fmt: skip
        self.browser.submit(typed)
        # The second page asks for the consent that the age needs, and for a second look where ages are odd.
        asked = {name: "on" for name in self.browser.forms[0].choices if name in ("consent", "odd_confirmed")}
        self.browser.submit({**typed, **asked})

    def _choose_and_read(self) -> None:
        browser = self.browser
        browser.submit({"people": browser.forms[0].choices["people"]})
        browser.submit({"acknowledged": "on"})
        browser.submit({"terms": "on", "sensitive": "on", "sharing": "on"})
        browser.submit()

    def _pay(self) -> str:
        number = self.browser.url.rstrip("/").split("/")[-2]
        self.browser.submit({"channel": self.browser.forms[0].choices["channel"][0]})
        return number

    def _wait_until_issued(self, number: str) -> None:
        """As her browser does by itself: the page of the payment asks every three seconds how it stands. When it is
        paid she goes on to her policies."""
        deadline = time.monotonic() + ISSUED_WITHIN_SECONDS
        while self.browser.renewal:
            if time.monotonic() > deadline:
                raise PageRefused(f"order {number} was not paid in time: {self.browser.text[:300]}")
            time.sleep(SECONDS_BETWEEN_LOOKS)
            self.browser.look_again()
        self.browser.open(self.browser.buttons[-1])
        if self.browser.html.count("certificate.pdf") != 1 + len(self.family.relatives):
            raise PageRefused(f"order {number} is paid and not issued: {self.browser.text[:300]}")


@contextmanager
def untimed(_name: str) -> Iterator[None]:
    yield
