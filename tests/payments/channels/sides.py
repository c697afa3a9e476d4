"""The sandbox as the other side of the channels that stand in payments/channels."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings

from payments.channels import CHANNELS
from sandbox.testing import Sandbox

LI = "41120000000000000000001001"


class SandboxSide:
    """operations: what the contract calls an operation, as the sandbox calls it."""

    code: ClassVar[str]
    place: ClassVar[str]
    log: ClassVar[str]
    operations: ClassVar[dict[str, str]]

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.channel: Any = CHANNELS.get(self.code)
        sandbox.clock(settings.PORTAL_CLOCK)

    def fault(self, operation: str, kind: str) -> None:
        params = {"code": "no_such_thing"} if kind == "refuse" else {}
        self.sandbox.fault(self.place, self.operations[operation], kind, **{**params, **self.refusal(kind)})

    def refusal(self, kind: str) -> dict[str, Any]:
        """What a definitive refusal is called here."""
        return {}

    def executed(self) -> list[tuple[str, int]]:
        moved = [(row["reference"], row["amount_fen"]) for row in self.sandbox.log(self.log)]
        return [(number, fen) for number, fen in moved if fen]

    def payer_confirms(self, number: str) -> None:
        """Nowhere."""


class PersonalAccountSide(SandboxSide):
    code, place, log = "PERSONAL_ACCOUNT", "nhsa", "account"
    operations: ClassVar[dict[str, str]] = {"charge": "deduct", "query": "query", "refund": "refund"}

    def details(self) -> dict[str, Any]:
        """Li Xiulan, for herself."""
        return {"payer_psn_no": LI, "insured": [{"psn_no": LI, "relation": "self", "amount_fen": 20_000}]}

    def refusal(self, kind: str) -> dict[str, Any]:
        return {"code": "ACCT_BALANCE"} if kind == "refuse" else {}


class WechatSide(SandboxSide):
    code, place, log = "WECHAT", "wechat", "wechat"
    operations: ClassVar[dict[str, str]] = {"charge": "order", "query": "query", "refund": "refund", "bill": "bill"}

    def details(self) -> dict[str, Any]:
        return {"client_ip": "203.0.113.7"}

    def refusal(self, kind: str) -> dict[str, Any]:
        return {"code": "RULE_LIMIT"} if kind == "refuse" else {}

    def payer_confirms(self, number: str) -> None:
        self.sandbox.pay_wechat(number)


class BankSide(SandboxSide):
    code, place, log = "BANK", "bank", "bank"
    operations: ClassVar[dict[str, str]] = {"transfer": "transfer", "query": "query", "bill": "day_file"}
