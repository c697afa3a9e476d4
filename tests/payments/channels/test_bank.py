"""The bank keeps the contract; and its day file is believed when it is whole."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import Settings

from payments.channels.bank import day_file
from payments.channels.base import NoBill
from sandbox.testing import Sandbox
from tests.outside import connect
from tests.payments.channels.contract import FEN, BilledContract, TransferContract
from tests.payments.channels.sides import BankSide

DAY = date(2026, 11, 20)
FILE = (
    "\ufeff交易时间,银行流水号,指令编号,借贷,金额,对方账号,对方户名,摘要\r\n"
    "2026-11-20T10:00:00+08:00,BK1,TR-1,借,18640.00,6222021001112345678,李秀兰,惠民保理赔款\r\n"
    "2026-11-20T11:00:00+08:00,BK1,TR-1,贷,18640.00,6222021001112345678,李秀兰,退票 户名不符\r\n"
    "合计,2\r\n"
)


class TestTheBank(TransferContract, BilledContract):
    @pytest.fixture
    def other_side(self, sandbox: Sandbox, settings: Settings) -> BankSide:
        connect(settings, sandbox)
        return BankSide(sandbox)

    def movements(self, side: BankSide) -> list[tuple[str, int]]:
        """Two transfers, of which one comes back on the same day."""
        for number in ("TR-2027-0000001", "TR-2027-0000002"):
            side.channel.send(self.payout(side, number))
            side.channel.query(number)
        side.sandbox.bounce("TR-2027-0000002")
        return [("TR-2027-0000001", -FEN), ("TR-2027-0000002", -FEN), ("TR-2027-0000002", FEN)]


def test_a_payment_and_its_return_are_two_movements() -> None:
    bill = day_file.read(DAY, FILE.encode())
    assert [(line.number, line.transaction_no, line.amount_fen) for line in bill.movements] == [
        ("TR-1", "BK1", -1_864_000),
        ("TR-1", "BK1", 1_864_000),
    ]
    assert bill.total_fen == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (FILE.replace("合计,2\r\n", ""), "file_unreadable"),
        (FILE.replace("合计,2", "合计,3"), "file_incomplete"),
        (FILE.replace("18640.00", "18640.001", 1), "file_unreadable"),
        (FILE.replace("借", "付"), "file_unreadable"),
        ("", "file_unreadable"),
        ("<html>", "file_unreadable"),
    ],
)
def test_a_file_that_was_cut_off_or_is_none(content: str, code: str) -> None:
    with pytest.raises(NoBill, match=code):
        day_file.read(DAY, content.encode())
