"""Li left hospital on 19 March 2026. Two years later to the day she is in time; on the day after a person looks."""

from __future__ import annotations

from datetime import date

import pytest

from claims.checking import Case
from claims.checks.claimed_in_time import CHECK
from claims.models import CheckResult
from core import clock
from tests.claims.people import LI_HIP, Family


@pytest.mark.parametrize(
    ("handed_in", "result"),
    [(date(2028, 3, 19), CheckResult.PASSED), (date(2028, 3, 20), CheckResult.LOOK)],
)
def test_the_last_day_and_the_day_after(family: Family, handed_in: date, result: CheckResult) -> None:
    claim = family.starts(LI_HIP)
    claim.submitted_at = clock.midnight(handed_in)
    found = CHECK.find(Case.of(claim, bill_stands=True))
    assert CHECK.result_of(found) is result
    if found:
        assert CHECK.detail(found.evidence) == "2026-03-19"
