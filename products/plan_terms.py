"""The terms of a plan year in words that a resident reads, taken from the filed plan: no figure is typed twice.

A responsibility has one name, the plan's, on every page, in the clauses, on the policy, the receipt and the letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from benefits.money import RATE_DENOMINATOR
from benefits.plan import Plan, Responsibility
from benefits.terms import NO_CAP, Adjustment, Terms, Text
from core.kept import Made
from look.phrases import round_yuan, whole_yuan
from products.models import PlanYear
from products.plans import compiled, text_key


@dataclass(frozen=True, slots=True)
class Change:
    """Other terms for some people. rate and deductible_fen are what they get; old_* what everybody else gets."""

    who: str
    covered: bool
    rate: str
    old_rate: str
    rate_millionths: int
    old_rate_millionths: int
    deductible_fen: int
    old_deductible_fen: int

    @property
    def is_worse(self) -> bool:
        """Less than others get: this belongs beside the price, not in small print (Insurance Law Art. 17)."""
        return (
            not self.covered
            or self.rate_millionths < self.old_rate_millionths
            or self.deductible_fen > self.old_deductible_fen
        )

    def __str__(self) -> str:
        """For example "Pre-existing conditions: 30% instead of 75%"."""
        if not self.covered:
            return _("%(who)s: %(what)s") % {"who": self.who, "what": _("not covered")}
        what = []
        if self.rate != self.old_rate:
            what.append(_("%(new)s instead of %(old)s") % {"new": self.rate, "old": self.old_rate})
        if self.deductible_fen != self.old_deductible_fen:
            amounts = {"new": whole_yuan(self.deductible_fen), "old": whole_yuan(self.old_deductible_fen)}
            what.append(_("deductible %(new)s instead of %(old)s") % amounts)
        return _("%(who)s: %(what)s") % {"who": self.who, "what": _("; ").join(what)}


@dataclass(frozen=True, slots=True)
class ResponsibilityTerms:
    """One promise of the product. rate: "75%", or a range for a ladder. changes: who gets other terms. deductible_fen,
    cap_fen: its own, or what it shares with others."""

    key: str
    name: str
    clause: str
    deductible_fen: int
    rate: str
    cap_fen: int | None
    changes: tuple[Change, ...]

    @property
    def deductible(self) -> str:
        return whole_yuan(self.deductible_fen) if self.deductible_fen else _("none")

    @property
    def worse(self) -> list[Change]:
        return [change for change in self.changes if change.is_worse]

    @property
    def cap(self) -> str:
        return _("no limit") if self.cap_fen is None else whole_yuan(self.cap_fen)


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """highest_fen: the most that all responsibilities together can pay a person in the year; None without a limit.
    deductible_fen: of the first responsibility, None for a plan of layers alone."""

    responsibilities: tuple[ResponsibilityTerms, ...]
    deductible_fen: int | None
    highest_fen: int | None
    assumptions: tuple[str, ...]
    exclusions: tuple[str, ...]
    """What is not covered, by the names that the plan gives."""

    @property
    def deductible(self) -> str:
        return whole_yuan(self.deductible_fen) if self.deductible_fen else _("none")

    @property
    def highest(self) -> str:
        return _("no limit") if self.highest_fen is None else round_yuan(self.highest_fen)


def benefits_plan(plan_year: PlanYear, *, on: date | None = None) -> Plan:
    """The filed plan on a day (cover_from by default), compiled from the text that was filed, not from today's file."""
    return compiled(plan_year.benefits_text, plan_year.benefits_plan).on(on or plan_year.cover_from)


def terms_of(plan_year: PlanYear) -> PlanTerms:
    """What the plan promises on the first day of cover, in the reader's language. Raises what `load_plan` raises."""
    filed = text_key(plan_year.benefits_text, plan_year.benefits_plan)
    key = filed, plan_year.cover_from, get_language() or ""
    return _made(key, lambda: _terms_anew(plan_year))


# In words, by the digest of the filed text and the language: every page of an order shows them.
_made: Made[tuple[tuple[str, ...], date, str], PlanTerms] = Made(most=32)


def _terms_anew(plan_year: PlanYear) -> PlanTerms:
    plan = benefits_plan(plan_year)
    rows = tuple(_responsibility(plan, item) for item in plan.responsibilities)
    return PlanTerms(
        responsibilities=rows,
        deductible_fen=rows[0].deductible_fen if rows else None,
        highest_fen=_highest(plan),
        assumptions=plan.assumptions if not _english() else (),
        exclusions=tuple(_text(one.name) for one in plan.exclusions),
    )


def _responsibility(plan: Plan, item: Responsibility) -> ResponsibilityTerms:
    base = item.terms.terms(0)
    shared = item.deductible_pool
    deductible = base if shared is None else plan.deductible_pools[shared].terms.terms(0)
    cap_fen = min(base.cap_fen, *(_pool_cap(plan, pool) for pool in item.cap_pools), NO_CAP)
    return ResponsibilityTerms(
        key=item.key,
        name=_text(item.name),
        clause=item.clause,
        deductible_fen=deductible.deductible_fen,
        rate=_rates(base),
        cap_fen=None if cap_fen >= NO_CAP else cap_fen,
        changes=tuple(_change(bit, adjustment, item, base) for bit, adjustment in enumerate(item.terms.adjustments)),
    )


def _pool_cap(plan: Plan, key: str) -> int:
    return plan.cap_pools[key].terms.terms(0).cap_fen


def _highest(plan: Plan) -> int | None:
    """What responsibilities share is counted once."""
    if "total" in plan.cap_pools:
        return _pool_cap(plan, "total")
    by_pool: dict[str, int] = {}
    for item in plan.responsibilities:
        base = item.terms.terms(0)
        own = base.amount_fen if item.lump_sum else base.cap_fen if item.per == "year" else NO_CAP
        pool = min(item.cap_pools, key=lambda one: _pool_cap(plan, one), default="")
        by_pool[pool or f"{item.key} alone"] = by_pool.get(pool or f"{item.key} alone", 0) + own
    most = sum(min(fen, _pool_cap(plan, pool)) if pool in plan.cap_pools else fen for pool, fen in by_pool.items())
    return None if most >= NO_CAP else most


def _rates(terms: Terms) -> str:
    rates = sorted({band.rate for band in terms.bands if band.rate})
    return " - ".join(_percent(rate) for rate in ([rates[0], rates[-1]] if len(rates) > 1 else rates))


def _lowest(terms: Terms) -> int:
    return min((band.rate for band in terms.bands if band.rate), default=0)


def _change(bit: int, adjustment: Adjustment, item: Responsibility, base: Terms) -> Change:
    changed = item.terms.terms(1 << bit)
    return Change(
        who=_text(adjustment.name),
        covered=changed.covered,
        rate=_rates(changed),
        old_rate=_rates(base),
        rate_millionths=_lowest(changed),
        old_rate_millionths=_lowest(base),
        deductible_fen=changed.deductible_fen,
        old_deductible_fen=base.deductible_fen,
    )


def _percent(rate: int) -> str:
    whole, rest = divmod(rate * 100, RATE_DENOMINATOR)
    return f"{whole}%" if not rest else f"{rate * 100 / RATE_DENOMINATOR:g}%"


def _text(text: Text) -> str:
    return text.en if _english() else text.zh


def _english() -> bool:
    return (get_language() or "").startswith("en")
