"""JSON for people, bills and years. Forgiving to read (yuan or fen, short forms), strict on unknown names."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from benefits.errors import BadValue
from benefits.facts import LONG_AGO
from benefits.model import (
    CATALOGUES,
    ENCOUNTER_TYPES,
    INSURED_TYPES,
    LINE_KINDS,
    PLACES,
    Accumulator,
    Bill,
    BillLine,
    DatedCode,
    Doubt,
    EarlierCover,
    Outlook,
    Person,
    ReceiptLine,
    Reversal,
    TraceStep,
    YearSoFar,
)
from benefits.money import MAX_FEN, check_fen, fen_from_yuan, shown

Reader = Callable[[str, object], Any]


EMPTY: tuple[Any, ...] = (None, frozenset(), {})
"""What says nothing about a person or a bill. No earlier covers (an empty list) does: known to have none."""


def to_json(value: Any) -> Any:
    """Dataclasses → plain JSON values: dates ISO, sets sorted lists, empty defaults left out of bills and people."""
    if dataclasses.is_dataclass(value):
        out = {}
        sparse = isinstance(value, Bill | BillLine | Person)
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if sparse and (item == field.default or item in EMPTY) and item != ():
                continue
            if sparse and item == () and field.default is not None:
                continue
            out[field.name] = to_json(item)
        return out
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, TraceStep | Doubt | ReceiptLine | Outlook):
        return {name: to_json(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def object_to_json(value: Any) -> dict[str, object]:
    """`to_json` of a dataclass: always an object. A reversal says its difference in all besides."""
    out = to_json(value)
    assert isinstance(out, dict)
    if isinstance(value, Reversal):
        out["difference_fen"] = value.difference_fen
    return out


def _text(path: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValue(path, f"expected text, got {shown(value)}")
    return str(value)


def _flag(path: str, value: object) -> bool:
    if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
        return bool(value)
    if isinstance(value, str) and value.lower() in ("true", "yes", "1", "false", "no", "0"):
        return value.lower() in ("true", "yes", "1")
    raise BadValue(path, f"expected true or false, got {shown(value)}")


def _whole(path: str, value: object) -> int:
    """ASCII digits only: "²" and "６１" are digits to Python, and a mistake in a file."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,13}", value.strip(" ")):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_FEN:
        raise BadValue(path, f"expected a whole number, got {shown(value)}")
    return value


