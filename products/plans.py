"""The rules of a plan year: the text that was filed, compiled, with the lists that its scheme has published."""

from __future__ import annotations

import hashlib
from datetime import date

from benefits import DatedPlan, load_dated
from core.kept import Made
from products.models import ListKind, ListVersion, PlanYear
from products.plan_lists import dated_lists, published

_made: Made[tuple[str, ...], DatedPlan] = Made(most=32)


def compiled(text: str, name: str) -> DatedPlan:
    """All days of a filed text at once, kept by its digest: compiled when it is drafted or published, and once in each
    process that computes by it. Raises PlanInvalid and what else `load_dated` raises."""
    return _made(text_key(text, name), lambda: load_dated(text, name=name))


def plan_of(plan_year: PlanYear) -> DatedPlan:
    """By what bills of this plan year are computed on each day: the filed text, and in place of the items that it names
    the lists that the scheme has published. Kept by the digests of both."""
    text = compiled(plan_year.benefits_text, plan_year.benefits_plan)
    used = lists_used(plan_year)
    lists = {key: versions for key, versions in dated_lists(plan_year.scheme_id).items() if key in used}
    if not lists:
        return text
    stamps = (f"{key} {day} {sha256}" for key in sorted(lists) for day, sha256, _listed in lists[key])
    return _made(
        (*text_key(plan_year.benefits_text, plan_year.benefits_plan), *stamps),
        lambda: text.with_lists({key: [(day, on) for day, _sha, on in versions] for key, versions in lists.items()}),
    )


def lists_used(plan_year: PlanYear) -> set[str]:
    """Keys of the lists that the plan's rules look up."""
    versions = compiled(plan_year.benefits_text, plan_year.benefits_plan).versions
    return {key for _day, plan in versions for key in plan.lists}


def lists_on(plan_year: PlanYear, day: date) -> list[ListVersion]:
    """The versions in force on a day, with their list, by key: of the lists that the rules look up, and of those that
    say what is not paid for."""
    newest = {one.filed_list.key: one for one in published(plan_year.scheme_id) if one.from_on <= day}
    excluded = {key for key, one in newest.items() if one.filed_list.kind == ListKind.EXCLUDED}
    return [newest[key] for key in sorted((lists_used(plan_year) | excluded) & newest.keys())]


def lists_lacking(plan_year: PlanYear) -> list[str]:
    """Keys of the lists that the rules look up and that are not published for the first day of cover."""
    there = {one.filed_list.key for one in lists_on(plan_year, plan_year.cover_from)}
    return sorted(lists_used(plan_year) - there)


def text_key(text: str, name: str) -> tuple[str, ...]:
    """By what a filed text is kept: its name and its digest."""
    return name, hashlib.sha256(text.encode()).hexdigest()
