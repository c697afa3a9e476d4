"""`check` refuses what would hold for nobody: a misspelt word silently switches an exclusion or a promise off."""

from __future__ import annotations

from pathlib import Path

import pytest

from benefits import check_plan
from benefits.cli import main
from tests.benefits.helpers import plan_text, problems_of

OWN = "- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5, if: {IF}}"


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("encounter_type: inpatiant", "nothing is ever 'inpatiant'; did you mean inpatient?"),
        ("encounter_type: [inpatient, emergancy]", "did you mean emergency?"),
        ("place: elswhere", "did you mean elsewhere?"),
        ("insured_type: employe", "did you mean employee?"),
        ("paid_by: critical_ilness", "did you mean critical_illness?"),
        ("paid_by: sky", "known are basic_fund, critical_illness"),
        ("diagnosis: C97-C00", "C97-C00 holds for no code; did you mean C00-C97?"),
        ("diagnosis: 肺癌", "'肺癌' is no ICD-10 code: write C34, C34.1 or C00-C97"),
        ("diagnosis: [C34, 癌]", "is no ICD-10 code"),
        ("diagnosis: C00-C50-C97", "is no ICD-10 code"),
        ("diagnosis: 34C", "is no ICD-10 code"),
        ("age: {min: 60, max: 18}", "nothing lies between 60 and 18; did you mean {min: 18, max: 60}?"),
        ("age: {min: 200}", "lies between 0 and 150: this holds for nobody"),
        ("age: -1", "this holds for nobody"),
        ("continuous_years: 0", "lies between 1 and 150"),
        ("claim_free_years: {max: -1}", "this holds for nobody"),
        ("any: [{place: local}, {place: moon}]", "nothing is ever 'moon'"),
        ("not: {insured_type: residents}", "did you mean resident?"),
        ("drug: D1", "`drug` is known only in the adjustments of a responsibility with `per: drug`"),
    ],
)
def test_a_condition_that_never_holds_is_refused(condition: str, says: str) -> None:
    problems = problems_of(plan_text(OWN.replace("IF", condition)))
    assert len(problems) == 1 and says in problems[0], problems
    assert problems[0].startswith("line 9: responsibilities[0].if")


@pytest.mark.parametrize(
    "condition",
    [
        "diagnosis: [C34, c34.1, C00-C97, I60-I64, E11.9, D60.0-D61.9, C]",
        "age: {min: 18, max: 18}",
        "age: 0",
        "continuous_years: {max: 1}",
        "place: [local, overseas]",
        "hospital_level: 三级",
        "assistance: 特困",
    ],
)
def test_conditions_that_may_hold_are_good(condition: str) -> None:
    assert problems_of(plan_text(OWN.replace("IF", condition))) == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("waiting_period: [{days: 5, except_encounters: [injurry]}]\n", "did you mean injury?"),
        ("preexisting: {rule: diagnoses, diagnoses: [C97-C00]}\n", "preexisting.diagnoses[0]: C97-C00 holds for no"),
        ("exclusions: [{key: e, name: x, if: {place: oversea}}]\n", "did you mean overseas?"),
        (
            "exclusions: [{key: e, name: x, lines: {kind: drugs}}]\n",
            "lines.kind: nothing is ever 'drugs'",
        ),
        ("premium: [{who: x, if: {insured_type: worker}, amount: 5}]\n", "nothing is ever 'worker'"),
        ("waterfall: [{layer: other, simulate: {place: here}, rate: 1}]\n", "nothing is ever 'here'"),
        ("adjustments: [{name: x, kind: other, if: {drug: D1}, rate: 0.1}]\n", "`drug` is known only in"),
    ],
)
def test_they_are_refused_wherever_they_stand(more: str, says: str) -> None:
    problems = problems_of(plan_text(OWN.replace("IF", "place: local"), more))
    assert any(says in one for one in problems), problems


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("{kind: drugs}", "nothing is ever 'drugs'; did you mean drug?"),
        ("{kind: [drug, materials]}", "did you mean material?"),
        ("{catalogue: D}", "known are A, B, C"),
    ],
)
def test_lines_that_nothing_fits_are_refused(lines: str, says: str) -> None:
    text = f"- {{key: own, name: x, base: [{{lines: {lines}}}], rate: 0.5}}"
    assert says in problems_of(plan_text(text))[0]


def test_a_drug_may_be_asked_for_where_it_is_known() -> None:
    text = "- {key: own, name: x, base: [{lines: {kind: drug}}], per: drug, rate: 0.5, adjustments: [ADJ]}"
    adjustment = "{name: x, kind: other, if: {drug: D1}, rate: 0.6}"
    assert problems_of(plan_text(text.replace("ADJ", adjustment))) == []


def test_a_plan_is_named_as_its_folder_and_file_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "test"
    folder.mkdir()
    good, moved = folder / "product.yaml", folder / "other.yaml"
    for path in (good, moved):
        path.write_text(plan_text(OWN.replace("IF", "place: local")), "utf-8")
    assert check_plan(good) == ()
    assert [str(one) for one in check_plan(moved)] == [
        "line 2: id: is test/product, but folder and file say test/other: one of them is wrong"
    ]
    assert main(["check", str(good), str(moved)]) == 1
    assert "1 problem(s)" in capsys.readouterr().out
