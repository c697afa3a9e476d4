"""The four kinds of care of Sanmenxia 三(三)1 are claimable, each under its own name."""

from __future__ import annotations

import pytest

from claims.checklist import CLAIM_TYPE_BY_ENCOUNTER, KIND_OF_CARE, ClaimType
from sandbox.testing import Sandbox
from tests.claims.people import LI_SECOND, LI_SECOND_STAY, Family


def test_every_kind_that_can_be_claimed_has_a_name() -> None:
    assert set(KIND_OF_CARE) == set(CLAIM_TYPE_BY_ENCOUNTER)


@pytest.mark.parametrize(
    ("med_type", "care", "claim_type"),
    [
        ("21", "inpatient", ClaimType.INPATIENT),
        ("25", "deemed_inpatient", ClaimType.INPATIENT),
        ("28", "deemed_inpatient", ClaimType.INPATIENT),
        ("14", "chronic_outpatient", ClaimType.OUTPATIENT),
        ("9901", "major_disease_outpatient", ClaimType.OUTPATIENT),
        ("9902", "outpatient_drug", ClaimType.OUTPATIENT),
    ],
)
def test_a_claim_is_filed_for_it(
    family: Family, outside: Sandbox, med_type: str, care: str, claim_type: ClaimType
) -> None:
    outside.put_stay(**{**LI_SECOND_STAY, "med_type": med_type})
    claim = family.starts(LI_SECOND)
    assert (claim.claim_type, claim.bills.get().encounter_type) == (claim_type, care)


def test_a_bill_keeps_its_lines_exactly_and_the_rules_count_begun_packages(family: Family, outside: Sandbox) -> None:
    surgery = LI_SECOND_STAY["lines"][0]
    lines = [{**surgery, "cnt": "2.5", "pric": 8_200}, {**surgery, "cnt": "-0.5", "pric": 1_000}]
    outside.put_stay(**{**LI_SECOND_STAY, "total": "20000.00", "lines": lines})
    bill = family.starts(LI_SECOND).bills.get()
    kept = [(line["exact_quantity"], line["unit_price"], line["category"], line["line_no"]) for line in bill.lines]
    assert kept == [("2.5", "8200", "material", f"{LI_SECOND}0001"), ("-0.5", "1000", "material", f"{LI_SECOND}0002")]
    taken = bill.as_benefits_bill("1").lines
    assert [(line.quantity, line.amount_fen) for line in taken] == [(3, 2_050_000), (-1, -50_000)]
