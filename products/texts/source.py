"""How the source of a published text is written: one sentence a line, and behind it what makes it true.

    ## 第二条 怎么算
    每人每年{premium[0].amount}。
    护工费、陪护费。 {#exclusions.nursing #supplier:tags}
    看完病，在“理赔”里选这次住院。 {narrative}
    {{terms}}

- Lines one below the other are a paragraph; a blank line ends it. "## " and "### " are headings, "- " and "1. " items
  of a list; a line that begins with two blanks goes on with the item above it.
- `{#…}`: keys (`products.texts.keys`), at most three with those of the figures. `{narrative}`: promises, limits and
  excludes nothing.
- `{key}`: the figure of a key; it needs not be named again. `{block|name}`: what a part of the plan is called.
- `{{list}}`: a list made from the plan (`products.texts.made`), which brings its keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class Kind(Enum):
    BLANK = "blank"
    HEADING = "heading"
    ITEM = "item"
    FURTHER = "further"
    PLAIN = "plain"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class Line:
    """lead: how it begins ("## ", "1. "). text: with its places; of a made list its name. keys: written behind it."""

    number: int
    kind: Kind
    lead: str = ""
    text: str = ""
    keys: tuple[str, ...] = ()
    is_narrative: bool = False


class TextUnreadable(DomainError):
    """A line of a source that cannot be read; `params["line"]` is its number."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__("text_unreadable", _("Line %(line)s of the text: %(what)s"), line=line, what=what)


PLACE = re.compile(r"\{([^{}|#]+)(?:\|([a-z_]+))?\}")
_MADE = re.compile(r"\{\{([a-z_]+)\}\}")
_BEHIND = re.compile(r"\s*\{(?:(narrative)|((?:#[^\s{}#]+\s*)+))\}$")
_LEAD = re.compile(r"(###? |- |\d+\. |  +)")


def lines_of(source: str) -> list[Line]:
    """Raises TextUnreadable."""
    return [_line(number, text.rstrip()) for number, text in enumerate(source.strip("\n").splitlines(), start=1)]


def _line(number: int, text: str) -> Line:
    if not text:
        return Line(number, Kind.BLANK)
    if made := _MADE.fullmatch(text):
        return Line(number, Kind.MADE, text=made[1])
    lead = found[1] if (found := _LEAD.match(text)) else ""
    rest, keys, is_narrative = _behind(text[len(lead) :])
    if "{" in (plain := PLACE.sub("", rest)) or "}" in plain or not rest:
        raise TextUnreadable(number, text)
    return Line(number, _kind(lead), lead, rest, keys, is_narrative)


def _behind(text: str) -> tuple[str, tuple[str, ...], bool]:
    """A sentence, the keys behind it, and whether it is called narrative."""
    found = _BEHIND.search(text)
    if found is None:
        return text, (), False
    keys = tuple(key.removeprefix("#") for key in (found[2] or "").split())
    return text[: found.start()], keys, found[1] is not None


def _kind(lead: str) -> Kind:
    if not lead:
        return Kind.PLAIN
    if lead.isspace():
        return Kind.FURTHER
    return Kind.HEADING if lead.startswith("#") else Kind.ITEM
