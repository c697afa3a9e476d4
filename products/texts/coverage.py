"""Whether every sentence of a plan year's texts is true by something, and everything in its plan is said (B11).

Sanmenxia 四(三): what is advertised, what the clauses say and what is paid are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from products.models import PlanDocument, PlanYear
from products.models.plan_year import DocumentKind
from products.plan_terms import benefits_plan
from products.plans import compiled
from products.texts.figures import Figures
from products.texts.made import MOST_KEYS
from products.texts.rendering import Rendered, Sentence, figures_of, render
from products.texts.source import TextUnreadable

# What a sentence says that limits, excludes or counts; said so it needs a key.
_NUMBER = r"\d|百分之|(?<!第)[一二两三四五六七八九十百千万]+(?:个?(?:年|月|日|天|元|倍|成|岁|份|类|项|次))"
_MARKS = {
    "zh": re.compile(rf"不|除外|免|最高|最多|最长|至少|以外|{_NUMBER}"),
    "en": re.compile(
        r"\b(?:no|not|never|nothing|none|nobody|cannot|except|exclu\w*|exempt\w*|free|at (?:most|least)|only|without)\b"
        r"|n't\b|\d|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b",
        re.IGNORECASE,
    ),
}
# Numbers that name something: an article, the number of a heading.
_NAMING = re.compile(
    r"第[一二三四五六七八九十百]+[条章款项类]|^[一二三四五六七八九十]+、|\b(?:Articles?|Art\.) \d+|^\d+\. "
)
_TYPED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Finding:
    """document: kind and language, "clauses.zh"; "" for what concerns the plan year. line: of the source, from 1."""

    document: str
    line: int
    code: str
    message: str | Promise
    params: dict[str, Any]

    @property
    def sentence(self) -> str:
        return str(self.message) % self.params

    def __str__(self) -> str:
        at = f"{self.document}:{self.line}: " if self.line else f"{self.document}: " if self.document else ""
        return f"{at}{self.sentence} [{self.code}]"


class ClausesNotCovered(DomainError):
    """findings: each at its line. The sentence names the first few and how many there are."""

    SHOWN = 5

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            "clauses_not_covered",
            _("The texts and the plan do not agree in %(count)s places: %(first)s"),
            status=409,
            count=len(findings),
            first=" · ".join(str(finding) for finding in findings[: self.SHOWN]),
        )
        self.findings = findings


def require_covered(plan_year: PlanYear) -> None:
    """Raises ClausesNotCovered (code clauses_not_covered)."""
    if found := findings(plan_year):
        raise ClausesNotCovered(found)


def findings(plan_year: PlanYear, of: Sequence[PlanDocument] | None = None) -> list[Finding]:
    """What keeps a plan year from being sent on or published; documents first, each line by line. of: texts that are
    not attached to it (yet), in place of its own; of those the sources alone are read."""
    documents = _newest(plan_year) if of is None else list(of)
    found: list[Finding] = []
    texts: dict[tuple[str, str], Rendered] = {}
    for language in ("zh", "en"):
        figures = figures_of(plan_year, language)
        for document in documents:
            if rendered := _read(document, language, figures, found, is_attached=of is None):
                texts[document.kind, language] = rendered
                found += _of_sentences(f"{document.kind}.{language}", language, figures, rendered.sentences)
        found += _unsaid(language, figures, [text for (_kind, of), text in texts.items() if of == language])
    for document in documents:
        if (zh := texts.get((document.kind, "zh"))) and (en := texts.get((document.kind, "en"))):
            found += _compared(document.kind, zh.sentences, en.sentences)
            found += _later(document, plan_year, zh)
    found += _of_premium(plan_year)
    return sorted(found, key=lambda one: (not one.document, one.document, one.line))


def _newest(plan_year: PlanYear) -> list[PlanDocument]:
    """Asked for anew: what is sent on is what stands there now."""
    order = list(DocumentKind)
    newest = plan_year.documents.order_by("kind", "-version").distinct("kind")
    return sorted(newest, key=lambda one: order.index(DocumentKind(one.kind)))


def _read(
    document: PlanDocument, language: str, figures: Figures, found: list[Finding], *, is_attached: bool
) -> Rendered | None:
    name = f"{document.kind}.{language}"
    try:
        rendered = render(document.source_of(language), figures)
    except TextUnreadable as error:
        found.append(
            Finding(name, error.params["line"], error.code, _("%(what)s"), {"what": str(error.params["what"])})
        )
        return None
    if is_attached and rendered.body != document.body_of(language):
        found.append(Finding(name, 0, "text_stale", _("the plan year has changed since; attach the text again"), {}))
    return rendered


def _of_sentences(name: str, language: str, figures: Figures, sentences: Iterable[Sentence]) -> Iterator[Finding]:
    for one in sentences:
        typed = _NAMING.sub("", one.typed)
        mark = _MARKS[language].search(typed)

        def finding(code: str, message: str | Promise, line: int = one.line, **params: Any) -> Finding:
            return Finding(name, line, code, message, params)

        if one.is_narrative and (one.keys or mark):
            yield finding(
                "not_narrative",
                _("“%(mark)s” promises, limits or counts: name the key that makes it true"),
                mark=mark[0] if mark else one.keys[0],
            )
        elif not one.keys and not one.is_narrative and (mark or not one.is_heading):
            yield finding("without_key", _("no key makes this sentence true: %(text)s"), text=one.text)
        if len(one.keys) > MOST_KEYS:
            yield finding(
                "too_many_keys", _("%(count)s keys; split the sentence so that each has at most three"),
                count=len(one.keys),
            )  # fmt: skip
        if digit := _TYPED.search(typed):
            yield finding("typed_figure", _("the figure %(digit)s is typed; write its key in braces"), digit=digit[0])
        for key in one.keys:
            if not figures.knows(key):
                yield finding("unknown_key", _("neither plan, portal nor supplier has %(key)s"), key=key)


def _unsaid(language: str, figures: Figures, texts: list[Rendered]) -> Iterator[Finding]:
    said = {key for text in texts for one in text.sentences for key in one.keys}
    shown = {key for text in texts for one in text.sentences for key in one.shown}
    for key in sorted(figures.keys):
        place = {"language": language, "key": key}
        if key not in said:
            yield Finding("", 0, "unsaid", _("no sentence (%(language)s) says %(key)s"), place)
        elif key in figures.rows and key not in shown:
            yield Finding("", 0, "not_shown", _("no sentence (%(language)s) shows the figure %(key)s"), place)


def _compared(kind: str, zh: tuple[Sentence, ...], en: tuple[Sentence, ...]) -> Iterator[Finding]:
    """Both languages say the same, sentence by sentence."""
    for one, other in zip(zh, en, strict=False):
        if set(one.keys) != set(other.keys) or one.is_narrative != other.is_narrative:
            yield Finding(
                f"{kind}.en", other.line, "languages_differ",
                _("not what line %(line)s of the Chinese text says (%(zh)s, here %(en)s)"),
                {"line": one.line, "zh": _listed(one), "en": _listed(other)},
            )  # fmt: skip
            return  # what follows is only shifted
    if len(zh) != len(en):
        yield Finding(
            f"{kind}.en", 0, "languages_differ", _("%(en)s sentences, in Chinese %(zh)s"),
            {"zh": len(zh), "en": len(en)},
        )  # fmt: skip


def _listed(one: Sentence) -> str:
    return " ".join(one.keys) or "narrative"


def _later(document: PlanDocument, plan_year: PlanYear, zh: Rendered) -> Iterator[Finding]:
    """Other terms that begin inside the year of cover make a text untrue that speaks of its first day."""
    for day, plan in compiled(plan_year.benefits_text, plan_year.benefits_plan).versions:
        if not plan_year.cover_from < day < plan_year.cover_to:
            continue
        if render(document.source_zh, figures_of(plan_year, "zh", plan=plan)).body != zh.body:
            yield Finding(
                f"{document.kind}.zh", 0, "changes_within_year",
                _("is no longer true from %(day)s, when the plan changes"), {"day": day.isoformat()},
            )  # fmt: skip


def _of_premium(plan_year: PlanYear) -> Iterator[Finding]:
    stated = {line.amount_fen for line in benefits_plan(plan_year).premiums}
    if stated and None not in stated and plan_year.premium_fen not in stated:
        yield Finding("", 0, "premium_differs", _("the plan states another price than the plan year"), {})
