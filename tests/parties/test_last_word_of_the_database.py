"""What the database refuses of schemes and parties, whoever writes."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

A_DAY, THE_NEXT = "2026-01-01", "2026-01-02"


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case("parties_scheme.scheme_code_is_free", {"code": "smx"}, {"code": "admin"}),
        *(
            case(f"{table}.{name}", {"from_on": A_DAY, "to_on": THE_NEXT}, {"from_on": A_DAY, "to_on": A_DAY})
            for table, name in (
                ("parties_scheme", "scheme_runs_forward"),
                ("parties_schemearea", "scheme_area_runs_forward"),
                ("parties_insurer", "insurer_runs_forward"),
                ("parties_institution", "institution_runs_forward"),
                ("parties_organisation", "organisation_runs_forward"),
            )
        ),
        case(
            "parties_scheme.scheme_names_its_credentials",
            {"platform_credentials": "NHSA_2", "message_credentials": "SMS"},
            {"platform_credentials": "NHSA_2", "message_credentials": "9f86d081884c7d65"},
        ),
        case("parties_schemearea.scheme_area_is_a_code", {"area": "4112"}, {"area": "41a2"}),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


def two_schemes(rows: Rows, kind: str) -> None:
    """smx, commercial, has "4112" for the year 2026; beside it one of this kind, which has none yet."""
    for table in ("parties_scheme", "parties_schemearea"):
        rows.without_checks(table)
    rows.put("parties_scheme", code="smx", kind="commercial", host="", opens_bare_address=False)
    rows.put("parties_scheme", code="other", kind=kind, host="", opens_bare_address=False)
    rows.put("parties_schemearea", scheme_id="smx", area="4112", from_on="2026-01-01", to_on="2027-01-01")


@pytest.mark.parametrize("area", ["4112", "411202", "41"])
def test_an_area_within_or_around_anothers_is_refused_while_that_one_has_it(rows: Rows, area: str) -> None:
    two_schemes(rows, "commercial")
    rows.with_triggers("parties_schemearea", "one_scheme_of_a_kind_per_area")
    row: dict[str, Any] = {"scheme_id": "other", "area": area, "to_on": None}
    with pytest.raises(psycopg.errors.ExclusionViolation, match="belongs to a scheme of this kind already"):
        rows.put("parties_schemearea", guarded=True, from_on="2026-12-31", **row)
    rows.put("parties_schemearea", guarded=True, from_on="2027-01-01", **row)  # the day from which it is free


@pytest.mark.parametrize(("kind", "area"), [("commercial", "4101"), ("critical_illness", "4112")])
def test_another_area_is_free_and_so_is_the_same_for_the_other_kind(rows: Rows, kind: str, area: str) -> None:
    two_schemes(rows, kind)
    rows.with_triggers("parties_schemearea", "one_scheme_of_a_kind_per_area")
    rows.put("parties_schemearea", guarded=True, scheme_id="other", area=area, from_on="2026-01-01", to_on=None)


def test_a_host_belongs_to_one_scheme(rows: Rows) -> None:
    """parties_scheme.one_scheme_per_host"""
    rows.without_checks("parties_scheme")
    for code in ("smx", "zz"):
        rows.put("parties_scheme", code=code, host="", opens_bare_address=False)
    rows.put("parties_scheme", code="lj", host="lj.example", opens_bare_address=False)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_scheme_per_host"):
        rows.put("parties_scheme", code="lj2", host="lj.example", opens_bare_address=False)


def test_one_scheme_opens_at_the_bare_address(rows: Rows) -> None:
    """parties_scheme.one_scheme_at_the_bare_address"""
    rows.without_checks("parties_scheme")
    rows.put("parties_scheme", code="smx", host="", opens_bare_address=True)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_scheme_at_the_bare_address"):
        rows.put("parties_scheme", code="zz", host="", opens_bare_address=True)
