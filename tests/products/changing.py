"""A plan file with one parameter changed, by the parameter's name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

Place = tuple[Any, Any]
"""What holds the value, and at which key or index."""


def with_other_value(text: str, parameter: str) -> str:
    """Raises KeyError for a parameter that the file does not have."""
    data = json.loads(json.dumps(yaml.safe_load(text), default=str))  # anchors become copies
    holder, at = dict(_named(data, ""))[parameter]
    if isinstance(holder[at], dict):
        holder, at = holder[at], "value" if "value" in holder[at] else "values"
    if at == "values":
        holder, at = holder[at], min(holder[at])
    holder[at] = _other(holder[at], parameter.rpartition(".")[2])
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def _other(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [{**value[0], "rate": _other(value[0]["rate"], "rate")}, *value[1:]]
    if value in ("none", "not_stated"):
        return 0.25 if name.startswith("rate") else 4321
    if isinstance(value, str):
        return f"{float(value.removesuffix('%')) - 1:g}%"
    if isinstance(value, float) or "rate" in name or "factor" in name:
        return round(value - 0.01 if value else 0.01, 6)
    return value + (-7 if value < 0 else 7)


def _named(node: Any, name: str) -> Iterator[tuple[str, Place]]:
    """As `benefits` names parameters: blocks of a list go by their key or layer."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for at, child in children:
        own = isinstance(at, int) and isinstance(child, dict) and (child.get("key") or child.get("layer"))
        if own:
            here = f"{name.rpartition('.')[0]}.{own}" if "." in name else str(own)
        else:
            here = f"{name}[{at}]" if isinstance(at, int) else f"{name}.{at}" if name else str(at)
        yield here, (node, at)
        yield from _named(child, here)
