"""The terms sold are the terms paid (B11, Sanmenxia 四(三)): each sentence of a plan year's texts names what makes it
true, and everything in the plan is said. What is not so keeps the plan year from the experts and from publication."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from core.errors import DomainError
from demo.plan_years import BUREAU, OPERATOR, create_demo_plan_years, create_second_city
from demo.schemes import SANMENXIA
from products import promises
from products.actions import file_plan_year, publish_plan_year, send_to_experts
from products.lifecycle import PlanYearState
from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.selectors import documents_of
from products.shown import plan_year_version
from products.texts.coverage import ClausesNotCovered, findings
from products.texts.reading import sentence_of, what_it_counts
from tests.products.plans import attach_texts, carried_2028

NOTICE_ZH = SANMENXIA.source("notice", "zh")
NOTICE_EN = SANMENXIA.source("notice", "en")


@pytest.fixture
def draft(db: None) -> PlanYear:
    return carried_2028()


def with_line(draft: PlanYear, line: str) -> list[tuple[str, str]]:
    """What is found when a line stands at the end of the Chinese notice, and its English twin says the same."""
    attach_texts(draft, notice_zh=f"{NOTICE_ZH}\n{line}\n", notice_en=f"{NOTICE_EN}\nX. {line[line.find('{') :]}\n")
    return [(finding.code, finding.document) for finding in findings(draft)]


@pytest.mark.django_db
def test_both_cities_say_what_their_plans_hold_and_nothing_else() -> None:
    for year in (*create_demo_plan_years(), create_second_city()):
        assert [str(finding) for finding in findings(year)] == []


@pytest.mark.parametrize("line", ["每天都可以赔。", "我们会一直陪着您。"])
def test_a_sentence_without_a_key_is_found_at_its_line(draft: PlanYear, line: str) -> None:
    attach_texts(draft, notice_zh=NOTICE_ZH.replace("## 谁能买\n", f"## 谁能买\n{line}\n"))
    finding = findings(draft)[1]
    assert (finding.document, finding.line, finding.code) == ("notice.zh", 2, "without_key")


@pytest.mark.parametrize(
    "words", ["一律不赔", "手术除外", "免起付线", "最高一百万", "赔两万元", "赔八成", "只有三次以外"]
)
def test_what_limits_or_counts_is_not_narrative(draft: PlanYear, words: str) -> None:
    assert ("not_narrative", "notice.zh") in with_line(draft, f"{words}。 {{narrative}}")


def test_english_has_its_own_words_for_it(draft: PlanYear) -> None:
    attach_texts(draft, notice_en=f"{NOTICE_EN}\nNothing is ever deducted. {{narrative}}\n")
    assert {finding.code for finding in findings(draft)} == {"not_narrative", "languages_differ"}


def test_a_sentence_has_at_most_three_keys(draft: PlanYear) -> None:
    line = "都算。 {#exclusions.meals #exclusions.nursing #exclusions.aids #exclusions.transport}"
    assert ("too_many_keys", "notice.zh") in with_line(draft, line)


@pytest.mark.parametrize("key", ["exclusions.hairdresser", "portal:miracles", "supplier:mood", "special_drugs.colour"])
def test_a_key_that_nothing_stands_behind_is_found(draft: PlanYear, key: str) -> None:
    assert with_line(draft, f"也赔。 {{#{key}}}") == [("unknown_key", "notice.en"), ("unknown_key", "notice.zh")]


def test_a_figure_is_never_typed(draft: PlanYear) -> None:
    assert ("typed_figure", "notice.zh") in with_line(draft, "起付线15000元。 {#compliant_self_pay.deductible}")


def test_what_only_one_language_says_is_found(draft: PlanYear) -> None:
    attach_texts(draft, notice_zh=f"{NOTICE_ZH}\n膳食费不赔。 {{#exclusions.meals}}\n")
    assert [finding.code for finding in findings(draft)] == ["languages_differ"]


def test_what_the_plan_holds_and_no_text_says_is_found(draft: PlanYear) -> None:
    without = {
        f"exclusions_{language}": "\n".join(
            line for line in SANMENXIA.source("exclusions", language).splitlines() if "exclusions.meals" not in line
        )
        for language in ("zh", "en")
    }
    attach_texts(draft, **without)
    assert [(finding.code, finding.params) for finding in findings(draft)] == [
        ("unsaid", {"language": "zh", "key": "exclusions.meals"}),
        ("unsaid", {"language": "en", "key": "exclusions.meals"}),
    ]


def test_naming_a_figure_without_showing_it_is_not_enough(draft: PlanYear) -> None:
    bare = {
        f"notice_{one}": SANMENXIA.source("notice", one).replace("{{premium}}", "X. {#premium[0].amount}")
        for one in ("zh", "en")
    }
    attach_texts(draft, **bare)
    assert {finding.code for finding in findings(draft)} == {"not_shown"}


def test_a_text_of_before_the_plan_changed_is_found(draft: PlanYear) -> None:
    attach_texts(draft)
    PlanYear.objects.filter(pk=draft.pk).update(
        benefits_text=draft.benefits_text.replace("rate: {value: 0.75,", "rate: {value: 0.7,")
    )
    draft.refresh_from_db()
    assert {(one.code, one.document) for one in findings(draft)} == {
        ("text_stale", f"{kind}.{language}") for kind in ("clauses", "exclusions") for language in ("zh", "en")
    }


def test_terms_that_change_within_the_year_cannot_be_said_of_the_whole_year(draft: PlanYear) -> None:
    changing = draft.benefits_text.replace("rate: {value: 0.75,", "rate: {values: {2025-01-01: 0.75, 2028-07-01: 0.7},")
    PlanYear.objects.filter(pk=draft.pk).update(benefits_text=changing)
    draft.refresh_from_db()
    attach_texts(draft)
    assert {(one.code, one.document, one.params["day"]) for one in findings(draft)} == {
        ("changes_within_year", "clauses.zh", "2028-07-01"),
        ("changes_within_year", "exclusions.zh", "2028-07-01"),
    }


def test_the_price_asked_is_the_price_of_the_plan(draft: PlanYear) -> None:
    attach_texts(draft)
    PlanYear.objects.filter(pk=draft.pk).update(premium_fen=9_900)
    draft.refresh_from_db()
    assert [finding.code for finding in findings(draft)] == ["premium_differs"]


def test_experts_get_no_plan_year_that_promises_what_nothing_keeps(draft: PlanYear) -> None:
    """products.texts.coverage"""
    with_line(draft, "陪您去医院。 {#portal:company}")
    with pytest.raises(ClausesNotCovered) as refused:
        send_to_experts(plan_year=draft, actor=OPERATOR, now=draft.opens_at)
    assert refused.value.code == "clauses_not_covered"
    assert [finding.code for finding in refused.value.findings] == ["unknown_key", "unknown_key"]
    draft.refresh_from_db()
    assert draft.state == PlanYearState.DRAFT


def test_nor_is_it_published_when_the_portal_stops_keeping_a_promise(
    draft: PlanYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach_texts(draft)
    send_to_experts(plan_year=draft, actor=OPERATOR, now=draft.opens_at)
    file_plan_year(plan_year=draft, filing_number="1", actor=BUREAU, now=draft.opens_at)
    fewer = {name: one for name, one in promises.declared().items() if name != "surrender"}
    monkeypatch.setattr(promises, "_declared", fewer)
    with pytest.raises(ClausesNotCovered):
        publish_plan_year(plan_year=draft, seen=plan_year_version(draft), actor=OPERATOR, now=draft.opens_at)
    monkeypatch.undo()
    draft.refresh_from_db()
    assert draft.state == PlanYearState.FILED
    publish_plan_year(plan_year=draft, seen=plan_year_version(draft), actor=OPERATOR, now=draft.opens_at)


@pytest.mark.parametrize(
    ("line", "number"),
    [("赔{hip.rate}。", 1), ("{{dreams}}", 1), ("好\n}坏", 2), ("{hip|name}", 1), ("{narrative}", 1)],
)
def test_a_source_that_cannot_be_read_is_refused_at_its_line(draft: PlanYear, line: str, number: int) -> None:
    with pytest.raises(DomainError) as refused:
        attach_texts(draft, notice_zh=line)
    assert (refused.value.code, refused.value.params["line"]) == ("text_unreadable", number)
    assert not draft.documents.exists()


@pytest.mark.django_db
def test_the_command_prints_what_it_finds_and_fails_with_it() -> None:
    create_demo_plan_years()
    out = StringIO()
    call_command("clause_coverage", "smx-2027", "--keys", stdout=out)
    assert "smx-2027: every sentence has its key, every key its sentence" in out.getvalue()
    assert "smx-2027 exclusions.nursing  exclusions:" in out.getvalue()
    carried_2028()
    out = StringIO()
    with pytest.raises(CommandError, match="findings"):
        call_command("clause_coverage", stdout=out)
    assert "compliant_self_pay.rate [unsaid]" in out.getvalue()
    with pytest.raises(CommandError, match="there is no plan year smx-1999"):
        call_command("clause_coverage", "smx-1999")


@pytest.mark.django_db
def test_the_full_sentence_behind_a_key_is_there_for_whoever_explains_an_amount() -> None:
    year = create_demo_plan_years()[1]
    assert sentence_of(year, "exclusions.nursing") == "陪护费、护工费、护理费、煎药费。"
    with translation.override("en"):
        assert sentence_of(year, "exclusions.nursing") == "Companions, care workers, nursing and herb boiling."
    assert sentence_of(year, "compliant_self_pay.rate").startswith("合规自付医疗费用：起付线15,000元，报销比例75%")
    assert sentence_of(year, "exclusions.hairdresser") == ""
    assert what_it_counts(year, "special_drugs") == "《目录外特药目录》里的药。"
    assert set(documents_of(year)["clauses"].sentences) == {"zh", "en"}
    assert set(documents_of(year)) == set(DocumentKind.values)
