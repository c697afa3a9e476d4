"""What the tests do at the till, in sentences: start a payment, let the workers run, look at log and ledger."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from pytest_django import Settings

from accounts.models import User
from core import clock
from core.actors import Actor
from ledger.selectors import balance_fen, kept_differs, total_fen, unbalanced_transactions
from payments.actions import create_transfer, receive_notification, request_refund, start_payment
from payments.models import Notification, Payment, Refund, Transfer
from sandbox.testing import Sandbox
from tests.payments.orders import INSURER, PAYOUT, PLAN_YEAR, PURPOSE, SCHEME, open_order
from work import sweeps
from work.models import HumanTask

LI, WANG, ZHANG = "41120000000000000000001001", "41120000000000000000001002", "41120000000000000000001003"
PREMIUM_FEN = 10_000
FOR_TWO_FEN = 2 * PREMIUM_FEN
PAYEE, CARD = "李秀兰", "6222021001112345678"
CLERK = Actor.system("test")
# What WeChat calls us in the sandbox, and where it posts its messages.
MERCHANT = "1900000109"
NOTIFY = f"/pay/notify/wechat/{MERCHANT}/"

# Where money stands in the books: balance_fen(**ACCOUNT).
ACCOUNT = {"account": "asset.clearing", "money_account": "smx-personal_account"}
WECHAT_CLEARING = {"account": "asset.clearing", "money_account": "smx-wechat"}
BANK = {"account": "asset.bank", "money_account": "smx-bank"}
PREMIUMS = {"account": "liability.premium", "plan_year": PLAN_YEAR}
UNAPPLIED = {"account": "liability.unapplied", "plan_year": PLAN_YEAR}
PAYABLE = {"account": "liability.claims_payable", "plan_year": PLAN_YEAR, "insurer": INSURER}


_flowing_clock = clock.now


class Till:
    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        self.sandbox = sandbox
        self.settings = settings
        self.look_at_the_clock()

    def look_at_the_clock(self) -> None:
        """This process's time, until it looks again; worker processes of their own have the flowing one."""
        self.now = _flowing_clock()

    @classmethod
    def without_sandbox(cls) -> Till:
        """For a process that only instructs."""
        return cls.__new__(cls)

    # Money in

    def pay_from_account(
        self, ref: str | None = None, *, payer: str = LI, user: User | None = None, scheme: str = SCHEME
    ) -> Payment:
        """Li Xiulan pays 200.00 for herself and her mother out of her personal account."""
        insured = [
            {"psn_no": payer, "relation": "self", "amount_fen": PREMIUM_FEN},
            {"psn_no": WANG, "relation": "parent", "amount_fen": PREMIUM_FEN},
        ]
        return self._start(ref, "PERSONAL_ACCOUNT", {"payer_psn_no": payer, "insured": insured}, user, scheme=scheme)

    def pay_by_wechat(self, ref: str | None = None, *, user: User | None = None, scheme: str = SCHEME) -> Payment:
        """The same 200.00 by WeChat Pay."""
        return self._start(ref, "WECHAT", {}, user, scheme=scheme)

    def _start(
        self, ref: str | None, channel: str, details: dict[str, Any], user: User | None, *, scheme: str = SCHEME
    ) -> Payment:
        return start_payment(
            purpose=PURPOSE,
            purpose_ref=ref or open_order(),
            plan_year=PLAN_YEAR,
            amount_fen=FOR_TWO_FEN,
            channel=channel,
            payer_id=user.pk if user else None,
            details=details,
            actor=CLERK,
            now=clock.now(),
            scheme=scheme,
        )

    def refund(self, payment: Payment, amount_fen: int) -> Refund:
        return request_refund(payment=payment, amount_fen=amount_fen, reason="surrender", actor=CLERK, now=clock.now())

    def receive(self, headers: str, body: str) -> Notification:
        """What the web server does with a post from WeChat. headers: a JSON object."""
        return receive_notification(
            channel="WECHAT", number=MERCHANT, headers=json.loads(headers), body=body.encode(), now=clock.now()
        )

    # Money out

    def pay_out(
        self, ref: str | None = None, *, amount_fen: int = 1_864_000, account_no: str = CARD, scheme: str = SCHEME
    ) -> Transfer:
        """18,640.00 of a claim to Li Xiulan's bank card."""
        return create_transfer(
            purpose=PAYOUT,
            purpose_ref=ref or open_order("claim-1"),
            plan_year=PLAN_YEAR,
            amount_fen=amount_fen,
            payee_name=PAYEE,
            account_no=account_no,
            bank_code="",
            narrative="惠民保理赔款",
            scheme=scheme,
            insurer=INSURER,
            actor=CLERK,
            now=clock.now(),
        )

    # Workers and time

    def work(self) -> None:
        """Every sweeper, until nothing is due; time stands still meanwhile."""
        self.look_at_the_clock()
        while sum(sweeps.drain(kind) for kind in ("notifications", "payments", "refunds", "transfers")):
            pass

    # What happened

    def executed(self, channel: str, event: str = "") -> list[tuple[str, int]]:
        """(number, fen) of everything the other side carried out, in order."""
        return [(row["reference"], row["amount_fen"]) for row in self.sandbox.log(channel, event=event)]

    def assert_books_agree(self) -> None:
        """M3: every transaction balances, and our clearing accounts equal what the channels say they did."""
        assert unbalanced_transactions() == []
        assert total_fen() == 0
        assert kept_differs() == []
        assert balance_fen(**ACCOUNT) == self.sandbox.total_fen("account")
        assert balance_fen(**WECHAT_CLEARING) == self.sandbox.total_fen("wechat")
        assert balance_fen(**BANK) == self.sandbox.total_fen("bank")


def tasks_for_people() -> list[tuple[str, str]]:
    """(kind, reason) of what waits for a person."""
    return list(HumanTask.objects.filter(resolved_at=None).order_by("pk").values_list("kind", "reason"))


def states(row: Payment | Refund | Transfer) -> list[str]:
    """Every state the row has been in."""
    return [event.new_state for event in row.events.order_by("pk")]


def wait_until(true: Callable[[], object], *, seconds: float = 60) -> None:
    """For what another process does. Fails when it does not happen at all; how fast is no test."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
