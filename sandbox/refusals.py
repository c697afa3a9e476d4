"""What the platform would refuse of a person or a stay that a test or the demonstration puts in: ValueError."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.idnumbers import check_digit

INSURANCES = frozenset(
    {"310", "320", "330", "340", "350", "360", "370", "380", "390", "391", "392", "399", "410", "510"}
)
STATUSES = frozenset({"0", "1", "2", "3", "4"})
CATALOGUE_CLASSES = frozenset({"01", "02", "03"})
LIST_KINDS = frozenset({"101", "102", "103", "104", "105", "106", "201", "301"})


def check_person(doc: dict[str, Any]) -> None:
    """A number with a wrong check digit, codes that no dictionary has, days that run backwards."""
    who, certno = doc["psn_no"], doc["certno"]
    if doc["cert_type"] in ("01", "07", "17") and check_digit(certno[:17]) != certno[17]:
        raise ValueError(f"{who}: the identity number should end in {check_digit(certno[:17])}")
    for item in doc["insurances"]:
        if item["type"] not in INSURANCES:
            raise ValueError(f"{who}: no insurance has the code {item['type']}")
        if item["status"] not in STATUSES:
            raise ValueError(f"{who}: no state of an insurance has the code {item['status']}")
        _runs_forward(who, item.get("since"), item.get("paused_on"), may_be_equal=True)
    for item in doc.get("identities", []):
        if not item.get("since"):
            raise ValueError(f"{who}: a class of assistance says since when")
        _runs_forward(who, item["since"], item.get("until"))


def check_stay(person: dict[str, Any], stay: dict[str, Any]) -> None:
    """Days that run backwards, charges of another day than the stay's, lines that no hospital could have sent."""
    name, begin, end = stay["setl_id"], _day(stay["begin"]), _day(stay["end"])
    if end < begin:
        raise ValueError(f"{name}: ends before it begins")
    if begin < _day(person["born"]):
        raise ValueError(f"{name}: begins before the person was born")
    if not person["insurances"]:
        raise ValueError(f"{name}: the person has no insurance")
    if not (str(stay["med_type"]).isascii() and str(stay["med_type"]).isalnum() and len(str(stay["med_type"])) <= 6):
        raise ValueError(f"{name}: med_type has 1 to 6 letters or digits")
    for number, line in enumerate(stay["lines"], start=1):
        _check_line(f"{name} line {number}", stay, number, line, begin, end)


def _check_line(name: str, stay: dict[str, Any], number: int, line: dict[str, Any], begin: date, end: date) -> None:
    if str(line["lv"]) not in CATALOGUE_CLASSES:
        raise ValueError(f"{name}: lv is 01, 02 or 03")
    if str(line["list_type"]) not in LIST_KINDS:
        raise ValueError(f"{name}: no list has the code {line['list_type']}")
    if not begin <= _day(line.get("on", stay["begin"])) <= end:
        raise ValueError(f"{name}: charged on a day outside the stay")
    count, price = number_of(name, line["cnt"], decimals=4), number_of(name, line["pric"], decimals=6)
    over = number_of(name, line.get("overlmt", 0), decimals=2)
    if price < 0:
        raise ValueError(f"{name}: what is returned has a negative quantity, never a negative price")
    if not 0 <= number_of(name, line.get("prop", 0), decimals=4) <= 1:
        raise ValueError(f"{name}: prop lies between 0 and 1")
    if over and (over * count < 0 or abs(over) > abs(count * price)):
        raise ValueError(f"{name}: above the limit lies a part of the line")
    if "returns" in line:
        _check_return(name, stay, number, line, count)


def _check_return(name: str, stay: dict[str, Any], number: int, line: dict[str, Any], count: Decimal) -> None:
    original = int(line["returns"])
    if not 1 <= original < number or stay["lines"][original - 1]["code"] != line["code"]:
        raise ValueError(f"{name}: returns a line of the same item that stands before it")
    back = sum(
        number_of(name, one["cnt"], decimals=4) for one in stay["lines"][:number] if one.get("returns") == original
    )
    if count >= 0 or number_of(name, stay["lines"][original - 1]["cnt"], decimals=4) + back < 0:
        raise ValueError(f"{name}: returns something, and no more than was charged")


def number_of(name: str, value: object, *, decimals: int) -> Decimal:
    """As the dictionary has it: exact, with so many decimals at most."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name}: {value!r} is no number") from None
    if not number.is_finite() or number != round(number, decimals):
        raise ValueError(f"{name}: {value} has more than {decimals} decimals")
    return number


def _runs_forward(who: str, first: object, last: object, *, may_be_equal: bool = False) -> None:
    begins, ends = (None if value in (None, "") else _day(value) for value in (first, last))
    if begins and ends and (ends < begins or (ends == begins and not may_be_equal)):
        raise ValueError(f"{who}: {ends} lies before {begins}")


def _day(value: object) -> date:
    return date.fromisoformat(str(value))
