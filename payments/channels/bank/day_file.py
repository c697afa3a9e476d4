"""The bank's file of a day: a payment on the day it was paid, a return on the day it came back. Amounts in yuan.

The last line counts the others, so that a file which was cut off is not taken for a quiet day.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import date, datetime

from core.errors import DomainError
from core.money import parse_yuan
from payments.channels.base import Bill, Movement, NoBill

_COUNT = "合计"
# As the bank sees our account: it debits it for what it pays, and credits what comes back.
_SIGNS = {"借": -1, "贷": 1}


def read(day: date, content: bytes) -> Bill:
    """Raises NoBill for a file that cannot be read or is not whole."""
    try:
        columns, *rows, (word, count) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        movements = tuple(_movement(dict(zip(columns, row, strict=True))) for row in rows)
        is_whole = word == _COUNT and int(count) == len(movements)
    except (ValueError, KeyError, csv.Error, DomainError):
        raise NoBill("file_unreadable") from None
    if not is_whole:
        raise NoBill("file_incomplete")
    return Bill(day, movements, hashlib.sha256(content).hexdigest())


def _movement(row: Mapping[str, str]) -> Movement:
    return Movement(
        number=row["指令编号"],
        transaction_no=row["银行流水号"],
        amount_fen=_SIGNS[row["借贷"]] * parse_yuan(row["金额"]),
        at=datetime.fromisoformat(row["交易时间"]),
    )
