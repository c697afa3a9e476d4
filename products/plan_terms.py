"""The terms of a plan year in words that a resident reads, taken from the filed plan: no figure is typed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from benefits.money import RATE_DENOMINATOR
from benefits.plan import Plan, Responsibility
from benefits.terms import NO_CAP, Adjustment, Terms, Text
from look.phrases import round_yuan, whole_yuan
from products.models import PlanYear
from products.plans import compiled

# In a resident's words, by the key in the plan file; a plan with other keys is shown under its own names.
PLAIN_NAMES = {
    "compliant_self_pay": gettext_lazy("In the medical catalogue: what is left for you to pay"),
    "reasonable_self_pay": gettext_lazy("Outside the catalogue, on the published list"),
    "special_drugs": gettext_lazy("Special drugs outside the catalogue, on the published list"),
}


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
    """One promise of the product. rate: "75%", or a range for a ladder. changes: who gets other terms."""

    key: str
    name: str
    official_name: str
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
    """highest_fen: the most that all responsibilities together can pay a person in the year; None without a limit."""

    responsibilities: tuple[ResponsibilityTerms, ...]
    deductible_fen: int
    highest_fen: int | None
    assumptions: tuple[str, ...]

    @property
    def deductible(self) -> str:
        return whole_yuan(self.deductible_fen)

    @property
    def highest(self) -> str:
        return _("no limit") if self.highest_fen is None else round_yuan(self.highest_fen)


def benefits_plan(plan_year: PlanYear, *, on: date | None = None) -> Plan:
    """The filed plan on a day (cover_from by default), compiled from the text that was filed, not from today's file."""
    return compiled(plan_year.benefits_text, plan_year.benefits_plan).on(on or plan_year.cover_from)


def terms_of(plan_year: PlanYear) -> PlanTerms:
    """What the plan promises on the first day of cover, in the reader's language. Raises what `load_plan` raises."""
    key = plan_year.benefits_text, plan_year.cover_from, get_language() or ""
    found = _terms.get(key)
    if found is None:
        if len(_terms) >= _KEPT:
            _terms.clear()
        found = _terms[key] = _terms_anew(plan_year)
    return found


# In words, by filed text and language: every page of an order shows them.
_KEPT = 32
_terms: dict[tuple[str, date, str], PlanTerms] = {}


def _terms_anew(plan_year: PlanYear) -> PlanTerms:
    plan = benefits_plan(plan_year)
    rows = tuple(_responsibility(item) for item in plan.responsibilities)
    caps = [row.cap_fen for row in rows]
    total = plan.cap_pools.get("total")
    if total is not None:
        highest_fen: int | None = total.terms.terms(0).cap_fen
    else:
        highest_fen = None if None in caps else sum(cap for cap in caps if cap is not None)
    return PlanTerms(
        responsibilities=rows,
        deductible_fen=rows[0].deductible_fen,
        highest_fen=highest_fen,
        assumptions=plan.assumptions if not _english() else (),
    )


def _responsibility(item: Responsibility) -> ResponsibilityTerms:
    base = item.terms.terms(0)
    official = _text(item.name)
    return ResponsibilityTerms(
        key=item.key,
        name=str(PLAIN_NAMES.get(item.key, official)),
        official_name=official,
        clause=item.clause,
        deductible_fen=base.deductible_fen,
        rate=_rates(base),
        cap_fen=None if base.cap_fen >= NO_CAP else base.cap_fen,
        changes=tuple(_change(bit, adjustment, item, base) for bit, adjustment in enumerate(item.terms.adjustments)),
    )


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
