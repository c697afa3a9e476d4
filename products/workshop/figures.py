"""What terms come to on a city year: measured part by part by the engine of claims, then put together.

All amounts are integer fen. People are those insured; who has no bill counts in premiums and in how many there are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benefits.model import INSURED_TYPES
from benefits.plan import Plan
from benefits.simulation.city import Part
from benefits.simulation.compare import AGE_BANDS, premium_fen, sum_by
from benefits.simulation.run import simulate
from benefits.simulation.table import Column, Constant, Flags, Int64, Numbers, Words

GROUPINGS = ("ages", "kinds", "classes", "areas")
AGES = tuple(f"{low}-{high}" if high < 150 else f"{low}+" for low, high in AGE_BANDS)
CLASSES = ("none", "assisted")
POINTS = (50, 90, 99, 100)


@dataclass(frozen=True, slots=True)
class Terms:
    """premium_fen: what somebody pays where the plan names no premium."""

    plan: Plan
    premium_fen: int


@dataclass(frozen=True, slots=True)
class Measured:
    """counted: sums of a part, by name; those of terms are lists in the order of the terms. arrays: of the people with
    a bill: burden and paid (one row for each of the terms) in fen, and the number of each one's group in GROUPINGS."""

    counted: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]

    def written(self) -> bytes:
        out = io.BytesIO()
        np.savez_compressed(out, **self.arrays)  # type: ignore[arg-type]  # named arrays
        return out.getvalue()

    @classmethod
    def read(cls, counted: dict[str, Any], content: bytes) -> Measured:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            return cls(counted, {name: kept[name] for name in kept.files})


def measure(part: Part, terms: Sequence[Terms], *, areas: int) -> Measured:
    """areas: how many there are. Raises what the engine raises for a bill that the terms cannot be applied to."""
    results = [simulate(one.plan, part.bills, detail=False) for one in terms]
    codes = _codes_of(part)
    sizes = {"ages": len(AGES), "kinds": len(INSURED_TYPES), "classes": len(CLASSES), "areas": areas}
    ill = np.unique(part.bills.person)
    n = part.people
    counted = {
        "people": n,
        "bills": part.bills.n,
        "insured": {name: np.bincount(codes[name], minlength=sizes[name]).tolist() for name in GROUPINGS},
        "premium_fen": [
            premium_fen(one.plan, part.facts, n) if one.plan.premiums else one.premium_fen * n for one in terms
        ],
        "bills_paid": [int((result.payable_fen > 0).sum()) for result in results],
        "by_responsibility_fen": [
            {key: int(fen.sum()) for key, fen in result.by_responsibility.items()} for result in results
        ],
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        "burden": sum_by(part.bills.person, results[0].personal_fen, n)[ill],
        "paid": np.array([sum_by(part.bills.person, result.payable_fen, n)[ill] for result in results]),
        **{name: codes[name][ill].astype(np.int16) for name in GROUPINGS},
    }
    return Measured(counted, arrays)


def _codes_of(part: Part) -> dict[str, npt.NDArray[Any]]:
    lows = [low for low, _high in AGE_BANDS[1:]]
    ages, n = part.facts["age"], part.people
    return {
        "ages": np.digitize(ages.values, lows) if isinstance(ages, Numbers) else np.zeros(n, np.intp),
        "kinds": _coded(part.facts["insured_type"], n, lambda kind: INSURED_TYPES.index(str(kind))),
        "classes": _coded(part.facts["assistance"], n, lambda classes: int(bool(classes))),
        "areas": np.asarray(part.areas),
    }


def _coded(column: Column, n: int, code: Callable[[Any], int]) -> npt.NDArray[Any]:
    if isinstance(column, Words):
        found: npt.NDArray[Any] = np.array([code(one) for one in column.categories])[column.codes]
        return found
    if isinstance(column, Constant):
        return np.full(n, code(column.value))
    assert isinstance(column, Flags | Numbers)
    return np.array([code(value) for value in column.values])


