"""Comparisons are computed by a worker, part by part: honest about how far, cancelled when asked, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.errors import DomainError
from demo.plan_years import OPERATOR, create_demo_plan_years, create_second_city
from products.actions import (
    cancel_comparison,
    change_terms,
    generate_city_year,
    start_comparison,
    start_terms_draft,
    upload_city_year,
)
from products.lifecycle import ComparisonState
from products.models import CityYear, Comparison, ComparisonPart, PlanYear, TermsDraft
from products.workshop import running
from work import sweeps
from work.leases import LEASE, LeaseLost, claim_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> PlanYear:
    return create_demo_plan_years()[1]


@pytest.fixture
def copy(year: PlanYear) -> TermsDraft:
    """Half the deductible of 合规自付."""
    draft = start_terms_draft(plan_year=year, title="起付线减半", actor=OPERATOR, now=clock.now())
    values = {"compliant_self_pay.deductible": "7500"}
    return change_terms(draft=draft, values=values, revision=1, actor=OPERATOR, now=clock.now())


@pytest.fixture
def three_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 400 people, and a turn that is over after each."""
    monkeypatch.setattr("benefits.simulation.city.PART", 400)
    monkeypatch.setattr(running, "TURN_SECONDS", 0.0)


def city(year: PlanYear, people: int = 1_000) -> CityYear:
    return generate_city_year(
        scheme=year.scheme, title="试算城", people=people, seed=1, year=2027, shape={"costs": 300}, actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip


def begun(year: PlanYear, *terms: Any) -> Comparison:
    return start_comparison(city_year=city(year), terms=[year, *terms], actor=OPERATOR, now=clock.now())


def again(comparison: Comparison) -> Comparison:
    return Comparison.objects.select_related("city_year").get(pk=comparison.pk)


def figures(comparison: Comparison) -> list[dict[str, Any]]:
    return [one.figures for one in comparison.terms.all()]


def test_half_the_deductible_pays_more_and_nobody_less(year: PlanYear, copy: TermsDraft) -> None:
    comparison = begun(year, copy)
    sweeps.drain("comparisons")
    comparison = again(comparison)
    filed, halved = figures(comparison)
    assert (comparison.state, comparison.people_done, comparison.percent_done) == (ComparisonState.DONE, 1_000, 100)
    assert comparison.shared["people"] == 1_000
    assert filed["premium_fen"] == halved["premium_fen"] == 100_000_00
    assert 0 < filed["paid_fen"] < halved["paid_fen"]
    assert halved["against"]["worse"]["people"] == 0 < halved["against"]["better"]["people"]
    assert halved["paid_fen"] - filed["paid_fen"] == halved["against"]["better"]["fen"]


@pytest.mark.usefixtures("three_parts")
def test_progress_is_what_is_computed_and_kept(year: PlanYear) -> None:
    comparison, seen = begun(year), []
    for _turn in range(3):
        sweeps.step(sweeps.get("comparisons"))
        seen.append((again(comparison).people_done, ComparisonPart.objects.count()))
    assert seen == [(400, 1), (800, 2), (1_000, 0)], "what the parts held is put together at the end, and thrown away"


@pytest.mark.usefixtures("three_parts")
def test_what_a_killed_worker_computed_is_kept_and_comes_to_the_same(
    year: PlanYear, copy: TermsDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = begun(year, copy)
    sweeps.drain("comparisons")
    killed, measure, calls = begun(year, copy), running.figures.measure, []

    def dies_at_the_second(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return measure(*args, **more)

    monkeypatch.setattr(running, "TURN_SECONDS", 60.0)
    monkeypatch.setattr(running.figures, "measure", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        sweeps.drain("comparisons")
    assert again(killed).parts_done == 1
    assert sweeps.drain("comparisons") == 0, "its lease is held until it is over"
    sweeps.drain("comparisons", now=clock.now() + 2 * LEASE)
    assert len(calls) == 4, "the first part was not computed a second time"
    assert figures(again(killed)) == figures(again(undisturbed))


@pytest.mark.usefixtures("three_parts")
def test_a_worker_that_wakes_after_its_lease_changes_nothing(year: PlanYear) -> None:
    comparison = begun(year)
    [slept] = claim_due(running.running(), now=clock.now())
    sweeps.drain("comparisons", now=clock.now() + 2 * LEASE)
    before = figures(again(comparison))
    assert running.carry_on(slept, clock.now()) is False
    assert (figures(again(comparison)), ComparisonPart.objects.count()) == (before, 0)


@pytest.mark.usefixtures("three_parts")
def test_who_cancels_stops_it_and_nothing_is_kept(year: PlanYear) -> None:
    comparison = begun(year)
    sweeps.step(sweeps.get("comparisons"))
    cancel_comparison(comparison=again(comparison), actor=OPERATOR, now=clock.now())
    assert sweeps.drain("comparisons") == 0
    assert (again(comparison).state, ComparisonPart.objects.count()) == (ComparisonState.CANCELLED, 0)
    with pytest.raises(DomainError) as refused:
        cancel_comparison(comparison=again(comparison), actor=OPERATOR, now=clock.now())
    assert refused.value.code == "illegal_transition"


@pytest.mark.usefixtures("three_parts")
def test_a_part_that_is_ready_after_it_was_cancelled_is_thrown_away(
    year: PlanYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """workshop.cancelled_stops"""
    comparison, measure = begun(year), running.figures.measure

    def cancelled_meanwhile(*args: Any, **more: Any) -> Any:
        Comparison.objects.filter(pk=comparison.pk).update(state=ComparisonState.CANCELLED)
        return measure(*args, **more)

    monkeypatch.setattr(running.figures, "measure", cancelled_meanwhile)
    sweeps.step(sweeps.get("comparisons"))
    assert (again(comparison).parts_done, ComparisonPart.objects.count()) == (0, 0)


def test_terms_that_a_bill_cannot_be_computed_by_say_why(year: PlanYear) -> None:
    """A waiting period asks for the day of each bill, which this upload does not have."""
    draft = start_terms_draft(plan_year=year, title="加等待期", actor=OPERATOR, now=clock.now())
    draft.benefits_text += "\nwaiting_period:\n  - {days: 30, source: 三(三)}\n"
    draft.save(update_fields=["benefits_text"])
    lines = "人员序号,年龄,医保政策范围内费用\n1,30,90000\n".encode()
    uploaded = upload_city_year(scheme=year.scheme, title="x", content=lines, actor=OPERATOR, now=clock.now())
    comparison = start_comparison(city_year=uploaded, terms=[draft], actor=OPERATOR, now=clock.now())
    sweeps.drain("comparisons")
    failed = again(comparison)
    assert failed.state == ComparisonState.FAILED
    assert "admitted_on" in failed.problem or "cover_from" in failed.problem


def test_after_four_deaths_without_any_progress_it_is_given_up(year: PlanYear) -> None:
    comparison = begun(year)
    Comparison.objects.filter(pk=comparison.pk).update(attempts=4)
    sweeps.drain("comparisons")
    assert again(comparison).state == ComparisonState.FAILED


def test_terms_of_another_scheme_are_not_compared_with_these(year: PlanYear) -> None:
    second = create_second_city()
    for terms, code in (
        ([second], "terms_of_another_scheme"),
        ([], "terms_missing"),
        ([year, year], "terms_twice"),
        ([year] * 6, "terms_too_many"),
    ):
        with pytest.raises(DomainError) as refused:
            start_comparison(city_year=city(year), terms=terms, actor=OPERATOR, now=clock.now())
        assert refused.value.code == code


def test_what_is_compared_is_a_copy_of_the_moment(year: PlanYear, copy: TermsDraft) -> None:
    comparison = begun(year, copy)
    values = {"compliant_self_pay.deductible": "0"}
    change_terms(draft=copy, values=values, revision=2, actor=OPERATOR, now=clock.now() + timedelta(seconds=1))
    compared = comparison.terms.get(draft=copy)
    assert (compared.revision, "7500" in compared.benefits_text) == (2, True)


@pytest.mark.usefixtures("three_parts")
def test_somebody_else_has_it_now(year: PlanYear) -> None:
    begun(year)
    [slept] = claim_due(running.running(), now=clock.now())
    claim_due(running.running(), now=clock.now() + 2 * LEASE)
    with pytest.raises(LeaseLost):
        running._compute(slept, token=slept.fencing_token)
