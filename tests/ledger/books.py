"""What the tests book: premiums of two schemes, claims of two insurers. All people and amounts are made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from core.clock import SHANGHAI
from demo.schemes import SANMENXIA, ZHENGZHOU, create_demo_scheme
from ledger.actions import Line, post
from ledger.models import Transaction

SMX, ZZ = SANMENXIA.code, ZHENGZHOU.code
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
_NUMBERS: Iterator[int] = iter(range(1, 10**9))


def two_schemes() -> None:
    create_demo_scheme(SANMENXIA)
    create_demo_scheme(ZHENGZHOU)


def of_a_premium(fen: int, *, scheme: str = SMX, plan_year: str = "", money_account: str = "") -> list[Line]:
    return [
        Line("asset.clearing", fen, scheme, money_account=money_account or f"{scheme}-wechat"),
        Line("liability.premium", -fen, scheme, plan_year=plan_year or f"{scheme}-2027"),
    ]


def premium(
    fen: int = 20_000,
    *,
    scheme: str = SMX,
    now: datetime = NOW,
    on: date | None = None,
    reference: str = "",
    plan_year: str = "",
    money_account: str = "",
) -> Transaction:
    """Li Xiulan pays for herself and her mother."""
    lines = of_a_premium(fen, scheme=scheme, plan_year=plan_year, money_account=money_account)
    return post(
        kind="payment", reference=reference or f"PY-{next(_NUMBERS):07d}", lines=lines, now=now, booking_date=on
    )


def claim(fen: int = 906_000, *, scheme: str = SMX, insurer: str = "dahe", now: datetime = NOW) -> Transaction:
    """Wang Guifang's hip, decided."""
    lines = [
        Line("expense.claims", fen, scheme, plan_year=f"{scheme}-2026", insurer=insurer),
        Line("liability.claims_payable", -fen, scheme, plan_year=f"{scheme}-2026", insurer=insurer),
    ]
    return post(kind="claim.approved", reference=f"CL-{next(_NUMBERS):07d}", lines=lines, now=now)
