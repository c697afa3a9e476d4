"""What the page components are given: small frozen shapes that a selector fills and a template shows.

The tags are in `look/templatetags/look.py`, examples in `docs/look.md`. Amounts are integer fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

BarKind = Literal["basic", "critical", "assistance", "other", "huiminbao", "self"]
StateKind = Literal["done", "now", "look", "stop", "plain"]
EventState = Literal["done", "now", "next"]

# Light values of the tokens --bar-*. They are written into the SVG as attributes because a PDF has no
# style sheet for what is inside an SVG; on a page the classes of bill_bar.css override them.
BAR_COLOURS: dict[BarKind, str] = {
    "basic": "#8fa69b",
    "critical": "#b9cbc2",
    "assistance": "#9fb4c4",
    "other": "#d2d6cf",
    "huiminbao": "#0a6b50",
    "self": "#c8473a",
}

# Widths are in hundredths of a percent. A payer of 3 yuan in a bill of 80,000 would be invisible, which reads
# as "paid nothing"; such a part is drawn this wide and the others give way.
WHOLE = 10_000
NARROWEST = 80


@dataclass(frozen=True, slots=True)
class BillPart:
    """One payer's part of a bill: label as the resident reads it, integer fen, and which payer it is."""

    label: str
    amount_fen: int
    kind: BarKind


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of the computation.

    Give `amount_fen` (drawn with two decimals) or `text` for what is no amount ("75%"). `operator` stands
    before it: "−", "×", "+", "=" (how far one has come) or nothing. A `total` line gets a rule above it. `note` is what
    is worth knowing beside it; `clause`, the full sentence of the terms, is opened by touching the line.
    """

    label: str
    amount_fen: int | None = None
    text: str = ""
    operator: str = ""
    total: bool = False
    clause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One row of facts. `kind` "strong" for the figure that matters, "stop" for what the person pays."""

    label: str
    value: str
    kind: str = ""
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a task list: a task without `url` cannot be started yet."""

    label: str
    state: str
    kind: StateKind = "plain"
    url: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """What has happened, happens now, or comes next. `when` is already in words: "11月18日", "最晚 12月2日"."""

    title: str
    when: str = ""
    state: EventState = "next"
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One uploaded file. `kind` with `state` as in a status chip; `error` says what to do about a bad one."""

    name: str
    size_bytes: int
    url: str = ""
    state: str = ""
    kind: StateKind = "plain"
    error: str = ""
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A drawn part of the bar: from `start` to `start + width`, in hundredths of a percent of the whole."""

    kind: BarKind
    start: int
    width: int

    @property
    def x(self) -> str:
        return _percent(self.start)

    @property
    def w(self) -> str:
        return _percent(self.width)

    @property
    def fill(self) -> str:
        return BAR_COLOURS[self.kind]


def _percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def bar_segments(parts: Sequence[BillPart]) -> list[Segment]:
    """The drawn bar: one segment for each part above zero, in the given order, filling the whole exactly.

    Raises DomainError("bill_part_negative") for a negative part: a bar cannot show it, the caller nets it first.
    """
    if any(part.amount_fen < 0 for part in parts):
        raise DomainError(
            "bill_part_negative",
            _("A part of this bill is below zero. Please call us; we will look at it."),
        )
    drawn = [part for part in parts if part.amount_fen > 0]
    widths = _widths([part.amount_fen for part in drawn])
    segments, start = [], 0
    for part, width in zip(drawn, widths, strict=True):
        segments.append(Segment(part.kind, start, width))
        start += width
    return segments


def _widths(amounts_fen: list[int]) -> list[int]:
    total_fen = sum(amounts_fen)
    narrow = [amount * WHOLE < NARROWEST * total_fen for amount in amounts_fen]
    room = WHOLE - NARROWEST * sum(narrow)
    wide_fen = sum(amount for amount, is_narrow in zip(amounts_fen, narrow, strict=True) if not is_narrow)
    widths = [
        NARROWEST if is_narrow else max(NARROWEST, amount * room // wide_fen)
        for amount, is_narrow in zip(amounts_fen, narrow, strict=True)
    ]
    if widths:
        # What rounding left over, a few hundredths of a percent, is the widest's, where nobody sees it.
        widths[widths.index(max(widths))] += WHOLE - sum(widths)
    return widths
