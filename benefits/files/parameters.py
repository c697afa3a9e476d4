"""Reading one parameter: plain or dated, in its unit, with its source. Every one read is listed (`ParameterRow`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from benefits.errors import ParameterNotFound, Problem
from benefits.files.tree import Path, Tree
from benefits.money import MAX_FEN, RATE_DENOMINATOR
from benefits.plan import ParameterRow
from benefits.schedule import Band
from benefits.terms import NO_CAP

MONEY_UNITS = {"yuan": 100, "fen": 1}
NOT_STATED = "not_stated"
"""What a number is written as that the document does not give: asked for, it is an error, never a zero."""

RATE_UNITS = {"ratio": RATE_DENOMINATOR, "percent": RATE_DENOMINATOR // 100}


@dataclass(slots=True)
class Parameters:
    """Reads parameters of one file as they stand on one day; collects problems instead of stopping at the first."""

    tree: Tree
    on: date
    since: date
    money_unit: str
    rate_unit: str
    problems: list[Problem] = field(default_factory=list)
    missing: list[ParameterNotFound] = field(default_factory=list)
    rows: list[ParameterRow] = field(default_factory=list)
    unstated: set[Path] = field(default_factory=set)
    """Parameters that are there and say that the document does not state them."""

    def problem(self, path: Path, message: str) -> None:
        self.problems.append(self.tree.problem(path, message))

    def source_of(self, path: Path) -> tuple[str, bool]:
        """The nearest `source` and `assumption` on the way up from `path`."""
        source, assumed = "", None
        for depth in range(len(path), -1, -1):
            node = self.tree.data
            for part in path[:depth]:
                node = node[part]
            if isinstance(node, dict):
                source = source or str(node.get("source") or "")
                assumed = node.get("assumption") if assumed is None else assumed
        return source, bool(assumed)

    def name_of(self, path: Path) -> str:
        """A parameter's name for people: blocks of a list go by their key or layer ("special_drugs.rate")."""
        name, node = "", self.tree.data
        for part in path:
            node = node[part]
            own = node.get("key") or node.get("layer") if isinstance(part, int) and isinstance(node, dict) else None
            if own is not None:
                name = name.rpartition(".")[0] + f".{own}" if "." in name else str(own)
            elif isinstance(part, int):
                name += f"[{part}]"
            else:
                name = f"{name}.{part}" if name else part
        return name

    def _dated(self, node: Any, path: Path) -> tuple[Any, date, Path] | None:
        if not isinstance(node, dict):
            return node, self.since, path
        if "value" in node:
            return node["value"], self.since, (*path, "value")
        best: date | None = None
        for text in node["values"]:
            try:
                day = date.fromisoformat(text)
            except ValueError:
                self.problem((*path, "values", text), "not a date of the calendar")
                continue
            if day <= self.on and (best is None or day > best):
                best = day
        if best is None:
            error = ParameterNotFound(self.name_of(path), self.on)
            self.missing.append(error)
            self.problem(path, f"has no value on {self.on.isoformat()}: add one that is dated on or before it")
            return None
        return node["values"][best.isoformat()], best, (*path, "values", best.isoformat())

    def _read(self, node: Any, path: Path, default_unit: str) -> tuple[Any, str, Path] | None:
        found = self._dated(node, path)
        if found is None:
            return None
        value, since, place = found
        unit = node.get("unit", default_unit) if isinstance(node, dict) else default_unit
        source, assumed = self.source_of(path)
        if not source:
            self.problem(path, "has no source: add `source:` here or to the block around it")
        shown = value if not isinstance(value, list) else "; ".join(_band_text(b) for b in value)
        self.rows.append(ParameterRow(self.name_of(path), str(shown), unit, since, source, assumed))
        if value == NOT_STATED:
            self.unstated.add(path)
            return None
        return value, unit, place

    def open_of(self, path: Path, names: Iterable[str]) -> tuple[str, ...]:
        """Which of a block's parameters, already read, are not stated."""
        return tuple(name for name in names if (*path, name) in self.unstated)

    def money(self, node: Any, path: Path) -> int | None:
        """Fen, or None when the parameter is absent or has a problem."""
        if node is None:
            return None
        read = self._read(node, path, self.money_unit)
        return None if read is None else self._money_value(read[0], read[1], read[2])

    def cap(self, node: Any, path: Path) -> int | None:
        """Like `money`, or NO_CAP for the word `none`."""
        if node is None:
            return None
        read = self._read(node, path, self.money_unit)
        if read is None:
            return None
        return NO_CAP if read[0] == "none" else self._money_value(*read)

    def _money_value(self, value: Any, unit: str, path: Path) -> int | None:
        if unit not in MONEY_UNITS:
            self.problem(path, f"unit {unit} is not money: use yuan or fen")
            return None
        fen = Decimal(value) * MONEY_UNITS[unit]
        if fen != fen.to_integral_value():
            self.problem(path, f"{value} {unit} has parts of a fen: give at most two decimals of a yuan")
            return None
        if abs(fen) > MAX_FEN:
            self.problem(path, f"{value} {unit} is beyond the largest amount, {MAX_FEN // 100} yuan")
            return None
        return int(fen)

    def rate(self, node: Any, path: Path, *, top: int = RATE_DENOMINATOR) -> int | None:
        """A rate's numerator over 10^6, or None when absent or wrong."""
        if node is None:
            return None
        read = self._read(node, path, self.rate_unit)
        return None if read is None else self._rate_value(read[0], read[1], read[2], top)

    def _rate_value(self, value: Any, unit: str, path: Path, top: int = RATE_DENOMINATOR) -> int | None:
        if isinstance(value, str):
            value, unit = Decimal(value.removesuffix("%")), "percent"
        if unit not in RATE_UNITS:
            self.problem(path, f"unit {unit} is not a rate: use ratio or percent")
            return None
        numerator = Decimal(value) * RATE_UNITS[unit]
        if numerator != numerator.to_integral_value():
            self.problem(path, f"{value} has more than six decimals")
            return None
        if abs(numerator) > top:
            hint = f" (did you mean {value}%?)" if unit == "ratio" and numerator <= top * 100 else ""
            self.problem(path, f"{value} is above {'1' if unit == 'ratio' else '100%'}{hint}")
            return None
        return int(numerator)

    def whole(self, node: Any, path: Path, unit: str) -> int | None:
        if node is None:
            return None
        read = self._read(node, path, unit)
        return None if read is None else int(read[0])

    def bands(self, node: Any, path: Path) -> tuple[Band, ...] | None:
        """Bands in rising order without overlap; None when absent or wrong."""
        if node is None:
            return None
        read = self._read(node, path, self.money_unit)
        if read is None:
            return None
        value, unit, place = read
        bands: list[Band] = []
        end: int | None = 0
        for i, item in enumerate(value):
            here = (*place, i)
            start = self._money_value(item["from"], unit, (*here, "from"))
            to = None if item.get("to") is None else self._money_value(item["to"], unit, (*here, "to"))
            rate = self._rate_value(item["rate"], self.rate_unit, (*here, "rate"))
            if start is None or rate is None:
                return None
            if end is None or start < end:
                self.problem((*here, "from"), f"band {i + 1} begins before band {i} ends")
                return None
            if to is not None and to <= start:
                self.problem((*here, "to"), f"band {i + 1} is empty: `to` must be above `from`")
                return None
            bands.append(Band(start, to, rate))
            end = to
        return tuple(bands)


def _band_text(band: dict[str, Any]) -> str:
    return f"{band['from']}-{'' if band.get('to') is None else band['to']} {band['rate']}"
