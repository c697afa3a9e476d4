"""Identity documents, mobile and card numbers: reading, checking, masking.

Source: GB 11643-1999 (resident identity number: weights and check map), standards.md "Identity".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from stdnum import luhn

from core.errors import DomainError
from core.written import number_as_written

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_MAP = "10X98765432"
_RESIDENCE_PERMIT_AREAS = ("810000", "820000", "830000")
_PROVINCES = frozenset(
    f"{code}"
    for code in (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)


class IdKind(StrEnum):
    RESIDENT_ID = "resident_id"
    HK_MO_TW_PERMIT = "hk_mo_tw_permit"
    FOREIGN_PERMANENT_CARD = "foreign_permanent_card"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked number. sex: "M" or "F". warnings: codes, not refusals."""

    number: str
    kind: IdKind
    birth_date: date
    sex: str
    area: str
    warnings: tuple[str, ...] = ()


def check_digit(first17: str) -> str:
    """The eighteenth character for seventeen digits."""
    return _CHECK_MAP[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def check_id_number(text: str, *, today: date, field: str | None = "id_number") -> IdNumber:
    """Read an 18-character identity number. Raises DomainError: id_number_length, id_number_check_digit,
    id_number_birth_date, id_number_future_birth; each says which part to look at again.
    """
    number = number_as_written(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise DomainError(
            "id_number_length",
            _("An identity number has 18 characters: 17 digits and a last digit or X. Please look at the card again."),
            field=field,
        )
    try:
        born = datetime.strptime(number[6:14], "%Y%m%d").date()
    except ValueError:
        raise DomainError(
            "id_number_birth_date",
            _("Digits 7 to 14 are the date of birth, and this date does not exist. Please look at the card again."),
            field=field,
        ) from None
    if number[17] != check_digit(number[:17]):
        raise DomainError(
            "id_number_check_digit",
            _(
                "The identity number does not add up: one of its digits must be different. "
                "Please compare it with the card."
            ),
            field=field,
        )
    if born > today:
        raise DomainError(
            "id_number_future_birth",
            _("The date of birth in this identity number lies in the future. Please compare it with the card."),
            field=field,
        )
    return IdNumber(
        number=number,
        kind=_kind(number),
        birth_date=born,
        sex="M" if int(number[16]) % 2 else "F",
        area=number[:6],
        warnings=_warnings(number, born, today),
    )


def _kind(number: str) -> IdKind:
    if number[0] == "9":
        return IdKind.FOREIGN_PERMANENT_CARD
    if number[:6] in _RESIDENCE_PERMIT_AREAS:
        return IdKind.HK_MO_TW_PERMIT
    return IdKind.RESIDENT_ID


def _warnings(number: str, born: date, today: date) -> tuple[str, ...]:
    found = []
    if number[0] != "9" and number[:2] not in _PROVINCES:
        found.append("unknown_area")
    if today.year - born.year > 110:
        found.append("very_old")
    return tuple(found)


def check_mobile(text: str, *, field: str | None = "phone") -> str:
    """Eleven digits beginning with 1, however the country was put before them. Raises DomainError(mobile_format)."""
    digits = re.sub(r"[+().]", "", number_as_written(text))
    number = re.sub(r"^(00)?86(?=1[0-9]{10}$)", "", digits)
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise DomainError(
            "mobile_format",
            _("A mobile number has 11 digits and begins with 1. Please look at it again."),
            field=field,
        )
    return number


def card_looks_wrong(text: str) -> bool:
    """True when the bank card number fails Luhn's check: a warning, since some older cards do not follow it."""
    return not luhn.is_valid(number_as_written(text))


def mask_name(name: str) -> str:
    """李秀兰 -> 李*兰, 李雷 -> 李*; the middle is hidden whatever its length."""
    if len(name) <= 1:
        return name
    return name[0] + "*" * (1 if len(name) == 2 else len(name) - 2) + (name[-1] if len(name) > 2 else "")


def mask_id(number: str) -> str:
    """Keeps the first six and last four characters of an identity number; less of a shorter one."""
    if len(number) < 12:
        return "*" * max(0, len(number) - 2) + number[-2:]
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_mobile(number: str) -> str:
    return number[:3] + "****" + number[-4:] if len(number) >= 11 else "*" * len(number)


def mask_card(number: str) -> str:
    return "**** " + number[-4:] if len(number) > 4 else "*" * len(number)
