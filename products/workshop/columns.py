"""The columns of an uploaded city year: what each may hold, and how it is called in either language.

A line is a bill with its person; somebody insured without a bill has a line without amounts. What a person is stands in
each of her lines, the same. There is no column for a name, a number of hers or an address, and none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from benefits.model import BILL_AMOUNTS, ENCOUNTER_TYPES
from benefits.money import MAX_FEN
from benefits.simulation.table import NO_DAY
from products.texts.language import CLASSES, ENCOUNTERS

Cell = int | str


@dataclass(frozen=True, slots=True)
class Column:
    """read: a cell's text → its value; raises ValueError. default: of an empty cell, or where the column is missing.
    of: "person" (the same in each of her lines), "bill" or "amount"."""

    name: str
    zh: str
    says: str | Promise
    read: Callable[[str], Cell]
    default: Cell
    of: str = "bill"
    needed: bool = False


def whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return read


_YES = {"是": 1, "yes": 1, "true": 1, "1": 1, "否": 0, "no": 0, "false": 0, "0": 0}


def yes_no(text: str) -> int:
    if text.lower() not in _YES:
        raise ValueError(text)
    return _YES[text.lower()]


def word(words: Mapping[str, str]) -> Callable[[str], str]:
    """words: what may be written → the word of the rules."""

    def read(text: str) -> str:
        found = words.get(text)
        if found is None:
            raise ValueError(text)
        return found

    return read


def classes(text: str) -> str:
    """Several apart by |; kept in the order of their names."""
    said = {part.strip() for part in text.split("|")}
    if not said <= set(CLASSES):
        raise ValueError(text)
    return "|".join(sorted(said))


def day(text: str) -> int:
    """Days since 1970-01-01."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def illness(text: str) -> str:
    if not re.fullmatch(r"[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,4})?", text):
        raise ValueError(text)
    return text


def area(text: str) -> str:
    if not re.fullmatch("[0-9]{2,6}", text):
        raise ValueError(text)
    return text


def yuan(text: str) -> int:
    """Yuan with at most two decimals → fen."""
    try:
        fen = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        raise ValueError(text) from None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= MAX_FEN:
        raise ValueError(text)
    return int(fen)


def _either(names: Mapping[str, str]) -> dict[str, str]:
    return {**names, **{word_: word_ for word_ in names.values()}}


_KINDS = _either({"居民": "resident", "职工": "employee", "新市民": "new_citizen"})
_PLACES = _either({"本地": "local", "转诊异地": "elsewhere_referred", "异地": "elsewhere", "境外": "overseas"})
_ENCOUNTERS = _either({ENCOUNTERS[one].zh: one for one in ENCOUNTER_TYPES if one in ENCOUNTERS})
_LEVELS = {"1": "1", "2": "2", "3": "3", "一级": "1", "二级": "2", "三级": "3"}

_AMOUNTS = (
    "total", "in_scope", "class_b_first", "over_limit", "out_of_catalogue", "special_drug", "basic_fund_paid",
    "critical_illness_paid", "large_amount_paid", "civil_servant_paid", "assistance_paid", "other_paid",
)  # fmt: skip
_NAMED = {amount.name: amount for amount in BILL_AMOUNTS}

COLUMNS: tuple[Column, ...] = (
    Column(
        "person", "人员序号", _("a running number of your own, at most nine digits; never a number of the person's"),
        whole(0, 999_999_999), 0, "person", needed=True,
    ),
    Column("age", "年龄", _("whole years, 0 to 120"), whole(0, 120), 0, "person", needed=True),
    Column(
        "insured_type", "参保类型", _("resident (taken where it is empty), employee or new_citizen"), word(_KINDS),
        "resident", "person",
    ),
    Column("assistance", "救助身份", _("classes of assistance, several apart by |"), classes, "", "person"),
    Column("preexisting", "既往症", _("yes or no (taken where it is empty)"), yes_no, 0, "person"),
    Column("continuous_years", "连续参保年数", _("this year included; 1 where it is empty"), whole(1, 60), 1, "person"),
    Column(
        "claim_free_years", "连续无赔付年数", _("directly before this year; 0 where it is empty"), whole(0, 60), 0,
        "person",
    ),
    Column("in_waiting_period", "待遇等待期", _("yes or no (taken where it is empty)"), yes_no, 0, "person"),
    Column("large_amount_cover", "大额补助参保", _("yes (taken where it is empty) or no"), yes_no, 1, "person"),
    Column("area", "区县代码", _("two to six digits"), area, "", "person"),
    Column("day", "就医日期", _("for example 2026-03-01"), day, NO_DAY),
    Column("encounter_type", "就医方式", _("inpatient where it is empty"), word(_ENCOUNTERS), "inpatient"),
    Column("hospital_level", "医院等级", "1, 2, 3", word(_LEVELS), ""),
    Column(
        "place", "就医地", _("local (taken where it is empty), elsewhere_referred, elsewhere or overseas"),
        word(_PLACES), "local",
    ),
    Column("diagnosis", "诊断编码", pgettext_lazy("city year", "ICD-10, for example C34"), illness, ""),
    *(
        Column(
            name, _NAMED[name].zh,
            _("yuan, at most two decimals; the sum of the parts where it is empty") if name == "total"
            else _("yuan, at most two decimals"),
            yuan, -1 if name == "total" else 0, "amount",
        )
        for name in _AMOUNTS
    ),
)  # fmt: skip

BY_HEADING: dict[str, Column] = {heading: column for column in COLUMNS for heading in (column.name, column.zh)}

# Headings that say that a column would tell who somebody is.
PERSONAL = re.compile(
    r"姓名|名字|身份证|证件|电话|手机|住址|地址|医保号|卡号|出生|账号|就诊号|住院号|结算号|病案"
    r"|name|id_?(card|number|no)|identity|phone|mobile|address|birth|account|email|passport|card",
    re.IGNORECASE,
)
# A number by which somebody is known, wherever it stands.
NUMBER_OF_SOMEBODY = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
