"""Texts made from the plan: whatever parameter a plan has, it is said, and changing it changes what is said."""

from __future__ import annotations

from functools import cache

import pytest

from benefits import load_dated
from benefits.files.load import find_plan, list_plans
from benefits.model import ENCOUNTER_TYPES
from demo.schemes import SANMENXIA, ZHENGZHOU, DemoScheme
from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.texts.figures import Figures
from products.texts.language import ENCOUNTERS, LANGUAGES
from products.texts.made import MADE, MOST_KEYS
from products.texts.rendering import Sentence, render
from tests.products.changing import with_other_value


def figures(text: str, language: str, like: DemoScheme | None = None) -> Figures:
    dated = load_dated(text, name="tried")
    day = dated.versions[0][0]
    year = PlanYear(benefits_text=text, benefits_plan="tried", premium_fen=10_000, cover_from=day, cover_to=day)
    return Figures(_with_window(year), dated.on(day), LANGUAGES[language], ("崤山", "大河"))


def _with_window(year: PlanYear) -> PlanYear:
    from core.clock import midnight

    year.opens_at = year.closes_at = midnight(year.cover_from)
    return year


@cache
def made(text: str, language: str = "zh") -> dict[str, list[str]]:
    """What the lists of a text say, by key."""
    said: dict[str, list[str]] = {}
    for make in MADE.values():
        for item in make(figures(text, language)):
            assert len(item.keys) <= MOST_KEYS, item
            for key in item.keys:
                said.setdefault(key, []).append(item.text)
    return said


def parameters(text: str) -> list[str]:
    return [row.path for row in load_dated(text, name="tried").versions[0][1].parameters]


@pytest.mark.parametrize("name", list_plans())
def test_the_lists_say_every_parameter_of_every_plan_that_ships(name: str) -> None:
    text = find_plan(name).read_text("utf-8")
    for language in LANGUAGES:
        assert set(parameters(text)) <= set(made(text, language))


@pytest.mark.parametrize("name", list_plans())
def test_no_sentence_is_made_without_what_makes_it_true(name: str) -> None:
    """Such a one cannot be published: the check asks of every promise which parameter it is."""
    for make in MADE.values():
        assert [item.text for item in make(figures(find_plan(name).read_text("utf-8"), "zh")) if not item.keys] == []


@pytest.mark.parametrize("name", list_plans())
def test_another_value_is_another_sentence_in_every_plan_that_ships(name: str) -> None:
    text = find_plan(name).read_text("utf-8")
    for parameter in parameters(text):
        other = made.__wrapped__(with_other_value(text, parameter))
        assert other[parameter] != made(text)[parameter], parameter


def sentences(scheme: DemoScheme, text: str, language: str) -> list[Sentence]:
    return [
        sentence
        for kind in DocumentKind.values
        for sentence in render(scheme.source(kind, language), figures(text, language)).sentences
    ]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("scheme", [SANMENXIA, ZHENGZHOU], ids=lambda scheme: scheme.code)
def test_changing_any_parameter_changes_the_published_sentence_that_names_it(scheme: DemoScheme, language: str) -> None:
    text = scheme.plan_text
    before = sentences(scheme, text, language)
    for parameter in parameters(text):
        after = sentences(scheme, with_other_value(text, parameter), language)
        changed = [one for one, other in zip(before, after, strict=True) if one.text != other.text]
        assert any(parameter in one.keys for one in changed), parameter


def test_every_kind_of_care_has_a_name_in_both_languages() -> None:
    assert set(ENCOUNTERS) == set(ENCOUNTER_TYPES)
