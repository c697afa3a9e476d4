"""What a draft of terms changes against the plan year that it is a copy of: figures and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import pgettext

from benefits.files.edit import places_of
from core.money import format_yuan
from products.models import PlanDocument, PlanYear, TermsDraft
from products.models.plan_year import DocumentKind
from products.selectors import newest_documents
from products.texts.figures import Figures
from products.texts.rendering import figures_of, render
from products.texts.source import TextUnreadable
from products.workshop import editing
from products.workshop.naming import label_of, section_of, title_of
from products.workshop.side_by_side import language


@dataclass(frozen=True, slots=True)
class FigureChange:
    """old, new: as people read them, "" where there is none."""

    key: str
    part: str
    label: str
    unit: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """old, new: "" where a sentence came or went. line: of the new source, or of the old one where it went."""

    document: str
    line: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changes:
    figures: list[FigureChange]
    sentences: list[SentenceChange]

    def as_json(self) -> dict[str, Any]:
        return {
            "figures": [asdict(one) for one in self.figures],
            "sentences": [asdict(one) for one in self.sentences],
        }


def changes_of(draft: TermsDraft) -> Changes:
    """In the reader's language."""
    old, new = draft.plan_year, draft.as_plan_year()
    before = newest_documents(old)
    after = {document.kind: document for document in draft.documents(new)}
    return Changes(list(_figures(old, new)), list(_sentences(old, before, new, after)))


def _figures(old: PlanYear, new: PlanYear) -> Iterator[FigureChange]:
    figures = figures_of(new, language())
    if old.premium_fen != new.premium_fen:
        before, after = format_yuan(old.premium_fen), format_yuan(new.premium_fen)
        yield FigureChange(
            "year.premium", title_of("year", figures), label_of("year.premium", figures), str(editing.UNITS["money"]),
            before, after,
        )  # fmt: skip
    before_at = places_of(old.benefits_text, on=old.cover_from)
    after_at = places_of(new.benefits_text, on=new.cover_from)
    for name in dict.fromkeys((*before_at, *after_at)):
        was, now = before_at.get(name), after_at.get(name)
        shown = tuple(editing.shown(one) if one else "" for one in (was, now))
        if shown[0] != shown[1]:
            place = now or was
            assert place is not None
            for each in (name, *place.repeats):
                yield FigureChange(
                    each, title_of(section_of(each, figures), figures), label_of(each, figures), editing.unit_of(place),
                    *shown,
                )  # fmt: skip


def _sentences(
    old: PlanYear, before: Mapping[str, PlanDocument], new: PlanYear, after: Mapping[str, PlanDocument]
) -> Iterator[SentenceChange]:
    was, now = figures_of(old, language()), figures_of(new, language())
    for kind in DocumentKind:
        one = _read(before.get(kind.value), was)
        other = _read(after.get(kind.value), now)
        yield from _compared(str(kind.label), one, other)


def _read(document: PlanDocument | None, figures: Figures) -> list[tuple[int, str]]:
    if document is None:
        return []
    try:
        rendered = render(document.source_of(language()), figures)
    except TextUnreadable as error:
        return [(error.params["line"], pgettext("sentence", "cannot be read"))]
    return [(one.line, one.text) for one in rendered.sentences]


def _compared(
    document: str, one: Sequence[tuple[int, str]], other: Sequence[tuple[int, str]]
) -> Iterator[SentenceChange]:
    matcher = SequenceMatcher(None, [text for _line, text in one], [text for _line, text in other], autojunk=False)
    for how, i1, i2, j1, j2 in matcher.get_opcodes():
        if how == "equal":
            continue
        for k in range(max(i2 - i1, j2 - j1)):
            was = one[i1 + k] if i1 + k < i2 else None
            now = other[j1 + k] if j1 + k < j2 else None
            line = (now or was or (0, ""))[0]
            yield SentenceChange(document, line, was[1] if was else "", now[1] if now else "")
