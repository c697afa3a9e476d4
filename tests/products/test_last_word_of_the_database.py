"""What the database refuses of plan years' shares, whoever writes."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

NEW_YEAR, JULY = "2027-01-01", "2027-07-01"


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case(
            "products_poolshare.pool_share_runs_forward",
            {"from_on": NEW_YEAR, "to_on": JULY},
            {"from_on": NEW_YEAR, "to_on": NEW_YEAR},
        ),
        case(
            "products_poolshare.pool_share_is_a_part", {"share_millionths": 1_000_000}, {"share_millionths": 1_000_001}
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


def test_a_share_begins_once_on_a_day(rows: Rows) -> None:
    """products_poolshare.one_share_from_a_day"""
    rows.without_checks("products_poolshare")
    share = {"plan_year_id": 7, "insurer_id": "dahe", "area": "", "share_millionths": 1}
    rows.put("products_poolshare", **share, from_on=NEW_YEAR)
    rows.put("products_poolshare", **share, from_on=JULY)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_share_from_a_day"):
        rows.put("products_poolshare", **share, from_on=JULY)


def test_a_scheme_has_one_plan_year_for_each_beginning_of_cover(rows: Rows) -> None:
    """products_planyear.one_plan_year_per_scheme_and_cover"""
    rows.without_checks("products_planyear")
    rows.put("products_planyear", scheme_id="smx", cover_from=NEW_YEAR)
    rows.put("products_planyear", scheme_id="zz", cover_from=NEW_YEAR)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_plan_year_per_scheme_and_cover"):
        rows.put("products_planyear", scheme_id="smx", cover_from=NEW_YEAR)


@pytest.mark.parametrize(
    "change", [{"insurer_id": "dahe"}, {"area": "4112"}, {"share_millionths": 1}, {"leads": True}, {"from_on": JULY}]
)
def test_an_agreed_share_only_ends(rows: Rows, change: dict[str, Any]) -> None:
    rows.without_checks("products_poolshare")
    rows.with_triggers("products_poolshare", "pool_share_is_as_agreed")
    share = rows.put(
        "products_poolshare", insurer_id="hangu", area="", share_millionths=1_000_000, leads=False, from_on=NEW_YEAR
    )
    rows.change("products_poolshare", share, to_on=JULY)
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change("products_poolshare", share, **change)
