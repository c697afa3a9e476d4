"""Other figures in a plan file: the text around them stays as it was written."""

from __future__ import annotations

from datetime import date

import pytest

from benefits import PlanInvalid
from benefits.files.edit import places_of, problem_places, with_values
from benefits.files.load import load_text
from tests.benefits.helpers import ON, plan_text

TEXT = plan_text(
    """
    # what people ask about most
    - key: own
      name: x
      base: [{amount: in_scope}]
      deductible: {value: 15000, source: 三(五)}   # the draft's most
      rate: 0.75
      cap: none
      adjustments: &all
        - {name: 特困, kind: tilt, if: {assistance: 特困}, rate_add: 0.05}
    - key: more
      name: y
      base: [{amount: out_of_catalogue}]
      bands: [{from: 0, to: 50000, rate: 0.5}, {from: 50000, rate: 60%}]
      adjustments: *all
    """
)


def changed(**values: str) -> str:
    places = places_of(TEXT, on=ON)
    return with_values(TEXT, {places[name.replace("__", ".")]: value for name, value in values.items()})


def test_a_figure_is_written_where_it_stood_and_nothing_else_moves() -> None:
    text = changed(own__deductible="12000", own__rate="0.8")
    assert "deductible: {value: 12000, source: 三(五)}   # the draft's most" in text
    assert text.replace("12000", "15000").replace("0.8", "0.75") == TEXT
    terms = load_text(text, name="x", on=ON).responsibility("own").terms.terms(0)
    assert (terms.deductible_fen, terms.bands[0].rate) == (1_200_000, 800_000)


def test_each_number_of_a_ladder_is_a_place_of_its_own() -> None:
    places = places_of(TEXT, on=ON)
    band = [place.value for name, place in places.items() if name.startswith("more.bands")]
    assert band == ["0", "50000", "0.5", "50000", "60%"]


def test_what_is_written_once_and_repeated_changes_everywhere() -> None:
    places = places_of(TEXT, on=ON)
    tilt = places["own.adjustments[0].rate_add"]
    assert tilt.repeats == ("more.adjustments[0].rate_add",)
    plan = load_text(with_values(TEXT, {tilt: "0.1"}), name="x", on=ON)
    rates = [plan.responsibility(key).terms.terms(1).bands[0].rate for key in ("own", "more")]
    assert rates == [850_000, 600_000]


def test_a_dated_figure_is_changed_on_its_day() -> None:
    text = TEXT.replace("rate: 0.75", "rate: {values: {2026-01-01: 0.7, 2027-01-01: 0.75}}")
    place = places_of(text, on=date(2026, 6, 1))["own.rate"]
    assert place.value == "0.7"
    assert "{2026-01-01: 0.8, 2027-01-01: 0.75}" in with_values(text, {place: "0.8"})


def test_what_the_compiler_refuses_is_told_at_the_figure() -> None:
    with pytest.raises(PlanInvalid) as refused:
        load_text(changed(own__rate="7.5"), name="x", on=ON)
    found = problem_places(refused.value, places_of(TEXT, on=ON))
    assert list(found) == ["own.rate"]
    assert "above 1" in found["own.rate"][0]
