"""Behind each line of a receipt stands a sentence of the published terms: which one, by the keys of products.texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from products.models import PlanYear
from products.texts.keys import Block, structure_of
from products.texts.reading import sentences_of, what_it_counts

Line = Mapping[str, Any]
"""A line of benefits.Receipt as JSON."""

_DEDUCTIBLES = ("deductible", "deductible_factor", "deductible_add")
_RATES = ("rate", "rate_add", "rate_factor", "bands")
_REFUSALS = {"waiting_period": "waiting_period[0].days", "outside_cover": "year.cover"}


def clause_of(plan_year: PlanYear, line: Line) -> str:
    """The full sentence in the reader's language, "" where the texts have none."""
    if line["kind"] == "counted":
        return what_it_counts(plan_year, line["subject"])
    for key in keys_of(plan_year.benefits_text, line):
        said = sentences_of(plan_year, key)
        if said:
            return next((one for one in said if not _leads_to_others(one)), said[0])
    return ""


def _leads_to_others(sentence: str) -> bool:
    """ "The law says that the following is not paid:": true of each that follows, and says nothing of any."""
    return sentence.rstrip().endswith((":", "："))


def keys_of(plan_text: str, line: Line) -> Iterator[str]:
    """What makes the line true, the nearest first."""
    blocks = structure_of(plan_text).blocks
    kind, subject = line["kind"], line["subject"]
    if kind == "refused":
        yield _REFUSALS.get(subject, f"exclusions.{subject}")
    elif kind in ("deductible", "below_deductible"):
        path = _deductible_block(blocks, subject)
        yield from _changed(blocks.get(path), line["adjustments"], _DEDUCTIBLES)
        yield from (f"{path}.deductible", f"{path}.amount")
    elif kind == "share":
        yield from _changed(blocks.get(subject), line["adjustments"], _RATES)
        yield from (f"{subject}.rate", f"{subject}.bands")
    elif kind == "not_covered":
        yield from _changed(blocks.get(subject), line["adjustments"], ("covered",))
    else:
        yield from (key.format(_of_a_limit(kind, subject)) for key in _BY_KIND.get(kind, ()))


# {}: the line's subject.
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "excluded": ("exclusions.{}",),
    "part": ("supplier:{}",),
    "in_part": ("{}.base[0].factor", "{}.base"),
    "layer": ("{}.simulate",),
    "again": ("{}.base",),
    "unpaid": ("{}.base",),
    "limit": ("{}.eligible", "{}.count"),
    "cut": ("{}.payable",),
    "cap": ("{}.cap",),
    "stay_cap": ("{}.stay_cap",),
    "pool": ("pools.caps.{}.amount", "{}_cap"),
    "compensation": ("supplier:{}", "portal:paid_once"),
    "twice": ("portal:paid_once",),
    "lump_sum": ("{}.lump_sum",),
}


def _of_a_limit(kind: str, subject: str) -> str:
    """ "own:pet" is "own.pet" in the file."""
    return subject.replace(":", ".") if kind in ("limit", "cut") else subject


def _deductible_block(blocks: Mapping[str, Block], responsibility: str) -> str:
    """Where the deductible stands: in the responsibility, or in the pool that it shares."""
    block = blocks.get(responsibility)
    shared = block.node.get("shared_deductible") if block else None
    return f"pools.deductibles.{shared}" if shared else responsibility


def _changed(block: Block | None, places: Iterable[int], names: tuple[str, ...]) -> Iterator[str]:
    for place in places if block else ():
        if block and place < len(block.adjustments):
            yield from (f"{block.adjustments[place]}.{name}" for name in names)
