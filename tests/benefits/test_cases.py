"""Every YAML case under `cases/` holds to the fen: published examples, derived vectors, and the edges of each plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from benefits.cases import Case, check_case, read_cases

CASES = [case for path in sorted((Path(__file__).parent / "cases").rglob("*.yaml")) for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_case_holds_to_the_fen(case: Case) -> None:
    assert check_case(case) == []
