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
        case("parties_schemearea.scheme_area_is_a_code", {"area": "4112"}, {"area": "41a2"}),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


class Areas:
    """Two schemes of one kind, and what the second one may take in beside the first one's "4112" of 2026."""

    def __init__(self, rows: Rows, kind: str) -> None:
        self.rows = rows
        for table in ("parties_scheme", "parties_schemearea"):
            rows.without_checks(table)
        rows.with_triggers("parties_schemearea", "one_scheme_of_a_kind_per_area")
        self.first = rows.put("parties_scheme", code="smx", kind="commercial", host="")
        self.second = rows.put("parties_scheme", code="other", kind=kind, host="", opens_bare_address=False)
        self.take(self.first, "4112", "2026-01-01", "2027-01-01")

    def take(self, scheme: str, area: str, from_on: str, to_on: str | None) -> None:
        self.rows.put("parties_schemearea", guarded=True, scheme_id=scheme, area=area, from_on=from_on, to_on=to_on)


@pytest.mark.parametrize("area", ["4112", "411202", "41"])
def test_an_area_within_or_around_anothers_is_refused_while_that_one_has_it(rows: Rows, area: str) -> None:
    areas = Areas(rows, "commercial")
    with pytest.raises(psycopg.errors.ExclusionViolation, match="belongs to a scheme of this kind already"):
        areas.take(areas.second, area, "2026-12-31", None)
    areas.take(areas.second, area, "2027-01-01", None)  # the day on which the first one no longer has it


def test_another_area_is_free(rows: Rows) -> None:
    areas = Areas(rows, "commercial")
    areas.take(areas.second, "4101", "2026-01-01", None)


def test_a_scheme_of_the_other_kind_may_have_the_same_area(rows: Rows) -> None:
    areas = Areas(rows, "critical_illness")
    areas.take(areas.second, "4112", "2026-01-01", None)
