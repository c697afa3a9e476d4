"""The published documents of a plan year, written from a scheme's texts with the figures of the filed plan.

Binding texts are data in both languages: nothing here goes through the interface's translation, so a better translation
of a button never changes what somebody has agreed to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.utils import translation

from core.clock import civil_date
from core.money import format_yuan
from products.models import PlanYear
from products.plan_terms import Change, PlanTerms, ResponsibilityTerms, terms_of
from products.texts import read_text

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Language:
    """How figures stand in sentences of one language."""

    code: str
    comma: str
    day: Callable[[date], str]
    period: str
    cover: str
    window: str
    insurers: str
    yuan: str
    below: str
    no_deductible: str
    at_most: str
    terms: str
    without: str
    change: str
    change_rate: str
    change_deductible: str
    not_covered: str


ZH = Language(
    code="zh-hans",
    comma="、",
    day=lambda day: f"{day.year}年{day.month}月{day.day}日",
    period="{first}至{last}",
    cover="保障期：{period}。",
    window="参保时间：{period}。",
    insurers="{names}。其中{lead}为主承保公司。",
    yuan="{amount}元",
    below="- {name}：一年累计{amount}以下的部分不赔",
    no_deductible="- {name}：没有起付线",
    at_most="- {name}：一年最多赔{amount}",
    terms="- {name}：起付线{deductible}，报销比例{rate}，封顶线{cap}",
    without="无",
    change="- {name}，{who}：{what}",
    change_rate="报销比例{new}（其他人{old}）",
    change_deductible="起付线{new}（其他人{old}）",
    not_covered="不赔",
)
EN = Language(
    code="en",
    comma=", ",
    day=lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    period="{first} to {last}",
    cover="Cover: {period}.",
    window="Enrolment: {period}.",
    insurers="{names}. {lead} leads the pool.",
    yuan="{amount} yuan",
    below="- {name}: nothing for what adds up to less than {amount} in a year",
    no_deductible="- {name}: no deductible",
    at_most="- {name}: at most {amount} a year",
    terms="- {name}: deductible {deductible}, rate {rate}, yearly limit {cap}",
    without="none",
    change="- {name}, {who}: {what}",
    change_rate="rate {new} (others {old})",
    change_deductible="deductible {new} (others {old})",
    not_covered="not covered",
)
LANGUAGES = {"zh": ZH, "en": EN}


def document_text(plan_year: PlanYear, *, folder: Path, kind: str, language: str) -> str:
    """One document in one language ("zh", "en"). folder: where the scheme's texts
    stand, <kind>.<language>.md, with {places} for the figures."""
    words = LANGUAGES[language]
    with translation.override(words.code):  # names of plan and insurers follow the active language
        terms = terms_of(plan_year)
        insurers = plan_year.insurer_names
    rows = terms.responsibilities
    values = {
        "premium": format_yuan(plan_year.premium_fen).removesuffix(".00"),
        "cover": words.cover.format(period=_period(words, plan_year.cover_from, plan_year.cover_to)),
        "window": words.window.format(
            period=_period(words, civil_date(plan_year.opens_at), civil_date(plan_year.closes_at))
        ),
        "insurers": words.insurers.format(names=words.comma.join(insurers), lead=insurers[0]),
        "deductible": "\n".join(_below(words, row) for row in rows),
        "cap": "\n".join(
            words.at_most.format(name=row.official_name, amount=_yuan(words, row.cap_fen))
            for row in rows
            if row.cap_fen is not None
        ),
        "terms": _terms(words, terms),
        "changes": "\n".join(line for row in rows for line in _changes(words, row)),
    }
    return read_text(
        folder, kind=kind, language=language, values={f"{name}_{language}": value for name, value in values.items()}
    )


def _terms(words: Language, terms: PlanTerms) -> str:
    lines = []
    for row in terms.responsibilities:
        deductible = _yuan(words, row.deductible_fen) if row.deductible_fen else words.without
        cap = words.without if row.cap_fen is None else _yuan(words, row.cap_fen)
        lines.append(words.terms.format(name=row.official_name, deductible=deductible, rate=row.rate, cap=cap))
        lines += _changes(words, row)
    return "\n".join(lines)


def _changes(words: Language, row: ResponsibilityTerms) -> list[str]:
    return [
        words.change.format(name=row.official_name, who=change.who, what=_change(words, change))
        for change in row.changes
    ]


def _change(words: Language, change: Change) -> str:
    if not change.covered:
        return words.not_covered
    what = []
    if change.rate != change.old_rate:
        what.append(words.change_rate.format(new=change.rate, old=change.old_rate))
    if change.deductible_fen != change.old_deductible_fen:
        new, old = _yuan(words, change.deductible_fen), _yuan(words, change.old_deductible_fen)
        what.append(words.change_deductible.format(new=new, old=old))
    return words.comma.join(what)


def _below(words: Language, row: ResponsibilityTerms) -> str:
    if not row.deductible_fen:
        return words.no_deductible.format(name=row.official_name)
    return words.below.format(name=row.official_name, amount=_yuan(words, row.deductible_fen))


def _yuan(words: Language, amount_fen: int | None) -> str:
    return "" if amount_fen is None else words.yuan.format(amount=format_yuan(amount_fen).removesuffix(".00"))


def _period(words: Language, start: date, end: date) -> str:
    """Readers think in last days; the period itself is half-open."""
    return words.period.format(first=words.day(start), last=words.day(end - timedelta(days=1)))
