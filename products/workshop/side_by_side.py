"""A plan year's figures beside the sentences that they make true, with what the check finds at each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language

from benefits.files.edit import Place, places_of
from products.models import PlanDocument, PlanYear
from products.models.plan_year import DocumentKind
from products.texts.coverage import Finding, findings
from products.texts.figures import Figures
from products.texts.keys import is_outside
from products.texts.rendering import Sentence, figures_of, render
from products.texts.source import TextUnreadable
from products.workshop import editing
from products.workshop.naming import OUTSIDE, YEAR, label_of, section_of, title_of


@dataclass(frozen=True, slots=True)
class Figure:
    """name: of its place in the file, "" for what has no number. also: what else changes with it."""

    key: str
    label: str
    name: str = ""
    value: str = ""
    unit: str = ""
    also: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_assumed: bool = False

    @property
    def field(self) -> str:
        """Its name in a form: names of places have dots and brackets."""
        return f"figure-{self.name}"


@dataclass(frozen=True, slots=True)
class Said:
    """keys: what makes it true, in words."""

    document: str
    kind: str
    line: int
    text: str
    keys: tuple[str, ...]
    is_made: bool
    findings: tuple[Finding, ...] = ()

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.line}"


@dataclass(slots=True)
class Section:
    name: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    sentences: list[Said] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """At first: with figures to be set, or with something that the check finds."""
        return any(one.name or one.findings for one in self.figures) or any(one.findings for one in self.sentences)


@dataclass(frozen=True, slots=True)
class Sheet:
    """findings: all of them; elsewhere: those that stand at no line and no figure shown here."""

    sections: list[Section]
    findings: list[Finding]
    elsewhere: list[Finding]


def language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def in_order(documents: Iterable[PlanDocument]) -> list[PlanDocument]:
    order = list(DocumentKind)
    return sorted(documents, key=lambda one: order.index(DocumentKind(one.kind)))


def sheet_of(year: PlanYear, documents: Sequence[PlanDocument], *, is_attached: bool) -> Sheet:
    """In the reader's language. is_attached: the documents are the plan year's own."""
    found = findings(year, None if is_attached else documents)
    figures = figures_of(year, language())
    places = places_of(year.benefits_text, on=year.cover_from)
    order = [YEAR, *figures.structure.blocks]
    sections: dict[str, Section] = {}

    def section(key: str) -> Section:
        name = section_of(key, figures)
        return sections.setdefault(name, Section(name, title_of(name, figures)))

    by_key = _by_key(found)
    shown: set[int] = set()
    for key in [*(key for key in figures.rows), *sorted(figures.keys - figures.rows.keys())]:
        for one in _figures(key, figures, places, by_key):
            section(key).figures.append(one)
            shown |= {id(finding) for finding in one.findings}
    for document in documents:
        for sentence in _sentences(document, figures):
            said = _said(document, sentence, figures, found)
            shown |= {id(finding) for finding in said.findings}
            for name in dict.fromkeys(section_of(key, figures) for key in sentence.keys or ("outside:",)):
                into = sections.setdefault(name, Section(name, title_of(name, figures)))
                into.sentences.append(said)
    at_the_end = len(order)
    places_in_order = {name: i for i, name in enumerate(order)} | {OUTSIDE: at_the_end + 1}
    ordered = sorted(sections.values(), key=lambda one: places_in_order.get(one.name, at_the_end))
    return Sheet(ordered, found, [finding for finding in found if id(finding) not in shown])


def _by_key(found: Sequence[Finding]) -> dict[str, list[Finding]]:
    out: dict[str, list[Finding]] = {}
    for finding in found:
        if not finding.line and "key" in finding.params and finding.params.get("language", "") in ("", language()):
            out.setdefault(finding.params["key"], []).append(finding)
    return out


def _figures(
    key: str, figures: Figures, places: Mapping[str, Place], by_key: Mapping[str, list[Finding]]
) -> list[Figure]:
    row = figures.rows.get(key)
    found = tuple(by_key.get(key, ()))
    if row is None:
        value = figures.text(key) if key.startswith("year.") and key != "year.insurers" else ""
        return [Figure(key, label_of(key, figures), value=value, findings=found)]
    return [
        Figure(
            key,
            label_of(place.name, figures),
            place.name,
            editing.shown(place),
            editing.unit_of(place),
            tuple(f"{title_of(section_of(one, figures), figures)} · {label_of(one, figures)}" for one in place.repeats),
            found if i == 0 else (),
            row.assumption,
        )
        for i, place in enumerate(place for place in places.values() if place.row == key)
    ]


def _sentences(document: PlanDocument, figures: Figures) -> list[Sentence]:
    try:
        rendered = render(document.source_of(language()), figures)
    except TextUnreadable:
        return []  # said among the findings, at its line
    return [one for one in rendered.sentences if not one.is_narrative and (one.keys or not one.is_heading)]


def _said(document: PlanDocument, sentence: Sentence, figures: Figures, found: Sequence[Finding]) -> Said:
    here = f"{document.kind}.{language()}"
    return Said(
        document=str(DocumentKind(document.kind).label),
        kind=document.kind,
        line=sentence.line,
        text=sentence.text,
        keys=tuple(_in_words(key, figures) for key in sentence.keys),
        is_made=sentence.is_made,
        findings=tuple(finding for finding in found if finding.document == here and finding.line == sentence.line),
    )


def _in_words(key: str, figures: Figures) -> str:
    if is_outside(key) or not figures.knows(key):
        return key
    title, label = title_of(section_of(key, figures), figures), label_of(key, figures)
    return label if title == label else f"{title} · {label}"
