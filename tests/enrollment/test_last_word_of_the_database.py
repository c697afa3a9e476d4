"""What the database refuses of plan years and policies, whatever our code says."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

TERMS = (
    "code", "scheme_id", "name_zh", "name_en", "premium_fen", "opens_at", "closes_at", "cover_from", "cover_to",
    "benefits_plan", "benefits_text", "benefits_sha256",
)  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case("products_planyear.plan_year_premium_is_positive", {"premium_fen": 1}, {"premium_fen": 0}),
        case(
            "products_planyear.plan_year_cover_runs_forward",
            {"cover_from": "2027-01-01", "cover_to": "2027-01-02"},
            {"cover_from": "2027-01-01", "cover_to": "2027-01-01"},
        ),
        case(
            "products_planyear.plan_year_window_runs_forward",
            {"opens_at": "2026-10-01 00:00:00+08", "closes_at": "2026-10-01 00:00:01+08"},
            {"opens_at": "2026-10-01 00:00:00+08", "closes_at": "2026-10-01 00:00:00+08"},
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


@pytest.mark.parametrize("state", ["filed", "published", "closed"])
def test_the_terms_that_were_filed_stay(rows: Rows, state: str) -> None:
    rows.without_checks("products_planyear")
    rows.with_triggers("products_planyear", "plan_year_terms_fixed")
    filed, draft = rows.put("products_planyear", state=state), rows.put("products_planyear", state="draft")
    for column in TERMS:
        value = rows.another("products_planyear", column)
        other = {column: value}
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
            rows.change("products_planyear", filed, **other)
        rows.change("products_planyear", draft, **other)


@pytest.mark.parametrize("change", [{"way": "sponsor"}, {"plan_year_id": 8}])
def test_a_policy_keeps_its_way(rows: Rows, change: dict[str, Any]) -> None:
    """enrollment_policy.policy_keeps_its_way"""
    rows.without_checks("enrollment_policy")
    rows.with_triggers("enrollment_policy", "policy_keeps_its_way")
    kept = rows.put("enrollment_policy", way="resident", plan_year_id=7)
    rows.change("enrollment_policy", kept, premium_fen=1)
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change("enrollment_policy", kept, **change)
