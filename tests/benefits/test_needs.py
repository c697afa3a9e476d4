"""What a plan has to be told is read off the compiled plan: change a term, and the list changes with it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from benefits import Bill, BillLine, Person, list_plans, load_dated, load_plan, needs_of
from benefits.files.load import PLANS
from tests.benefits.helpers import plan_of

PLAIN = "- {key: own, name: 自费, base: [{amount: out_of_catalogue}], deductible: 0, rate: 0.5}"


def asked(responsibilities: str) -> frozenset[str]:
    return needs_of(plan_of(responsibilities))


def test_a_plain_plan_asks_for_its_amount_its_cover_and_what_others_paid() -> None:
    needs = asked(PLAIN)
    assert {"bill.out_of_catalogue_fen", "bill.other_insurers_paid_fen", "bill.admitted_on"} <= needs
    assert {need for need in needs if need.startswith("person.")} == {"person.cover_from", "person.cover_to"}
    assert not {need for need in needs if need.startswith("line.")}


@pytest.mark.parametrize(
    ("condition", "need"),
    [
        ("{age: {min: 60}}", "person.birth_date"),
        ("{assistance: [特困, 低保]}", "person.assistance:低保"),
        ("{not: {assistance: 特困}}", "person.assistance:特困"),
        ("{any: [{in_waiting_period: true}, {large_amount_cover: false}]}", "person.large_amount_cover"),
        ("{bill_tags: third_party}", "bill.tags:third_party"),
        ("{place: overseas}", "bill.place"),
        ("{paid_by: critical_illness}", "bill.critical_illness_paid_fen"),
    ],
)
def test_an_if_block_asks_for_its_facts_wherever_they_stand_in_it(condition: str, need: str) -> None:
    assert need in asked(PLAIN.replace("base:", f"if: {condition}, base:"))


def test_each_tag_of_a_line_is_a_need_of_its_own() -> None:
    lines = PLAIN.replace("{amount: out_of_catalogue}", "{lines: {tags: [nursing, meals]}}")
    assert {"line.tags:nursing", "line.tags:meals", "line.out_of_catalogue_fen"} <= asked(lines)


def test_who_asks_whether_it_was_known_before_asks_for_the_diagnoses_too() -> None:
    plan = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))
    assert {"person.preexisting", "person.known_diagnoses"} <= needs_of(plan)


def test_the_premium_asks_for_nothing_of_a_claim() -> None:
    plan = load_plan("shanghai/huhuibao-2025-standard", on=date(2025, 7, 1))
    assert "person.family_enrolment" not in needs_of(plan)


def test_every_plan_of_the_house_asks_only_for_fields_that_there_are() -> None:
    known = {f"person.{one.name}" for one in fields(Person)} | {f"bill.{one.name}" for one in fields(Bill)}
    known |= {f"line.{one.name}" for one in fields(BillLine)}
    for name in list_plans():
        for _from_on, plan in load_dated((PLANS / f"{name}.yaml").read_text(encoding="utf-8"), name=name).versions:
            asked_for = {need.partition(":")[0] for need in needs_of(plan)}
            assert asked_for <= known | {"list"}, name
