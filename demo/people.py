"""The made-up people of the demonstration and how each of them signs in. Nobody real; never in production.

Residents exist in the sandbox's national platform (sandbox/seed/people.yaml); staff are made by `manage.py demo`.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_otp.oath import TOTP

# Long enough for the password rules, and plain to read: it protects nothing but made-up people.
STAFF_PASSWORD = "demonstration-2026"


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """username with STAFF_PASSWORD, then the six digits that `code()` gives at that moment."""

    username: str
    name: str
    roles: tuple[str, ...]
    what: str | Promise
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def secret(self) -> str:
        """The authenticator's base32 secret: derived from the name, so that every demonstration shows the same one."""
        return base64.b32encode(hashlib.sha256(f"demonstration {self.username}".encode()).digest()[:20]).decode()

    def code(self) -> str:
        """The authenticator's six digits now."""
        totp = TOTP(base64.b32decode(self.secret), 30, 0, 6)
        totp.time = time.time()
        return f"{totp.token():06d}"


@dataclass(frozen=True, slots=True)
class DemoResident:
    """Signs in with the phone; the code arrives in the sandbox's SMS outbox. voucher_password: of the medical
    e-voucher, by which she proves on the platform's page who she is."""

    phone: str
    name: str
    id_number: str
    what: str | Promise
    voucher_password: str = ""


LI_XIULAN = DemoResident(
    "13900001001",
    "李秀兰",
    "411202196803154264",
    _("resident: enrols herself and her mother, files a claim on last year's policy"),
    "001001",
)
RESIDENTS = (
    LI_XIULAN,
    DemoResident(
        "13900001004", "张晓雨", "411202199506082464", _("resident: her daughter, nothing enrolled yet"), "001004"
    ),
    DemoResident(
        "13900001007", "周敏", "410102199010052230", _("resident: of the other city, enrols there at /zz/"), "001007"
    ),
)
MOTHER = DemoResident("13900001002", "王桂英", "411202194309023286", _("the mother"), "001002")

AT_XIAOSHAN = {"insurer": ("xiaoshan",)}
IN_ZHENGZHOU = {"scheme": ("zz",)}
# The first two give the others their roles: one proposes, the other confirms.
STAFF = (
    DemoStaff("anquan", "吴刚", ("security",), _("accounts and security: staff, roles, who read what")),
    DemoStaff("anquan2", "赵敏", ("security",), _("second access officer: confirms roles that move money")),
    DemoStaff("zhoumin", "周敏", ("claims_reviewer",), _("reviewer: examines and proposes"), AT_XIAOSHAN),
    DemoStaff("wanglei", "王蕾", ("claims_approver",), _("approver: decides what somebody else proposed"), AT_XIAOSHAN),
    DemoStaff("caiwu", "陈会计", ("finance",), _("finance: payments, transfers, ledger")),
    DemoStaff("caiwu-zz", "马丽", ("finance",), _("finance of the other city alone"), IN_ZHENGZHOU),
    DemoStaff("wangdian", "刘芳", ("operator",), _("operator: plan years, orders, policies")),
    DemoStaff("qiye", "孙立", ("employer_clerk",), _("employer's clerk: signs in; rosters come later")),
    DemoStaff("yibaoju", "何静", ("bureau",), _("the bureau: plan filing; dashboards come later")),
)


def lines(*, portal_url: str, sandbox_url: str) -> list[str]:
    """The sign-in sheet for a terminal. The six digits change every 30 seconds; the page at /demo/ shows them fresh."""
    out = [f"Residents sign in at {portal_url} with the phone number; the code arrives at {sandbox_url}/sms"]
    out += [f"  {p.phone}  {p.name:　<4} e-voucher {p.voucher_password}; {_role(p.what)}" for p in RESIDENTS]
    out += [
        "",
        f"Staff sign in at {portal_url}/admin/ with a name from below, the password {STAFF_PASSWORD},",
        f"and the six digits that {portal_url}/demo/ shows",
    ]
    out += [f"  {p.username:<12} {p.name:　<4} {p.what}" for p in STAFF]
    return out


def _role(what: str | Promise) -> str:
    """Without the word that the heading has said already."""
    return str(what).removeprefix("resident: ")
