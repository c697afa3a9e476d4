"""The lines of one responsibility on a receipt: from what it counts to what it pays, and how its year stands then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benefits.engine import Outcome
from benefits.explain import deductible_change, parts_by_band, rate_change
from benefits.model import Outlook, ReceiptLine
from benefits.money import RATE_DENOMINATOR, percent_text, yuan
from benefits.plan import Plan
from benefits.runs import Run
from benefits.terms import NO_CAP, Adjustment, Terms, TermSet, Text

NOTHING = Text("", "")


@dataclass(slots=True)
class Group:
    """One responsibility on the bill. total: what it counts; again: what of it is no cost of hers still to be had."""

    outcome: Outcome
    total: int = 0
    again: int = 0
    parts: list[str] = field(default_factory=list)
    runs: list[Run] = field(init=False)
    """Those that count anything."""

    def __post_init__(self) -> None:
        self.runs = [run for run in self.outcome.runs if run.base]

    @property
    def key(self) -> str:
        return self.outcome.responsibility.key

    @property
    def name(self) -> Text:
        return self.outcome.responsibility.name


@dataclass(frozen=True, slots=True)
class Deductible:
    """A deductible of the year, before this bill and on it. terms: where its adjustments stand; applied: in force."""

    yearly: int
    before: int
    used: int
    terms: TermSet
    applied: Terms

    @property
    def left(self) -> int:
        return max(self.yearly - self.before - self.used, 0)

    @property
    def figures(self) -> dict[str, Any]:
        return {"yearly_fen": self.yearly, "before_fen": self.before, "left_fen": self.left}

    def stands(self, per: str) -> Text:
        """ "15,000.00 yuan a year, 3,000.00 used before, used up now"."""
        span = Text("一次", "a stay") if per == "stay" else Text("一年", "a year")
        zh = [f"{span.zh}{yuan(self.yearly)}元"]
        en = [f"{yuan(self.yearly)} yuan {span.en}"]
        if self.before:
            before = yuan(min(self.before, self.yearly))
            zh.append(f"以前用了{before}元")
            en.append(f"{before} used before")
        if self.left:
            zh.append(f"这次用了{yuan(self.used)}元，还差{yuan(self.left)}元")
            en.append(f"{yuan(self.used)} used now, {yuan(self.left)} left")
        else:
            zh.append("这次用完" if self.used else "已经用完")
            en.append("used up now" if self.used else "used up")
        return Text("，".join(zh), ", ".join(en))


def line(
    kind: str, fen: int, subject: str, name: Text, note: Text = NOTHING, sign: str = "-", **more: Any
) -> ReceiptLine:
    return ReceiptLine(kind, sign, fen, subject, name.zh, name.en, note.zh, note.en, **more)


def lines_of(plan: Plan, group: Group, deductible: Deductible | None) -> Iterator[ReceiptLine]:
    """What is added, then what is taken off, up to what the rates give; what limits on the payment cut is `cuts_of`."""
    outcome = group.outcome
    if group.again:
        yield _again(plan, group)
    if group.total > outcome.base:
        yield from _limited(group)
    if outcome.deductible:
        yield _deductible(group, deductible)
    share = sum([run.base - run.deductible - run.by_bands for run in outcome.runs])
    if share:
        yield from _share(group, share)


def _again(plan: Plan, group: Group) -> ReceiptLine:
    names = [plan.responsibility(key).name for term, _ in group.outcome.parts for key in term.residual_of]
    said = Text(f"“{group.name.zh}”另外计入", f"Counted by {group.name.en} besides")
    if names:
        zh, en = "、".join([name.zh for name in names]), ", ".join([name.en for name in names])
        said = Text(f"“{zh}”没有赔到的部分", f"What {en} left unpaid")
    return line("again", group.again, group.key, said, sign="+")


def _limited(group: Group) -> Iterator[ReceiptLine]:
    """What limits and adjustments do not let count."""
    gap = group.total - group.outcome.base
    for limit, excess in group.outcome.limited:
        fen = min(excess, gap)
        gap -= fen
        if fen:
            yield line("limit", fen, limit.key, above_limit(limit.name))
    if gap:
        terms = group.outcome.responsibility.terms
        applied = [a for run in group.outcome.runs for a in run.terms.applied if a.covered is False]
        name = applied[0].name if applied else group.name
        said = Text(f"不赔：{name.zh}", f"Not paid for: {name.en}")
        yield line("not_covered", gap, group.key, said, adjustments=_places(terms, applied))


def above_limit(name: Text) -> Text:
    return Text(f"超过“{name.zh}”", f"Above the limit “{name.en}”")


def _deductible(group: Group, of: Deductible | None) -> ReceiptLine:
    fen, per = group.outcome.deductible, group.outcome.responsibility.per
    if of is None:
        return line("deductible", fen, group.key, Text("起付线", "Deductible"))
    name = Text("今年的起付线", "Deductible of the year")
    if per == "stay":
        name = Text("本次的起付线", "Deductible of this stay")
    changed, note = _changed(deductible_change, of.terms, of.applied, of.stands(per))
    return line("deductible", fen, group.key, name, note, **of.figures, adjustments=_places(of.terms, changed))


def _share(group: Group, share: int) -> Iterator[ReceiptLine]:
    """What the rates leave her, and what no rate is for."""
    runs, terms = group.runs, group.outcome.responsibility.terms
    banded = [(band.rate, part) for run in runs for band, part in parts_by_band(run)]
    above = sum([run.base - run.deductible for run in runs])
    unrated = min(max(above - sum([part for _, part in banded]), 0), share)
    if share > unrated:
        changed, note = _changed(rate_change, terms, runs[0].terms, _by_rate(banded))
        said = _own_share(banded, share - unrated, len(runs))
        yield line("share", share - unrated, group.key, said, note, adjustments=_places(terms, changed))
    if unrated:
        name = Text("没有对应赔付比例的部分", "The part for which there is no rate")
        yield line("unrated", unrated, group.key, name)


def _own_share(banded: list[tuple[int, int]], share: int, runs: int) -> Text:
    """With its rate where there is one, and where it is what it comes to: terms may change within a year."""
    rates = {rate for rate, _ in banded}
    exact = sum([part * (RATE_DENOMINATOR - rate) for rate, part in banded])
    if len(rates) != 1 or abs(share * RATE_DENOMINATOR - exact) > RATE_DENOMINATOR * runs:
        return Text("自己承担的部分", "Own share")
    own = percent_text(RATE_DENOMINATOR - next(iter(rates)))
    return Text(f"自己承担{own}", f"Own share, {own}")


def _by_rate(banded: list[tuple[int, int]]) -> Text:
    """ "30,000.00 yuan paid at 60%; 12,000.00 yuan paid at 70%", where rates differ."""
    if len(banded) < 2 or len({rate for rate, _ in banded}) < 2:
        return NOTHING
    zh = [f"{yuan(part)}元赔{percent_text(rate)}" for rate, part in banded]
    en = [f"{yuan(part)} yuan paid at {percent_text(rate)}" for rate, part in banded]
    return Text("；".join(zh), "; ".join(en))


def cuts_of(group: Group) -> dict[tuple[str, str], int]:
    """What each limit on the payment took off, by (kind, key) as `Run.cuts` has them."""
    cuts: dict[tuple[str, str], int] = {}
    for run in group.runs:
        value = run.by_bands
        for kind, key, after in run.cuts:
            if after < value:
                cuts[kind, key] = cuts.get((kind, key), 0) + value - after
                value = after
    return cuts


def outlook_of(group: Group, deductible: Deductible | None) -> Outlook | None:
    """How the year stands for the next bill of this kind."""
    r, name = group.outcome.responsibility, group.name
    if len(group.runs) != 1 or r.per == "drug":
        return None
    run = group.runs[0]
    if run.terms.cap_fen < NO_CAP and run.paid_before + run.payable >= run.terms.cap_fen:
        most = yuan(run.terms.cap_fen)
        return Outlook(
            group.key,
            f"“{name.zh}”今年已经赔到最高额{most}元，今年不再赔付。",
            f"{name.en} has paid the {most} yuan that it pays in a year: nothing more this year.",
        )
    if deductible is None or r.per != "year":
        return None
    bands = run.terms.bands
    rate = percent_text(bands[0].rate) if len(bands) == 1 else ""
    at = Text(f"按{rate}赔付", f"is paid at {rate}") if rate else Text("按比例赔付", "is paid by its rates")
    if deductible.left:
        left = yuan(deductible.left)
        return Outlook(
            group.key,
            f"“{name.zh}”的起付线今年还差{left}元：以后看病，同类费用先算满这{left}元，超过的部分{at.zh}。",
            f"{name.en}: {left} yuan of this year's deductible are left. Later costs of this kind count towards "
            f"them first; what is above {at.en}.",
        )
    return Outlook(
        group.key,
        f"“{name.zh}”的起付线今年已经用完：以后看病，同类费用从第一元起{at.zh}。",
        f"{name.en}: this year's deductible is used up. Later costs of this kind: every yuan {at.en}.",
    )


def _changed(
    change: Callable[[Adjustment, Terms, Terms], Text | None], terms: TermSet, applied: Terms, note: Text
) -> tuple[list[Adjustment], Text]:
    """The adjustments that changed something, and the note with what each did."""
    changed = []
    for a in applied.applied:
        said = change(a, terms.terms(0), applied)
        if said is not None:
            changed.append(a)
            note = _and(note, Text(f"“{a.name.zh}”：{said.zh}", f"{a.name.en}: {said.en}"))
    return changed, note


def _places(terms: TermSet, some: list[Adjustment]) -> tuple[int, ...]:
    return tuple([i for i, a in enumerate(terms.adjustments) if any(a is one for one in some)]) if some else ()


def _and(one: Text, other: Text) -> Text:
    return other if not one.zh else Text(f"{one.zh}；{other.zh}", f"{one.en}; {other.en}")
