"""What the database refuses of plan years' shares, whoever writes."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

NEW_YEAR, JULY = "2027-01-01", "2027-07-01"
_NEVER_OPEN = {"opens_at": JULY, "closes_at": JULY}


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case(
            "products_poolshare.pool_share_runs_forward",
            {"from_on": NEW_YEAR, "to_on": JULY},
            {"from_on": NEW_YEAR, "to_on": NEW_YEAR},
        ),
        case("products_openway.way_runs_forward", {"opens_at": NEW_YEAR, "closes_at": JULY}, _NEVER_OPEN),
        case("products_openway.way_is_for_somebody", {"least_people": 1}, {"least_people": 0}),
        case("products_filedlist.filed_list_has_a_key", {"key": "special_drugs"}, {"key": "Special drugs"}),
        case("products_listitem.limit_price_is_positive", {"limit_price_fen": 1}, {"limit_price_fen": 0}),
        case("products_cityyear.city_year_has_people", {"people": 1}, {"people": 0}),
        case(
            "products_comparison.comparison_is_done_up_to_its_parts",
            {"parts": 3, "parts_done": 3},
            {"parts": 3, "parts_done": 4},
        ),
        case("products_termsdraft.terms_draft_premium_is_positive", {"premium_fen": 1}, {"premium_fen": 0}),
        case(
            "products_termsdraft.filed_terms_draft_became_a_plan_year",
            {"state": "filed", "became_id": 7},
            {"state": "filed", "became_id": None},
        ),
        case(
            "products_comparedterms.compared_terms_are_of_one_thing",
            {"plan_year_id": 7, "draft_id": None},
            {"plan_year_id": 7, "draft_id": 7},
        ),
        case("products_listitem.list_item_has_a_name", {"name": "甲"}, {"name": ""}),
        case("products_listitem.list_item_tag_is_a_word", {"tag": "over_price"}, {"tag": "Over price"}),
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


def test_a_list_stays_its_schemes(rows: Rows) -> None:
    """products_filedlist.filed_list_is_of_its_scheme"""
    rows.without_checks("products_filedlist")
    rows.with_triggers("products_filedlist", "filed_list_is_of_its_scheme")
    kept = rows.put("products_filedlist", scheme_id="smx")
    rows.change("products_filedlist", kept, name_zh="特药")
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change("products_filedlist", kept, scheme_id="zz")


@pytest.mark.parametrize(
    "change", [{"filed_list_id": 8}, {"number": 2}, {"from_on": JULY}, {"source": "x"}, {"sha256": "x"}]
)
def test_a_drafted_version_is_not_written_over(rows: Rows, change: dict[str, Any]) -> None:
    """products_listversion.list_version_is_as_drafted"""
    rows.without_checks("products_listversion")
    rows.with_triggers("products_listversion", "list_version_is_as_drafted")
    drafted = rows.put("products_listversion", filed_list_id=7, number=1, from_on=NEW_YEAR)
    rows.change("products_listversion", drafted, published_at="2026-11-20")
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change("products_listversion", drafted, **change)


def test_a_scheme_has_a_list_of_a_key_once(rows: Rows) -> None:
    """products_filedlist.one_list_per_scheme_and_key"""
    rows.without_checks("products_filedlist")
    rows.put("products_filedlist", scheme_id="smx", key="drugs")
    rows.put("products_filedlist", scheme_id="zz", key="drugs")
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_list_per_scheme_and_key"):
        rows.put("products_filedlist", scheme_id="smx", key="drugs")


def test_a_version_of_a_list_has_a_number_of_its_own(rows: Rows) -> None:
    """products_listversion.one_version_of_a_number"""
    rows.without_checks("products_listversion")
    rows.put("products_listversion", filed_list_id=7, number=1)
    rows.put("products_listversion", filed_list_id=8, number=1)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_version_of_a_number"):
        rows.put("products_listversion", filed_list_id=7, number=1)


def test_of_two_published_versions_each_begins_on_a_day_of_its_own(rows: Rows) -> None:
    """products_listversion.one_published_version_from_a_day"""
    rows.without_checks("products_listversion")
    rows.put("products_listversion", filed_list_id=7, from_on=JULY, published_at=None)
    rows.put("products_listversion", filed_list_id=7, from_on=JULY, published_at=NEW_YEAR)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_published_version_from_a_day"):
        rows.put("products_listversion", filed_list_id=7, from_on=JULY, published_at=NEW_YEAR)


def test_items_stand_one_after_the_other(rows: Rows) -> None:
    """products_listitem.one_item_at_a_position"""
    rows.without_checks("products_listitem")
    rows.put("products_listitem", version_id=7, position=1)
    rows.put("products_listitem", version_id=7, position=2)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_item_at_a_position"):
        rows.put("products_listitem", version_id=7, position=2)


def test_a_code_stands_on_a_list_once(rows: Rows) -> None:
    """products_listitem.one_item_of_a_code"""
    rows.without_checks("products_listitem")
    for code in ("", "", "T1"):
        rows.put("products_listitem", version_id=7, code=code)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_item_of_a_code"):
        rows.put("products_listitem", version_id=7, code="T1")


def test_a_way_has_one_window(rows: Rows) -> None:
    """products_openway.one_window_for_each_way"""
    rows.without_checks("products_openway")
    rows.put("products_openway", plan_year_id=7, way="school")
    rows.put("products_openway", plan_year_id=7, way="counter")
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_window_for_each_way"):
        rows.put("products_openway", plan_year_id=7, way="school")


@pytest.mark.parametrize("change", [{"plan_year_id": 8}, {"created_by_id": 8}, {"created_at": JULY}])
def test_a_draft_of_terms_stays_a_copy_of_its_plan_year(rows: Rows, change: dict[str, Any]) -> None:
    """products_termsdraft.terms_draft_is_of_its_plan_year"""
    rows.without_checks("products_termsdraft")
    rows.with_triggers("products_termsdraft", "terms_draft_is_of_its_plan_year")
    draft = rows.put("products_termsdraft", plan_year_id=7, created_by_id=7)
    rows.change("products_termsdraft", draft, title="另一个")
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change("products_termsdraft", draft, **change)


@pytest.mark.parametrize("change", [{"title": "x"}, {"premium_fen": 2}, {"benefits_text": "x"}, {"revision": 2}])
def test_a_draft_of_terms_that_ended_changes_no_more(rows: Rows, change: dict[str, Any]) -> None:
    """products_termsdraft.terms_draft_fixed"""
    rows.without_checks("products_termsdraft")
    rows.with_triggers("products_termsdraft", "terms_draft_fixed")
    open_one = rows.put("products_termsdraft", state="open", premium_fen=1, revision=1)
    rows.change("products_termsdraft", open_one, **change)
    ended = rows.put("products_termsdraft", state="discarded", premium_fen=1, revision=1)
    with pytest.raises(psycopg.errors.RaiseException, match="terms draft fixed"):
        rows.change("products_termsdraft", ended, **change)


@pytest.mark.parametrize("change", [{"city_year_id": 8}, {"scheme_id": "zz"}, {"parts": 8}, {"created_at": JULY}])
def test_a_comparison_stays_on_its_city_year(rows: Rows, change: dict[str, Any]) -> None:
    """products_comparison.comparison_is_of_its_city_year"""
    rows.without_checks("products_comparison")
    rows.with_triggers("products_comparison", "comparison_is_of_its_city_year")
    comparison = rows.put("products_comparison", city_year_id=7, scheme_id="smx", parts=7)
    rows.change("products_comparison", comparison, parts_done=3)
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change("products_comparison", comparison, **change)


@pytest.mark.parametrize("change", [{"benefits_text": "x"}, {"premium_fen": 2}, {"sha256": "x"}, {"draft_id": 8}])
def test_terms_that_are_compared_stay_as_they_stood(rows: Rows, change: dict[str, Any]) -> None:
    """products_comparedterms.compared_terms_are_as_they_stood"""
    rows.without_checks("products_comparedterms")
    rows.with_triggers("products_comparedterms", "compared_terms_are_as_they_stood")
    compared = rows.put("products_comparedterms", draft_id=7, plan_year_id=None, premium_fen=1)
    rows.change("products_comparedterms", compared, figures="{}")
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change("products_comparedterms", compared, **change)
