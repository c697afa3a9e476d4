"""JSON as a stranger's file may have it, read without guessing: what Python's reader lets pass is refused here.

Refused: a name given twice in one object, NaN and Infinity, numbers of more digits than any amount has, structures
deeper than any bill, halves of a character (U+D800) that no file can hold. Fractions become Decimal, exact as written.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from benefits.errors import BadValue, BenefitsError
from benefits.money import LONGEST_NUMBER


class BadJson(BenefitsError):
    """A text is not JSON, or says one thing twice."""

    code = "bad_json"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise BadJson(f"{key!r} is given twice in one object")
        out[key] = value
    return out


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise BadJson(f"a number of {len(text)} digits is no amount")
    return int(text)


def _fraction(text: str) -> Decimal:
    try:
        if len(text) > LONGEST_NUMBER:
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation:
        raise BadJson(f"{text[:LONGEST_NUMBER]}… is no amount") from None


def _no_number(text: str) -> None:
    raise BadJson(f"{text} is no number of JSON")


def read_json(text: str) -> Any:
    """Raises BadJson, saying where; BadValue for text that cannot be written to a file."""
    try:
        value = json.loads(
            text, parse_float=_fraction, parse_int=_whole, parse_constant=_no_number, object_pairs_hook=_once
        )
    except json.JSONDecodeError as error:
        raise BadJson(f"not readable as JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise BadJson("not readable as JSON: brackets within brackets, deeper than any bill") from None
    if "\\u" in text or not text.isascii():
        _refuse_halves(value, "line")
    return value


def _refuse_halves(value: Any, path: str) -> None:
    if isinstance(value, str):
        if any("\ud800" <= one <= "\udfff" for one in value):
            raise BadValue(path, "has half a character (a surrogate) or bytes that are not UTF-8")
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_halves(key, path)
            _refuse_halves(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            _refuse_halves(item, path)
