"""From the source of a text to what people read, sentence by sentence with the keys that make each true."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from benefits.plan import Plan
from products.models import PlanYear
from products.plan_terms import benefits_plan
from products.texts.figures import Figures, NoFigure
from products.texts.language import LANGUAGES
from products.texts.made import MADE
from products.texts.source import PLACE, Kind, Line, TextUnreadable, lines_of


@dataclass(frozen=True, slots=True)
class Sentence:
    """line: in the source. lead: how the line begins ("## ", "1. "). keys: those behind it and those of its figures;
    shown: those whose figure it shows. typed: what the author wrote, without the places for figures."""

    line: int
    lead: str
    text: str
    keys: tuple[str, ...]
    shown: frozenset[str]
    typed: str
    is_narrative: bool
    is_made: bool = False

    @property
    def is_heading(self) -> bool:
        return self.lead.startswith("#")


@dataclass(frozen=True, slots=True)
class Rendered:
    """body: as residents read it (`products.texts.to_html`)."""

    sentences: tuple[Sentence, ...]
    body: str


def figures_of(plan_year: PlanYear, language: str, *, plan: Plan | None = None) -> Figures:
    """On the first day of cover, or of another version of the plan. language: "zh" or "en"."""
    words = LANGUAGES[language]
    with translation.override(words.code):  # names of insurers follow the active language
        insurers = plan_year.insurer_names
    return Figures(plan_year, plan or benefits_plan(plan_year), words, insurers)


def render(source: str, figures: Figures) -> Rendered:
    """Raises TextUnreadable, also for a figure that the plan year does not have."""
    sentences: list[Sentence] = []
    blocks: list[list[str]] = [[]]
    before = Kind.BLANK
    for line in lines_of(source):
        if line.kind is Kind.BLANK or line.kind is Kind.HEADING:
            blocks.append([])
        if line.kind is not Kind.BLANK:
            found = _sentences(line, figures)
            _write(blocks[-1], line, before, found, figures.language.between)
            sentences += found
        if line.kind is Kind.HEADING:
            blocks.append([])
        before = line.kind
    return Rendered(tuple(sentences), "\n\n".join("\n".join(block) for block in blocks if block) + "\n")


def _write(block: list[str], line: Line, before: Kind, found: list[Sentence], between: str) -> None:
    """A plain line goes on with the paragraph, a further one with the item above it; everything else is a line."""
    text = found[0].text if found else ""
    goes_on = (line.kind is Kind.PLAIN and before is Kind.PLAIN) or line.kind is Kind.FURTHER
    if goes_on and block:
        block[-1] += between + text
    elif line.kind is Kind.MADE:
        block += [f"- {sentence.text}" for sentence in found]
    else:
        block.append(f"{line.lead.strip()} {text}".lstrip() if line.lead.strip() else text)


def _sentences(line: Line, figures: Figures) -> list[Sentence]:
    if line.kind is not Kind.MADE:
        return [_sentence(line, figures)]
    make = MADE.get(line.text)
    if make is None:
        raise TextUnreadable(line.number, _("no list is called %(name)s") % {"name": line.text})
    return [
        Sentence(
            line.number,
            "- ",
            capfirst(item.text),
            item.keys,
            frozenset(item.keys),
            "",
            is_narrative=False,
            is_made=True,
        )
        for item in make(figures)
    ]


def _sentence(line: Line, figures: Figures) -> Sentence:
    shown: list[str] = []

    def fill(place: re.Match[str]) -> str:
        key, how = place[1], place[2]
        try:
            if how == "name":
                return figures.name(key)
            if how is not None:
                raise NoFigure(place[0])
            text = figures.text(key)
        except NoFigure as error:
            raise TextUnreadable(line.number, _("there is no figure %(name)s") % {"name": place[0]}) from error
        shown.append(key)
        return text

    text = PLACE.sub(fill, line.text)
    keys = tuple(dict.fromkeys((*shown, *line.keys)))
    typed = PLACE.sub("", line.text)
    return Sentence(line.number, line.lead, text, keys, frozenset(shown), typed, line.is_narrative)