def put_together(parts: Sequence[Measured], *, areas: Sequence[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(what all terms share, what each of the terms comes to), as they are kept with a comparison.

    Deciles are of those with a burden, from the lightest tenth to the heaviest; "against" compares each person with
    what the first of the terms pay her.
    """
    burden: Int64 = np.concatenate([part.arrays["burden"] for part in parts])
    paid: Int64 = np.concatenate([part.arrays["paid"] for part in parts], axis=1)
    codes = {name: np.concatenate([part.arrays[name] for part in parts]) for name in GROUPINGS}
    names: Mapping[str, Sequence[str]] = {"ages": AGES, "kinds": INSURED_TYPES, "classes": CLASSES, "areas": areas}
    insured = {name: np.sum([part.counted["insured"][name] for part in parts], axis=0) for name in GROUPINGS}
    shared = {
        "people": sum(part.counted["people"] for part in parts),
        "bills": sum(part.counted["bills"] for part in parts),
        "ill": len(burden),
        "burden_fen": int(burden.sum()),
    }
    tenths = _tenths(burden)
    terms = []
    for i in range(len(paid)):
        groups = {
            name: [
                {"name": group, "insured": int(insured[name][code]), **_sums(codes[name] == code, burden, paid[i])}
                for code, group in enumerate(names[name])
            ]
            for name in GROUPINGS
        }
        terms.append(
            {
                **_counted(parts, i),
                "paid_fen": int(paid[i].sum()),
                "reached": int((paid[i] > 0).sum()),
                "points_fen": _points(paid[i]),
                "deciles": [
                    {"name": f"D{k}", **_sums(rows, burden, paid[i])} for k, rows in enumerate(tenths, start=1)
                ],
                **groups,
                "against": _against(paid[i] - paid[0], codes["ages"], tenths),
            }
        )
    return shared, terms


def _counted(parts: Sequence[Measured], i: int) -> dict[str, Any]:
    by_responsibility: dict[str, int] = {}
    for part in parts:
        for key, fen in part.counted["by_responsibility_fen"][i].items():
            by_responsibility[key] = by_responsibility.get(key, 0) + fen
    return {
        "premium_fen": sum(part.counted["premium_fen"][i] for part in parts),
        "bills_paid": sum(part.counted["bills_paid"][i] for part in parts),
        "by_responsibility_fen": by_responsibility,
    }


def _sums(rows: npt.NDArray[Any], burden: Int64, paid: Int64) -> dict[str, int]:
    mine = paid[rows]
    return {
        "people": len(mine),
        "reached": int((mine > 0).sum()),
        "burden_fen": int(burden[rows].sum()),
        "paid_fen": int(mine.sum()),
    }


def _tenths(burden: Int64) -> list[npt.NDArray[np.intp]]:
    order = np.argsort(burden, kind="stable")
    return list(np.array_split(order[burden[order] > 0], 10))


def _points(paid: Int64) -> dict[str, int]:
    """What is paid to the one in the middle of those who get something, to the ninetieth of a hundred, …"""
    reached = paid[paid > 0]
    if not len(reached):
        return {}
    levels = np.percentile(reached, POINTS, method="inverted_cdf")
    return {str(point): int(level) for point, level in zip(POINTS, levels, strict=True)}


def _against(difference: Int64, ages: npt.NDArray[Any], tenths: list[npt.NDArray[np.intp]]) -> dict[str, Any]:
    """Who gets less than under the first of the terms, and who more: how many, by how much, the largest difference."""
    return {
        **_sides(difference),
        "ages": [{"name": name, **_sides(difference[ages == code])} for code, name in enumerate(AGES)],
        "deciles": [{"name": f"D{k}", **_sides(difference[rows])} for k, rows in enumerate(tenths, start=1)],
    }


def _sides(difference: Int64) -> dict[str, dict[str, int]]:
    return {"worse": _side(-difference[difference < 0]), "better": _side(difference[difference > 0])}


def _side(fen: Int64) -> dict[str, int]:
    return {"people": len(fen), "fen": int(fen.sum()), "largest_fen": int(fen.max(initial=0))}
