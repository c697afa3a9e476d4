"""A city year of `city` as two arrow tables, for files: `generate(people=…, seed=…, waterfall=…)` returns people (one
row each) and bills (in order of admission), with the columns that `read_bills` understands.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from benefits.files.load import load_plan
from benefits.simulation.city import (
    AMOUNTS,
    ASSISTANCE,
    CAUSES,
    COUNTIES,
    layers_paid,
    people_of,
    stays_of,
)


def _dictionary(names: tuple[str, ...], codes: Any) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names))


def generate(*, people: int, seed: int, year: int = 2026, waterfall: str) -> tuple[Any, Any]:
    """(people, bills) as arrow tables whose columns `read_bills` understands. Same seed, same tables.

    waterfall: the plan whose earlier layers have paid already. Raises PlanNotFound.
    """
    rng = np.random.default_rng(seed)
    folk = people_of(rng, people)
    stays = stays_of(rng, folk)
    start = date(year, 1, 1)
    paid = layers_paid(folk, stays, load_plan(waterfall, on=start))
    who_table = pa.table(
        {
            "person_id": np.arange(people, dtype=np.int64),
            "family_id": folk["family"],
            "age": folk["age"],
            "gender": _dictionary(("男", "女"), folk["female"].astype(np.int32)),
            "insured_type": _dictionary(("resident", "employee"), folk["insured"]),
            "assistance": _dictionary(ASSISTANCE, folk["assistance"]),
            "large_amount_cover": folk["large_amount_cover"],
            "in_waiting_period": folk["in_waiting_period"],
            "preexisting": folk["preexisting"],
            "continuous_years": folk["continuous_years"],
            "claim_free_years": folk["claim_free_years"].astype(np.int32),
            "county": _dictionary(COUNTIES, folk["county"]),
        }
    )
    admitted = (np.datetime64(start) + stays["day"]).astype("datetime64[D]")
    bills = {
        "bill_id": np.arange(len(admitted), dtype=np.int64),
        "person_id": stays["who"].astype(np.int64),
        "admitted_on": pa.array(admitted),
        "encounter_type": _dictionary(("chronic_outpatient", "inpatient"), stays["inpatient"].astype(np.int32)),
        "hospital_level": _dictionary(("1", "2", "3"), (stays["level"] - 1).astype(np.int32)),
        "place": _dictionary(("local", "elsewhere_referred", "elsewhere"), stays["place"]),
        "diagnoses": _dictionary(tuple(c.code for c in CAUSES), stays["cause"].astype(np.int32)),
        "cause": _dictionary(tuple(f"{c.code} {c.name}" for c in CAUSES), stays["cause"].astype(np.int32)),
    }
    for name in AMOUNTS:
        bills[f"{name}_fen"] = stays[name]
    bills |= {f"{name}_fen": values for name, values in paid.items()}
    return who_table, pa.table(bills)
