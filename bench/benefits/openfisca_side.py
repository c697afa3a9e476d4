"""The Shandong 2015 tiers in OpenFisca-core. Runs in the bench's own environment; imports nothing of the product.

Usage: openfisca_side.py AMOUNTS.npy RESULT.npy. Prints JSON: processor seconds of the bare scale and of a simulation.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.model_api import YEAR, Variable, max_, min_
from openfisca_core.parameters import ParameterScale
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

RUNS = 10
Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
TIERS = {
    "brackets": [
        {"threshold": {"2015-01-01": {"value": 0}}, "rate": {"2015-01-01": {"value": 0.0}}},
        {"threshold": {"2015-01-01": {"value": 12000}}, "rate": {"2015-01-01": {"value": 0.5}}},
        {"threshold": {"2015-01-01": {"value": 100000}}, "rate": {"2015-01-01": {"value": 0.6}}},
        {"threshold": {"2015-01-01": {"value": 200000}}, "rate": {"2015-01-01": {"value": 0.65}}},
    ],
    "metadata": {"type": "marginal_rate", "rate_unit": "/1", "threshold_unit": "currency"},
}
SCALE = ParameterScale("tiers", TIERS, "")


class in_scope_left(Variable):  # type: ignore[misc]  # noqa: N801  OpenFisca's style of names, and no types
    value_type = float
    entity = Person
    definition_period = YEAR
    label = "Cost left in scope"


class critical_illness(Variable):  # type: ignore[misc]  # noqa: N801  OpenFisca's style of names, and no types
    value_type = float
    entity = Person
    definition_period = YEAR
    label = "Critical illness insurance"

    def formula(person: Any, period: Any, parameters: Any) -> Any:  # noqa: N805  OpenFisca's style of names
        scale = SCALE.get_at_instant(period.start)
        return max_(0, min_(scale.calc(person("in_scope_left", period)), 300000))


def bare(amounts: np.ndarray) -> tuple[float, np.ndarray]:
    """The best of some runs of the scale alone, with the cap."""
    scale = SCALE.get_at_instant("2015-01-01")
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        paid = np.minimum(scale.calc(amounts), 300000)
        best = min(best, time.process_time() - start)
    return best, paid


def whole(amounts: np.ndarray) -> tuple[float, np.ndarray]:
    """The best of some runs of a simulation: set the input, calculate the variable."""
    system = TaxBenefitSystem([Person])
    system.add_variables(in_scope_left, critical_illness)
    best = float("inf")
    for _ in range(RUNS):
        simulation = SimulationBuilder().build_default_simulation(system, count=len(amounts))
        start = time.process_time()
        simulation.set_input("in_scope_left", "2015", amounts.astype(np.float32))
        paid = simulation.calculate("critical_illness", "2015")
        best = min(best, time.process_time() - start)
    return best, paid


if __name__ == "__main__":
    given = np.load(sys.argv[1]) / 100
    bare_seconds, exact = bare(given)
    whole_seconds, _ = whole(given)
    np.save(sys.argv[2], exact)
    print(json.dumps({"bare": bare_seconds, "whole": whole_seconds}))
