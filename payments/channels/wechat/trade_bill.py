"""WeChat's trade bill 交易账单: every payment and refund of a day, from the next day at ten.

Announced by a signed reply with the SHA-1 of the file, which itself is not signed. Lines are told apart by their
columns' Chinese names; each value has a backtick before it. The last line has the file's own sums. Amounts in yuan.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import requests
import structlog

from core import clock
from core.errors import DomainError
from core.money import parse_yuan
from payments.channels.base import Bill, Movement, NoBill
from payments.channels.wechat.credentials import Credentials, sdk

log = structlog.get_logger(__name__)

# The words with which WeChat puts off, and says that nothing moved on that day.
_NOT_READY, _NOTHING_MOVED = "STATEMENT_CREATING", "NO_STATEMENT_EXIST"
_COUNT, _PAID, _REFUNDED = "总交易单数", "订单总金额", "申请退款总金额"


def fetch(ours: Credentials, day: date) -> Bill:
    """Raises NoBill."""
    announced = _announced(ours, day)
    if announced is None:
        return Bill(day, (), hashlib.sha256(b"").hexdigest())
    plain = _downloaded(ours, announced)
    return Bill(day, tuple(movements(ours, plain)), hashlib.sha256(plain).hexdigest())


def _announced(ours: Credentials, day: date) -> dict[str, Any] | None:
    """None: nothing moved on that day."""
    status, reply = _asked(lambda: sdk(ours).trade_bill(day.isoformat()))
    try:
        told = json.loads(reply)
        if status == 200 and told["hash_type"] == "SHA1":
            return dict(told)
        code = str(told["code"])
    except (ValueError, KeyError, TypeError):
        raise NoBill("reply_unreadable") from None
    if code == _NOTHING_MOVED:
        return None
    raise NoBill("not_ready" if code == _NOT_READY else code)


def _downloaded(ours: Credentials, announced: dict[str, Any]) -> bytes:
    status, packed = _asked(lambda: sdk(ours).download_bill(announced["download_url"]))
    if status != 200:
        raise NoBill(f"http_{status}")
    try:
        plain = gzip.decompress(packed)
    except (OSError, EOFError, TypeError):
        raise NoBill("file_unreadable") from None
    if hashlib.sha1(plain, usedforsecurity=False).hexdigest() != str(announced["hash_value"]).lower():
        raise NoBill("file_not_the_announced_one")
    return plain


def movements(ours: Credentials, plain: bytes) -> list[Movement]:
    """Raises NoBill for a file that is cut off, not ours or not equal to its own sums."""
    try:
        text = io.StringIO(plain.decode("utf-8-sig"))
        lines = [[value.removeprefix("`") for value in line] for line in csv.reader(text, quoting=csv.QUOTE_NONE)]
        columns, *rows, names, sums = lines
        found = [_movement(ours, dict(zip(columns, row, strict=True))) for row in rows]
        own = dict(zip(names, sums, strict=True))
        told = (int(own[_COUNT]), parse_yuan(own[_PAID]), parse_yuan(own[_REFUNDED]))
    except (ValueError, KeyError, csv.Error, DomainError):
        raise NoBill("file_unreadable") from None
    paid_fen = sum(one.amount_fen for one in found if one.amount_fen > 0)
    refunded_fen = -sum(one.amount_fen for one in found if one.amount_fen < 0)
    if told != (len(found), paid_fen, refunded_fen):
        raise NoBill("file_contradicts_itself")
    return found


def _movement(ours: Credentials, row: Mapping[str, str]) -> Movement:
    if row["商户号"] != ours.mchid:
        raise NoBill("wrong_merchant")
    at = datetime.strptime(row["交易时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=clock.SHANGHAI)
    if row["交易状态"] == "REFUND":
        return Movement(row["商户退款单号"], row["微信退款单号"], -parse_yuan(row["申请退款金额"]), at)
    return Movement(row["商户订单号"], row["微信订单号"], parse_yuan(row["订单金额"]), at)


def _asked(request: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    try:
        return request()
    except requests.RequestException as error:
        raise NoBill(type(error).__name__) from None
    except Exception as error:
        # The SDK raises bare Exception when a reply's signature is missing or wrong.
        log.warning("wechat.reply_not_authentic", error=type(error).__name__)
        raise NoBill("reply_not_authentic") from None
