"""Copies of terms: changed, checked, compared with the original, and made into a plan year with a dossier."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from core import clock
from core.clock import SHANGHAI
from core.errors import DomainError
from demo.plan_years import OPERATOR, create_demo_plan_years
from products.actions import (
    NewYear,
    TermsRefused,
    change_draft_text,
    change_terms,
    discard_terms_draft,
    file_terms_draft,
    generate_city_year,
    replace_terms,
    send_to_experts,
    start_comparison,
    start_terms_draft,
)
from products.lifecycle import PlanYearState, TermsDraftState
from products.models import Comparison, Dossier, PlanYear, TermsDraft
from products.plan_terms import benefits_plan
from products.workshop.changes import changes_of
from products.workshop.side_by_side import sheet_of
from tests.products.plans import draft_of_2028
from work import sweeps

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2027, 10, 1, tzinfo=SHANGHAI)
NEW_YEAR = datetime(2028, 1, 1, tzinfo=SHANGHAI)
IN_2028 = NewYear("smx-2028", "三门峡惠民保", "Sanmenxia", MIDNIGHT, NEW_YEAR, date(2028, 1, 1), date(2029, 1, 1))


@pytest.fixture
def year() -> PlanYear:
    return create_demo_plan_years()[1]


@pytest.fixture
def copy(year: PlanYear) -> TermsDraft:
    return start_terms_draft(plan_year=year, title="起付线一万二", actor=OPERATOR, now=clock.now())


def change(copy: TermsDraft, revision: int = 1, **values: str) -> TermsDraft:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return change_terms(draft=copy, values=named, revision=revision, actor=OPERATOR, now=clock.now())


def test_a_figure_changes_in_the_copy_and_in_its_sentences_and_never_in_the_original(
    year: PlanYear, copy: TermsDraft
) -> None:
    before = year.benefits_text
    changed = change(copy, compliant_self_pay__deductible="12000", compliant_self_pay__rate="80")
    assert [(one.key, one.old, one.new) for one in changes_of(changed).figures] == [
        ("compliant_self_pay.rate", "75", "80"), ("compliant_self_pay.deductible", "15000", "12000"),
    ]  # fmt: skip
    sentences = changes_of(changed).sentences
    assert any("15,000" in one.old and "12,000" in one.new for one in sentences)
    year.refresh_from_db()
    assert year.benefits_text == before


def test_the_price_follows_what_the_plan_names(copy: TermsDraft) -> None:
    assert change(copy, **{"premium[0].amount": "129.50"}).premium_fen == 129_50
    assert [one.key for one in changes_of(copy_again(copy)).figures] == ["year.premium", "premium[0].amount"]


def copy_again(copy: TermsDraft) -> TermsDraft:
    return TermsDraft.objects.get(pk=copy.pk)


@pytest.mark.parametrize(
    ("value", "code"),
    [("八千", "figure_unreadable"), ("1.234", "figure_decimals"), ("-5", "plan_invalid")],
)
def test_a_figure_that_cannot_stand_is_refused_at_its_field_with_a_code(
    copy: TermsDraft, value: str, code: str
) -> None:
    with pytest.raises(TermsRefused) as refused:
        change(copy, compliant_self_pay__deductible=value)
    assert refused.value.codes == {"compliant_self_pay.deductible": code}
    assert copy_again(copy).revision == 1


def test_what_the_compiler_refuses_stands_at_the_figure_too(copy: TermsDraft) -> None:
    """The second band would begin before the first ends."""
    with pytest.raises(TermsRefused) as refused:
        change(copy, **{"critical_illness.bands[0].to": "200000"})
    assert list(refused.value.by_place) == ["critical_illness.bands[1].from"]


def test_who_saves_what_somebody_else_changed_meanwhile_is_told(copy: TermsDraft) -> None:
    """workshop.revision"""
    change(copy, compliant_self_pay__deductible="12000")
    with pytest.raises(DomainError) as refused:
        change(copy, compliant_self_pay__deductible="13000")
    assert refused.value.code == "changed_meanwhile"


def test_figures_stand_beside_their_sentences_and_findings_at_their_lines(year: PlanYear, copy: TermsDraft) -> None:
    source = copy.source("clauses", "zh").replace(" {#exclusions.meals}", "")
    source += "\n不赔牙科费用。\n"
    changed = change_draft_text(
        draft=copy, kind="clauses", source_zh=source, source_en=copy.source("clauses", "en"), revision=1,
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    draft_year = changed.as_plan_year()
    sheet = sheet_of(draft_year, changed.documents(draft_year), is_attached=False)
    own = next(section for section in sheet.sections if section.name == "compliant_self_pay")
    deductible = next(figure for figure in own.figures if figure.key == "compliant_self_pay.deductible")
    assert (deductible.value, deductible.unit) == ("15000", "元")
    assert any("15,000" in said.text for said in own.sentences)
    at_its_line = [said for section in sheet.sections for said in section.sentences if "牙科" in said.text]
    assert [finding.code for finding in at_its_line[0].findings] == ["without_key"]
    filed = sheet_of(year, list(year.documents.all()), is_attached=True)
    assert filed.findings == []


def test_a_text_that_cannot_be_read_is_refused_at_its_language(copy: TermsDraft) -> None:
    with pytest.raises(DomainError) as refused:
        change_draft_text(
            draft=copy, kind="notice", source_zh="每年{nothing.here}。\n", source_en="x\n", revision=1, actor=OPERATOR,
            now=clock.now(),
        )  # fmt: skip
    assert (refused.value.code, refused.value.field) == ("text_unreadable", "source_zh")


def test_a_draft_becomes_a_plan_year_in_draft_that_can_go_to_the_experts(copy: TermsDraft) -> None:
    changed = change(copy, compliant_self_pay__deductible="12000")
    comparison = compared(changed)
    made = file_terms_draft(
        draft=changed, into=IN_2028, comparison=comparison, revision=2, actor=OPERATOR, now=clock.now()
    )
    assert (made.state, made.code) == (PlanYearState.DRAFT, "smx-2028")
    assert benefits_plan(made).responsibility("compliant_self_pay").terms.terms(0).deductible_fen == 12_000_00
    assert send_to_experts(plan_year=made, actor=OPERATOR, now=clock.now()).state == PlanYearState.EXPERT_REVIEW
    copied = copy_again(copy)
    assert (copied.state, copied.became) == (TermsDraftState.FILED, made)


def compared(draft: TermsDraft) -> Comparison:
    city = generate_city_year(
        scheme=draft.plan_year.scheme, title="试算城", people=500, seed=1, year=2028, shape={}, actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    comparison = start_comparison(city_year=city, terms=[draft.plan_year, draft], actor=OPERATOR, now=clock.now())
    sweeps.drain("comparisons")
    return Comparison.objects.get(pk=comparison.pk)


def test_its_dossier_tells_what_changed_what_it_comes_to_and_of_which_data(copy: TermsDraft) -> None:
    changed = change(copy, compliant_self_pay__deductible="12000")
    comparison = compared(changed)
    made = file_terms_draft(
        draft=changed, into=IN_2028, comparison=comparison, revision=2, actor=OPERATOR, now=clock.now()
    )
    files = {one.form: one.read() for one in Dossier.objects.filter(plan_year=made)}
    assert files["pdf"].startswith(b"%PDF")
    told = json.loads(files["json"])
    assert told["changes"]["zh"]["figures"][0]["new"] == "12000"
    assert told["findings"] == []
    assert told["comparison"]["city_year"]["sha256"] == comparison.city_year.sha256
    assert told["draft"]["terms_sha256"] == made.benefits_sha256
    assert told["made_by"] == OPERATOR.label
    assert [one["name"] for one in told["comparison"]["terms"]] == ["smx-2027", "起付线一万二"]


def test_a_comparison_of_other_figures_is_not_filed_with_it(copy: TermsDraft) -> None:
    comparison = compared(copy)
    changed = change(copy, compliant_self_pay__deductible="12000")
    with pytest.raises(DomainError) as refused:
        file_terms_draft(
            draft=changed, into=IN_2028, comparison=comparison, revision=2, actor=OPERATOR, now=clock.now()
        )
    assert refused.value.code == "terms_not_compared"


def test_it_may_become_the_terms_of_a_draft_that_is_there(copy: TermsDraft) -> None:
    there = draft_of_2028()
    changed = change(copy, compliant_self_pay__deductible="12000")
    made = file_terms_draft(draft=changed, into=there, comparison=None, revision=2, actor=OPERATOR, now=clock.now())
    assert made.pk == there.pk
    assert benefits_plan(made).responsibility("compliant_self_pay").terms.terms(0).deductible_fen == 12_000_00
    assert made.documents.count() == 4


def test_what_was_filed_takes_no_other_terms(year: PlanYear, copy: TermsDraft) -> None:
    for act in (
        lambda: file_terms_draft(draft=copy, into=year, comparison=None, revision=1, actor=OPERATOR, now=clock.now()),
        lambda: replace_terms(
            plan_year=year, premium_fen=1, benefits_plan="x", benefits_text="x", actor=OPERATOR, now=clock.now()
        ),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "plan_year_fixed"
    assert Dossier.objects.count() == 0


def test_a_second_plan_year_of_that_cover_is_refused(year: PlanYear, copy: TermsDraft) -> None:
    again = NewYear("other", "x", "x", MIDNIGHT, IN_2028.closes_at, year.cover_from, year.cover_to)
    with pytest.raises(DomainError) as refused:
        file_terms_draft(draft=copy, into=again, comparison=None, revision=1, actor=OPERATOR, now=clock.now())
    assert refused.value.code == "plan_year_stands"


def test_a_draft_that_was_given_up_does_not_change_any_more(copy: TermsDraft) -> None:
    discard_terms_draft(draft=copy, revision=1, actor=OPERATOR, now=clock.now())
    with pytest.raises(DomainError) as refused:
        change(copy, compliant_self_pay__deductible="12000")
    assert refused.value.code == "terms_draft_ended"
