"""WeChat Pay keeps the contract; and its trade bill is believed when it equals its own sums and its announcement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_django import Settings

from payments.channels.base import Arrived, NoBill
from payments.channels.wechat import trade_bill
from sandbox.testing import Sandbox
from sandbox.wechat_bill import COLUMNS, TOTALS
from tests.outside import connect
from tests.payments.channels.contract import FEN, NUMBER, REFUND, BilledContract, CashierContract, NotifyingContract
from tests.payments.channels.sides import WechatSide
from tests.payments.wechat_desk import WechatDesk

OURS: Any = SimpleNamespace(mchid="1900000109")
LINE = (
    "`2026-11-20 10:00:30,`wx1,`1900000109,`0,`,`4200001,`PY-1,`o1,`MWEB,`SUCCESS,`OTHERS,`CNY,`200.00,`0.00,`0,`0,"
    "`0.00,`0.00,`,`,`三门峡惠民保,`,`0.00000,`0.60%,`200.00,`0.00,`"
)
FILE = f"\ufeff{COLUMNS}\r\n{LINE}\r\n{TOTALS}\r\n`1,`200.00,`0.00,`0.00,`0.00000,`200.00,`0.00\r\n"


class TestWechatPay(CashierContract, NotifyingContract, BilledContract):
    @pytest.fixture
    def other_side(self, sandbox: Sandbox, settings: Settings) -> WechatSide:
        connect(settings, sandbox)
        return WechatSide(sandbox)

    @pytest.fixture
    def notification(self, other_side: WechatSide) -> Arrived:
        payment: Any = SimpleNamespace(number=NUMBER, pk=1, amount_fen=FEN)
        headers, body = WechatDesk(other_side.sandbox).paid(payment)
        return Arrived(headers, body, datetime.now(UTC))

    def movements(self, side: WechatSide) -> list[tuple[str, int]]:
        """One order is paid, and half of it goes back."""
        side.channel.refund(self.back(side, self.paid(side), FEN // 2))
        self.query_refund(side)
        return [(NUMBER, FEN), (REFUND, -FEN // 2)]

    @contextmanager
    def after(self, side: WechatSide, day: date) -> Iterator[None]:
        """The next morning at ten."""
        side.sandbox.clock(f"{(day + timedelta(days=1)).isoformat()}T10:00:00")
        yield

    def test_before_ten_the_bill_is_not_ready(self, other_side: WechatSide) -> None:
        other_side.sandbox.clock("2026-11-21T09:59:00")
        with pytest.raises(NoBill, match="not_ready"):
            other_side.channel.bill(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (FILE.replace(f"{LINE}\r\n", ""), "file_contradicts_itself"),
        (FILE.replace("`200.00,`0.00,`\r\n", "`200.01,`0.00,`\r\n"), "file_contradicts_itself"),
        (FILE.replace("1900000109", "1900000110"), "wrong_merchant"),
        (FILE.partition(TOTALS)[0], "file_unreadable"),
        (FILE.replace("商户订单号", "订单"), "file_unreadable"),
        ("", "file_unreadable"),
    ],
)
def test_a_bill_that_is_not_whole_or_not_ours(content: str, code: str) -> None:
    assert len(trade_bill.movements(OURS, FILE.encode())) == 1
    with pytest.raises(NoBill, match=code):
        trade_bill.movements(OURS, content.encode())
