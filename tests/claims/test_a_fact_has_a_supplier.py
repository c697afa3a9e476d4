"""Every field that rules can read has one place in the table; what nobody supplies cannot be asked for."""

from __future__ import annotations

from dataclasses import fields

import pytest

from benefits import Bill, BillLine, Person
from claims.facts.table import GATHERED, NOBODY, ON_THE_BILL
from core.errors import DomainError
from demo.plan_years import create_demo_plan_years
from products.models import PlanYear
from products.suppliers import require_supplied

FIELDS = {
    f"{kind}.{one.name}" for kind, of in (("person", Person), ("bill", Bill), ("line", BillLine)) for one in fields(of)
}


def test_every_field_is_supplied_or_said_to_be_nobodys() -> None:
    tags = {"bill.tags", "line.tags"}  # tag by tag
    supplied = [*(name for name in GATHERED if ":" not in name), *ON_THE_BILL]
    assert sorted([*supplied, *NOBODY, *tags]) == sorted(FIELDS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asks", "lacking"),
    [
        ("family_enrolment: true", "person.family_enrolment"),
        ("hospital_kind: private", "bill.hospital_kind"),
        ("assistance: 烈属", "person.assistance:烈属"),
        ("bill_tags: fraud", "bill.tags:fraud"),
    ],
)
def test_a_plan_year_that_asks_for_what_nobody_supplies_is_refused_by_name(asks: str, lacking: str) -> None:
    year: PlanYear = create_demo_plan_years()[0]
    require_supplied(year)
    year.benefits_text = year.benefits_text.replace("if: {place: overseas}", f"if: {{{asks}}}")
    with pytest.raises(DomainError) as refusal:
        require_supplied(year)
    assert (refusal.value.code, refusal.value.params["missing"]) == ("facts_without_supplier", lacking)
