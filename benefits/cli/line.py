"""The shapes a line of `adjudicate` may have, brought into one: {"person": …, "bill": …, …}."""

from __future__ import annotations

from typing import Any

from benefits.errors import BadValue
from benefits.jsonio import BILL_MONEY, BILL_READERS, PERSON_READERS

LINE_KEYS = {"person", "bill", "year_so_far", "insurance_year", "on", "reverses"}


def nested(given: dict[str, Any]) -> dict[str, Any]:
    """Names that stand on the line itself go into its person or its bill, each where it is known.

    Raises BadValue for a name that neither knows, and for one that is given twice.
    """
    person: dict[str, Any] = {}
    bill: dict[str, Any] = {}
    line: dict[str, Any] = {}
    for key, value in given.items():
        if key in LINE_KEYS:
            line[key] = value
        elif key in ("person_id", "person_tags"):
            person[key.removeprefix("person_")] = value
        elif key in ("bill_id", "bill_tags"):
            bill[key.removeprefix("bill_")] = value
        elif key in ("id", "tags"):
            raise BadValue(key, f"say person_{key} or bill_{key}, or put it inside the person or the bill")
        elif key in PERSON_READERS:
            person[key] = value
        elif key in BILL_READERS or key in BILL_MONEY or key.endswith("_yuan") or key == "other_amounts":
            bill[key] = value
        else:
            raise BadValue(key, "unknown name")
    for name, flat in (("person", person), ("bill", bill)):
        if flat and isinstance(line.get(name), dict):
            line[name] = _together(name, flat, line[name])
        elif flat and name in line:
            raise BadValue(name, f"is given as {line[name]!r}; write {', '.join(flat)} inside it as an object")
        elif flat:
            line[name] = flat
    return line


def _together(name: str, flat: dict[str, Any], inside: dict[str, Any]) -> dict[str, Any]:
    for key in flat.keys() & inside.keys():
        if flat[key] != inside[key]:
            raise BadValue(f"{name}.{key}", "is given twice, on the line and inside, and not the same")
    return {**flat, **inside}