def day_from_json(path: str, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue(path, f"expected a date such as 2026-03-01, got {shown(value)}") from None


def _word(choices: tuple[str, ...]) -> Reader:
    def read(path: str, value: object) -> str:
        if value not in choices:
            near = get_close_matches(str(value), choices, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise BadValue(path, f"expected one of {', '.join(choices)}; got {shown(value)}{hint}")
        return str(value)

    return read


def _texts(path: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part for part in value.replace(",", "|").split("|") if part]
    if not isinstance(value, list | tuple | set | frozenset):
        raise BadValue(path, f"expected a list of texts, got {shown(value)}")
    return tuple(_text(f"{path}[{i}]", item) for i, item in enumerate(value))


def _maybe(reader: Reader) -> Reader:
    return lambda path, value: None if value is None else reader(path, value)


def _fen_map(path: str, value: object) -> dict[str, int]:
    out = {}
    for key, item in _object(path, value).items():
        name = key.removesuffix("_fen").removesuffix("_yuan")
        out[name] = fen_from_yuan(f"{path}.{key}", item) if key.endswith("_yuan") else check_fen(f"{path}.{key}", item)
    return out


def _object(path: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadValue(path, f"expected an object, got {shown(value)}")
    return value


def _list(reader: Reader) -> Reader:
    def read(path: str, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise BadValue(path, f"expected a list, got {shown(value)}")
        return tuple(reader(f"{path}[{i}]", item) for i, item in enumerate(value))

    return read


MAY_BE_UNKNOWN: dict[type[Any], frozenset[str]] = {
    Bill: frozenset(field.name for field in dataclasses.fields(Bill) if field.default is None),
    BillLine: frozenset({"out_of_catalogue_fen"}),
    Accumulator: frozenset({"deductible_used_fen", "paid_fen"}),
}
"""Amounts that the rules derive when a record lacks them."""


def _money(where: str, value: object, optional: bool, *, in_yuan: bool, signed: bool) -> int | None:
    """Null and "" say that an amount is not known: taken where the rules can do without it, an error elsewhere."""
    if value is None or value == "":
        if optional:
            return None
        raise BadValue(where, "is not known (null or empty): give the amount, 0 where there is none")
    if in_yuan:
        return fen_from_yuan(where, value, signed=signed)
    if signed and isinstance(value, int) and value < 0:
        return -check_fen(where, -value)
    return check_fen(where, value)


def _read(path: str, data: object, cls: type[Any], readers: Mapping[str, Reader], money: frozenset[str]) -> Any:
    """Fill a dataclass. Names ending in `_fen` may come as `_yuan`; the reader of a name is looked up in `readers`."""
    given: dict[str, Any] = {}
    for key, value in _object(path, data).items():
        where = f"{path}.{key}"
        name = key[: -len("_yuan")] + "_fen" if key.endswith("_yuan") else key
        if name in given:
            raise BadValue(where, f"{name} is given twice (fen and yuan)")
        if name in money:
            unknown = name in MAY_BE_UNKNOWN.get(cls, frozenset())
            given[name] = _money(where, value, unknown, in_yuan=key != name, signed=cls is BillLine)
        elif key in readers:
            given[key] = readers[key](where, value)
        else:
            near = get_close_matches(key, [*readers, *money], n=1)
            raise BadValue(where, "unknown name" + (f"; did you mean {near[0]}?" if near else ""))
    try:
        return cls(**given)
    except TypeError as error:
        raise BadValue(path, str(error).split(") ", 1)[-1]) from None


def _dated_code(path: str, value: object) -> DatedCode:
    if isinstance(value, str):
        return DatedCode(value, LONG_AGO)
    readers: dict[str, Reader] = {"code": _text, "on": day_from_json}
    return _read(path, value, DatedCode, readers, frozenset())  # type: ignore[no-any-return]  # _read returns its cls


def _earlier_cover(path: str, value: object) -> EarlierCover:
    readers: dict[str, Reader] = {"begins_on": day_from_json, "ends_on": day_from_json}
    return _read(path, value, EarlierCover, readers, frozenset({"paid_fen"}))  # type: ignore[no-any-return]  # _read returns its cls


PERSON_READERS: dict[str, Reader] = {
    "id": _text,
    "birth_date": _maybe(day_from_json),
    "age": _maybe(_whole),
    "insured_type": _word(INSURED_TYPES),
    "assistance": lambda p, v: frozenset(_texts(p, v)),
    "preexisting": _maybe(_flag),
    "known_diagnoses": _list(_dated_code),
    "earlier_benefits": _list(_dated_code),
    "continuous_years": _whole,
    "claim_free_years": _whole,
    "family_id": _maybe(_text),
    "family_enrolment": _flag,
    "in_waiting_period": _flag,
    "large_amount_cover": _flag,
    "cover_from": _maybe(day_from_json),
    "cover_to": _maybe(day_from_json),
    "first_cover_from": _maybe(day_from_json),
    "earlier_covers": _maybe(_list(_earlier_cover)),
    "bought_on": _maybe(day_from_json),
    "tags": lambda p, v: frozenset(_texts(p, v)),
}

LINE_READERS: dict[str, Reader] = {
    "code": _text,
    "name": _text,
    "kind": _word(LINE_KINDS),
    "catalogue": _word(CATALOGUES),
    "quantity": _whole,
    "tags": lambda p, v: frozenset(_texts(p, v)),
}
LINE_MONEY = frozenset({"amount_fen", "out_of_catalogue_fen"})


def line_from_json(path: str, data: object) -> BillLine:
    return _read(path, data, BillLine, LINE_READERS, LINE_MONEY)  # type: ignore[no-any-return]  # _read returns its cls


BILL_READERS: dict[str, Reader] = {
    "id": _text,
    "encounter_type": _word(ENCOUNTER_TYPES),
    "hospital_level": _text,
    "hospital_kind": _text,
    "place": _word(PLACES),
    "designated": _flag,
    "settled_by_basic": _flag,
    "diagnoses": _texts,
    "admitted_on": _maybe(day_from_json),
    "discharged_on": _maybe(day_from_json),
    "lines": _list(line_from_json),
    "tags": lambda p, v: frozenset(_texts(p, v)),
    "other_amounts_fen": _fen_map,
}
BILL_MONEY = frozenset(f.name for f in dataclasses.fields(Bill) if f.name.endswith("_fen")) - {"other_amounts_fen"}


def person_from_json(data: Mapping[str, object], path: str = "person") -> Person:
    return _read(path, data, Person, PERSON_READERS, frozenset())  # type: ignore[no-any-return]  # _read returns its cls


def bill_from_json(data: Mapping[str, object], path: str = "bill") -> Bill:
    given = dict(_object(path, data))
    if "other_amounts" in given:  # the kind spelling: {"proton_therapy_yuan": "30000"}
        given["other_amounts_fen"] = given.pop("other_amounts")
    return _read(path, given, Bill, BILL_READERS, BILL_MONEY)  # type: ignore[no-any-return]  # _read returns its cls


def _accumulator(path: str, value: object) -> Accumulator:
    """{"base_fen": …, "deductible_used_fen": …, "paid_fen": …}, yuan allowed; what is left out is inferred."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Accumulator(check_fen(path, value), None, None)
    given = _object(path, value)
    known = _read(path, given, Accumulator, {}, frozenset({"base_fen", "deductible_used_fen", "paid_fen"}))
    names = {key[: -len("_yuan")] + "_fen" if key.endswith("_yuan") else key for key in given if given[key] is not None}
    return Accumulator(
        known.base_fen,
        known.deductible_used_fen if "deductible_used_fen" in names else None,
        known.paid_fen if "paid_fen" in names else None,
    )


def _prior(path: str, value: object) -> dict[str, Accumulator]:
    return {key: Accumulator(fen, None, None) for key, fen in _fen_map(path, value).items()}


def year_from_json(data: Mapping[str, object], path: str = "year_so_far") -> YearSoFar:
    """{"running": {...}, "pools": {...}, "counts": {...}, "bills": [...]}, or the short `prior_fen` / `prior_yuan`:
    {"prior_yuan": {"compliant_self_pay": "100000"}}, from which deductible used and paid are inferred."""
    given = dict(_object(path, data))
    for name in ("prior_fen", "prior_yuan"):
        if name in given:
            block = _object(f"{path}.{name}", given.pop(name))
            suffix = name.removeprefix("prior")
            given["running"] = {
                **_prior(path, {f"{k}{suffix}": v for k, v in block.items()}),
                **_object(f"{path}.running", given.get("running", {})),
            }
    readers: dict[str, Reader] = {
        "running": lambda p, v: {
            k: a if isinstance(a, Accumulator) else _accumulator(f"{p}.{k}", a) for k, a in _object(p, v).items()
        },
        "pools": _fen_map,
        "counts": lambda p, v: {str(k): _whole(f"{p}.{k}", n) for k, n in _object(p, v).items()},
        "bills": _texts,
    }
    return _read(path, given, YearSoFar, readers, frozenset())  # type: ignore[no-any-return]  # _read returns its cls
