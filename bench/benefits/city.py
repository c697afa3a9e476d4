"""A million bills, one a person, with every fact the Sanmenxia plan asks for."""

from __future__ import annotations

import numpy as np

from benefits.simulation import BillTable, Flags, Numbers, Words
from benefits.simulation.table import Column

N = 1_000_000


def amounts(seed: int = 1) -> np.ndarray:
    """In-scope cost in fen: lognormal, median 30,000 yuan, so that all tiers and the cap are hit."""
    rng = np.random.default_rng(seed)
    cost: np.ndarray = (
        np.rint(np.exp(np.log(3_000_000) + 1.1 * rng.standard_normal(N))).clip(0, 10**11).astype(np.int64)
    )
    return cost


def table(seed: int = 2) -> BillTable:
    """Five in a hundred people are in a waiting period and a fifth of employees lack large-amount cover: simulated."""
    rng = np.random.default_rng(seed)
    cost = amounts(seed)
    facts: dict[str, Column] = {
        "age": Numbers(rng.integers(0, 95, N).astype(np.int32)),
        "preexisting": Flags(rng.random(N) < 0.2),
        "insured_type": Words(("resident", "employee"), (rng.random(N) < 0.25).astype(np.int32)),
        "in_waiting_period": Flags(rng.random(N) < 0.05),
        "large_amount_cover": Flags(rng.random(N) < 0.8),
        "hospital_level": Words(("1", "2", "3"), rng.integers(0, 3, N).astype(np.int32)),
        "continuous_years": Numbers(rng.integers(1, 5, N).astype(np.int32)),
        "claim_free_years": Numbers(rng.integers(0, 4, N).astype(np.int32)),
        "assistance": Words((frozenset(), frozenset({"低保"})), (rng.random(N) < 0.06).astype(np.int32)),
    }
    parts = {
        "in_scope": cost,
        "class_b_first": cost // 20,
        "out_of_catalogue": cost // 4,
        "special_drug": np.where(rng.random(N) < 0.02, cost, 0),
        "basic_fund_paid": cost // 5 * 3,
        "critical_illness_paid": cost // 40,
    }
    person = np.arange(N)
    return BillTable(person=person, unit=person, amounts=parts, facts=facts)
