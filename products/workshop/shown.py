"""What pages, CSV files and charts show of a comparison and its projection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from benefits.plan import Plan
from core.money import format_yuan
from look.charts import Chart, Series
from look.components import StateKind
from products.lifecycle import ComparisonState
from products.models import ComparedTerms, Comparison
from products.plans import compiled
from products.texts.language import LANGUAGES
from products.workshop.projection import Assumptions, Start, Year, project
from products.workshop.side_by_side import language

CHIPS: dict[str, StateKind] = {
    ComparisonState.RUNNING: "now", ComparisonState.DONE: "done", ComparisonState.CANCELLED: "plain",
    ComparisonState.FAILED: "stop",
}  # fmt: skip

_NAMES: dict[str, str | Promise] = {
    "resident": pgettext_lazy("insured as", "residents"),
    "employee": pgettext_lazy("insured as", "employees"),
    "new_citizen": pgettext_lazy("insured as", "new citizens"),
    "none": gettext_lazy("in no class of assistance"),
    "assisted": gettext_lazy("in a class of assistance"),
    "": gettext_lazy("not said"),
}
GROUPINGS: dict[str, str | Promise] = {
    "deciles": gettext_lazy("By what people bear themselves, from the lightest tenth to the heaviest"),
    "ages": gettext_lazy("By age"),
    "kinds": gettext_lazy("By kind of insurance"),
    "classes": gettext_lazy("By class of assistance"),
    "areas": gettext_lazy("By area"),
}


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: tuple[str, ...]


def percent(part: float | None, *, digits: int = 1) -> str:
    return "–" if part is None else f"{100 * part:.{digits}f}%"


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def name_of(group: str) -> str:
    """A decile, an age or an area is called as it is."""
    return str(_NAMES.get(group, group))


def summary(comparison: Comparison, terms: Sequence[ComparedTerms]) -> list[Row]:
    people = comparison.shared["people"]
    burden = comparison.shared["burden_fen"]

    def each(label: str, say: Callable[[dict[str, Any]], str]) -> Row:
        return Row(label, tuple(say(one.figures) for one in terms))

    return [
        each(_("Premiums (yuan)"), lambda f: format_yuan(f["premium_fen"])),
        each(_("Paid to people (yuan)"), lambda f: format_yuan(f["paid_fen"])),
        each(_("Loss ratio"), lambda f: percent(ratio(f["paid_fen"], f["premium_fen"]))),
        each(_("People who get something"), lambda f: f"{f['reached']:,}"),
        each(_("Of 1,000 insured"), lambda f: f"{1000 * f['reached'] / people:.1f}"),
        each(_("Bills paid for"), lambda f: f"{f['bills_paid']:,}"),
        each(_("Of what people bear themselves"), lambda f: percent(ratio(f["paid_fen"], burden))),
        each(_("On average to who gets something (yuan)"), lambda f: _average(f["paid_fen"], f["reached"])),
        each(_("To the one in the middle (yuan)"), lambda f: _point(f, "50")),
        each(_("To one in ten more than (yuan)"), lambda f: _point(f, "90")),
        each(_("The most to one person (yuan)"), lambda f: _point(f, "100")),
    ]


def _average(fen: int, count: int) -> str:
    return format_yuan(fen // count) if count else "–"


def _point(figures: dict[str, Any], point: str) -> str:
    return format_yuan(figures["points_fen"][point]) if figures["points_fen"] else "–"


def responsibilities(terms: Sequence[ComparedTerms]) -> list[Row]:
    """What each responsibility pays, by its name; a plan without it has none."""
    names: dict[str, str] = {}
    for one in terms:
        plan = plan_of(one)
        names |= {item.key: LANGUAGES[language()].of(item.name) for item in plan.responsibilities}
    return [
        Row(
            name,
            tuple(
                format_yuan(one.figures["by_responsibility_fen"][key])
                if key in one.figures["by_responsibility_fen"] else "–"
                for one in terms
            ),
        )
        for key, name in names.items()
    ]  # fmt: skip


def plan_of(one: ComparedTerms) -> Plan:
    return compiled(one.benefits_text, one.benefits_plan).on(one.first_on)


def against(terms: Sequence[ComparedTerms]) -> list[Row]:
    """Who gets less than under the first of the terms, and who more."""

    def each(label: str, say: Callable[[dict[str, Any]], str]) -> Row:
        return Row(label, tuple(say(one.figures["against"]) for one in terms[1:]))

    return [
        each(_("People who get less"), lambda a: f"{a['worse']['people']:,}"),
        each(_("Together less by (yuan)"), lambda a: format_yuan(a["worse"]["fen"])),
        each(_("One of them on average (yuan)"), lambda a: _average(a["worse"]["fen"], a["worse"]["people"])),
        each(_("The most for one person (yuan)"), lambda a: format_yuan(a["worse"]["largest_fen"])),
        each(_("People who get more"), lambda a: f"{a['better']['people']:,}"),
        each(_("Together more by (yuan)"), lambda a: format_yuan(a["better"]["fen"])),
        each(_("The most more for one person (yuan)"), lambda a: format_yuan(a["better"]["largest_fen"])),
    ]


def charts(terms: Sequence[ComparedTerms]) -> list[Chart]:
    """Loss ratio, then each distribution: what is borne by the terms, or what is paid."""
    of_premiums = [_percent_of(one.figures["paid_fen"], one.figures["premium_fen"]) for one in terms]
    loss = Series(_("paid of the premiums"), of_premiums)
    drawn = [
        Chart(_("Loss ratio"), [one.name for one in terms], [loss], say=_whole_percent),
        _share(terms, "deciles"),
        _paid(terms, "ages"),
    ]  # fmt: skip
    if len(terms) > 1:
        drawn.append(_losers(terms))
    return drawn


def _percent_of(part: int, whole: int) -> float:
    return 100 * (ratio(part, whole) or 0.0)


def _whole_percent(value: float) -> str:
    return f"{value:.1f}%"


def _share(terms: Sequence[ComparedTerms], grouping: str) -> Chart:
    series = [
        Series(one.name, [_percent_of(group["paid_fen"], group["burden_fen"]) for group in one.figures[grouping]])
        for one in terms
    ]  # fmt: skip
    return Chart(
        _("Part of what people bear that is paid"), [name_of(g["name"]) for g in terms[0].figures[grouping]], series,
        say=_whole_percent, unit=_("tenths of people, from the lightest burden to the heaviest"),
        first_heading=_("Tenth"),
    )  # fmt: skip


def _paid(terms: Sequence[ComparedTerms], grouping: str) -> Chart:
    series = [Series(one.name, [group["paid_fen"] / 1_000_000 for group in one.figures[grouping]]) for one in terms]
    return Chart(
        _("Paid by age"), [name_of(g["name"]) for g in terms[0].figures[grouping]], series,
        say=lambda value: f"{value:,.1f}", unit=_("ten thousand yuan"), first_heading=_("Age"),
    )  # fmt: skip


def _losers(terms: Sequence[ComparedTerms]) -> Chart:
    others = terms[1:]
    series = [
        Series(one.name, [group["worse"]["people"] for group in one.figures["against"]["ages"]]) for one in others
    ]
    return Chart(
        _("Who gets less than under %(name)s, by age") % {"name": terms[0].name},
        [name_of(g["name"]) for g in terms[0].figures["against"]["ages"]], series, say=lambda value: f"{value:,.0f}",
        unit=_("people"), first_heading=_("Age"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Distribution:
    """One table: a row a group, with what it is under each of the terms."""

    title: str
    rows: list[Row]


def distributions(terms: Sequence[ComparedTerms]) -> list[Distribution]:
    found = []
    for grouping, title in GROUPINGS.items():
        groups = terms[0].figures[grouping]
        rows = [
            Row(
                name_of(group["name"]),
                (
                    f"{group.get('insured', group['people']):,}",
                    format_yuan(group["burden_fen"]),
                    *(cell for one in terms for cell in _cells(one.figures[grouping][i])),
                ),
            )
            for i, group in enumerate(groups)
        ]
        found.append(Distribution(str(title), rows))
    return found


def _cells(group: dict[str, Any]) -> tuple[str, str, str]:
    share = percent(ratio(group["paid_fen"], group["burden_fen"]))
    return f"{group['reached']:,}", format_yuan(group["paid_fen"]), share


# the projection --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Projected:
    name: str
    years: list[Year]


def projected(comparison: Comparison, terms: Sequence[ComparedTerms], assumed: Assumptions) -> list[Projected]:
    people = comparison.shared["people"]
    return [Projected(one.name, project(_start(one, people), assumed)) for one in terms]


def _start(one: ComparedTerms, people: int) -> Start:
    return Start(people, one.figures["premium_fen"], one.figures["paid_fen"], one.figures["reached"])


def projection_charts(found: Sequence[Projected]) -> list[Chart]:
    years = [_("year %(number)s") % {"number": year.number} for year in found[0].years]
    loss = [Series(one.name, [100 * (year.loss_ratio or 0.0) for year in one.years]) for one in found]
    cover = [Series(one.name, [year.covered for year in one.years]) for one in found]
    return [
        Chart(_("Loss ratio"), years, loss, say=_whole_percent, first_heading=_("Year")),
        Chart(_("Covered of those who could be"), years, cover, say=_whole_percent, first_heading=_("Year")),
    ]


PRICE_RISES = (0, 5, 10, 15, 20)


def price_and_cover(comparison: Comparison, terms: Sequence[ComparedTerms], assumed: Assumptions) -> list[Row]:
    """The last year under other rises of the price: loss ratio and cover for each of the terms."""
    rows = []
    for rise in PRICE_RISES:
        other = Assumptions(**{**asdict(assumed), "price_rise": float(rise)})
        last = [one.years[-1] for one in projected(comparison, terms, other)]
        cells = tuple(cell for year in last for cell in (percent(year.loss_ratio), f"{year.covered:.1f}%"))
        rows.append(Row(f"{rise}%", cells))
    return rows
