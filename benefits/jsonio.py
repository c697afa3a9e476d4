"""JSON for people, bills and years. Forgiving to read (yuan or fen, short forms), strict on unknown names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from benefits.errors import BadValue
from benefits.model import (
    ENCOUNTER_TYPES,
    INSURED_TYPES,
    PLACES,
    Accumulator,
    Bill,
    BillLine,
    DatedCode,
    Person,
    Reversal,
    TraceStep,
    YearSoFar,
)
from benefits.money import check_fen, fen_from_yuan

Reader = Callable[[str, object], Any]


def to_json(value: Any) -> Any:
    """Dataclasses → plain JSON values: dates ISO, sets sorted lists, empty defaults left out of bills and people."""
    if dataclasses.is_dataclass(value):
        out = {}
        sparse = isinstance(value, Bill | BillLine | Person)
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if sparse and (item == field.default or item in (None, (), frozenset(), {})):
                continue
            out[field.name] = to_json(item)
        return out
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, TraceStep):
        return value._asdict()
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
        raise BadValue(path, f"expected text, got {value!r}")
    return str(value)


def _flag(path: str, value: object) -> bool:
    if value in (0, 1) or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.lower() in ("true", "yes", "1", "false", "no", "0"):
        return value.lower() in ("true", "yes", "1")
    raise BadValue(path, f"expected true or false, got {value!r}")


def _whole(path: str, value: object) -> int:
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadValue(path, f"expected a whole number, got {value!r}")
    return value


def _date(path: str, value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadValue(path, f"expected a date such as 2026-03-01, got {value!r}") from None


def _word(choices: tuple[str, ...]) -> Reader:
    def read(path: str, value: object) -> str:
        if value not in choices:
            raise BadValue(path, f"expected one of {', '.join(choices)}; got {value!r}")
        return str(value)

    return read


def _texts(path: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part for part in value.replace(",", "|").split("|") if part]
    if not isinstance(value, list | tuple | set | frozenset):
        raise BadValue(path, f"expected a list of texts, got {value!r}")
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
        raise BadValue(path, f"expected an object, got {value!r}")
    return value


def _list(reader: Reader) -> Reader:
    def read(path: str, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise BadValue(path, f"expected a list, got {value!r}")
        return tuple(reader(f"{path}[{i}]", item) for i, item in enumerate(value))

    return read


def _read(path: str, data: object, cls: type[Any], readers: Mapping[str, Reader], money: frozenset[str]) -> Any:
    """Fill a dataclass. Names ending in `_fen` may come as `_yuan`; the reader of a name is looked up in `readers`."""
    given: dict[str, Any] = {}
    for key, value in _object(path, data).items():
        where = f"{path}.{key}"
        name = key[: -len("_yuan")] + "_fen" if key.endswith("_yuan") else key
        if name in given:
            raise BadValue(where, f"{name} is given twice (fen and yuan)")
        if name in money:
            optional = value is None or value == ""
            given[name] = None if optional else fen_from_yuan(where, value) if key != name else check_fen(where, value)
            if optional:
                del given[name]
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
        return DatedCode(value, date.min)
    readers: dict[str, Reader] = {"code": _text, "on": _date}
    return _read(path, value, DatedCode, readers, frozenset())  # type: ignore[no-any-return]  # _read returns its cls


PERSON_READERS: dict[str, Reader] = {
    "id": _text,
    "birth_date": _maybe(_date),
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
    "cover_from": _maybe(_date),
    "cover_to": _maybe(_date),
    "first_cover_from": _maybe(_date),
    "tags": lambda p, v: frozenset(_texts(p, v)),
}

LINE_READERS: dict[str, Reader] = {
    "code": _text,
    "name": _text,
    "kind": _text,
    "catalogue": _word(("A", "B", "C")),
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
    "admitted_on": _maybe(_date),
    "discharged_on": _maybe(_date),
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
