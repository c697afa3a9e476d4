"""A plan in force on one day, compiled from its file: what the engine reads. Built by `benefits.files.compile`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from benefits.conditions import Condition
from benefits.errors import BenefitsError
from benefits.terms import TermSet, Text


@dataclass(frozen=True, slots=True)
class LineSelector:
    """Which fee lines count: every given mark must fit. `measure`: self_paid (out-of-catalogue part) or amount."""

    key: str
    list_key: str | None = None
    kinds: frozenset[str] = frozenset()
    catalogues: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    measure: str = "self_paid"


@dataclass(frozen=True, slots=True)
class BaseTerm:
    """One part of a responsibility's base.

    Exactly one of: `amount` (a named amount of the bill), `lines` (a line selector), `residual_of` (what others left).
    `factor`: numerator over 10^6 of the counted part. `minus`: responsibilities whose selected lines are taken out
    first.
    """

    amount: str | None
    lines: LineSelector | None
    residual_of: tuple[str, ...]
    factor: int
    minus: tuple[str, ...]
    minus_amounts: tuple[str, ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit inside a responsibility, on selected lines or (`lines` None) on all it counts.

    `per`: item, drug, stay, year, or the calendar's month or quarter. `eligible_fen` clips what counts; `payable_fen`
    what is paid for it (its share of the bill's payment, rounded down); `count` how many such items count.
    """

    key: str
    name: Text
    clause: str
    lines: LineSelector | None
    per: str
    eligible_fen: int | None
    payable_fen: int | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the waterfall. `simulate`: when it is computed as if it paid, instead of read from the bill.

    `takes`: what it is computed on: in_scope, remaining, above_cap_of, cost_above_cap_of or unpaid_benefit_of the layer
    named in `takes_from`. `per_stay`: deductible, bands and cap start anew with each stay.
    """

    key: str
    name: Text
    clause: str
    simulate: Condition | None
    takes: str
    takes_from: str | None
    per_stay: bool
    terms: TermSet


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One promise of the product. `per`: year, stay or drug: what the running amounts belong to."""

    key: str
    name: Text
    clause: str
    condition: Condition
    base: tuple[BaseTerm, ...]
    per: str
    terms: TermSet
    deductible_pool: str | None
    cap_pools: tuple[str, ...]
    limits: tuple[Limit, ...]
    lump_sum: bool
    compensation: bool
    shared_parts: tuple[str, ...] = ()
    """Parts of a bill that another responsibility counts too (`rooms`)."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A deductible or a cap shared by responsibilities, or by a family. `terms` holds its amount with adjustments.

    `counted_by`: the layer, or the amount of the bill, that moves a deductible which another scheme counts.
    """

    key: str
    name: Text
    clause: str
    family: bool
    terms: TermSet
    counted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What is on a catalogue: a fee line is on it by its code or by its name."""

    codes: frozenset[str]
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FiledList:
    """A filed catalogue: codes and names that count."""

    key: str
    name: Text
    clause: str
    codes: frozenset[str]
    names: frozenset[str]

    def holds(self, code: str, name: str) -> bool:
        return (code != "" and code in self.codes) or (name != "" and name in self.names)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Not insured: the whole bill when the condition holds, or the selected lines only."""

    key: str
    name: Text
    clause: str
    condition: Condition
    lines: LineSelector | None


@dataclass(frozen=True, slots=True)
class PreexistingRule:
    """How the status is decided when a person does not carry it: `rule` is none, diagnoses or earlier_benefit."""

    rule: str
    clause: str
    diagnoses: tuple[str, ...] = ()
    benefits: frozenset[str] = frozenset()
    within_years: int | None = None
    same_disease_only: bool = False
    lifted_after_years: int | None = None
    from_first_cover: bool = False


@dataclass(frozen=True, slots=True)
class Continuity:
    """When years count as one row: the longest break between two covers, and how late a renewal is still in time."""

    clause: str
    break_forgiven_days: int
    late_renewal_days: int


@dataclass(frozen=True, slots=True)
class WaitingPeriod:
    """Days from the start of cover in which nothing is insured, for whom the condition holds."""

    days: int
    clause: str
    condition: Condition
    except_encounters: frozenset[str]


@dataclass(frozen=True, slots=True)
class PremiumLine:
    """Premium of those for whom the condition holds; the first fitting line counts. None: the document does not say."""

    who: Text
    condition: Condition
    amount_fen: int | None
    clause: str


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter as check lists it: where, value as written, unit, in force since, source, assumed or published."""

    path: str
    value: str
    unit: str
    since: date
    source: str
    assumption: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A product on one day. `adjudicate` and `simulate` take the same object.

    `total_cap` is the pool key "total" when the product has an overall cap.
    """

    id: str
    name: Text
    kind: str
    source: str
    on: date
    premiums: tuple[PremiumLine, ...]
    preexisting: PreexistingRule
    waiting: tuple[WaitingPeriod, ...]
    exclusions: tuple[Exclusion, ...]
    lists: Mapping[str, FiledList]
    layers: tuple[Layer, ...]
    deductible_pools: Mapping[str, Pool]
    cap_pools: Mapping[str, Pool]
    responsibilities: tuple[Responsibility, ...]
    amounts: tuple[str, ...]
    parameters: tuple[ParameterRow, ...]
    assumptions: tuple[str, ...] = ()
    continuity: Continuity | None = None
    running_names: frozenset[str] = field(init=False, repr=False)
    names_per_drug: frozenset[str] = field(init=False, repr=False)
    lump_sums: frozenset[str] = field(init=False, repr=False)
    pool_names: frozenset[str] = field(init=False, repr=False)
    count_names: frozenset[str] = field(init=False, repr=False)
    """The names a year so far may carry under this plan; drugs and months are parts of them."""

    def __post_init__(self) -> None:
        pools = [*(f"deductible:{key}" for key in self.deductible_pools), *(f"cap:{key}" for key in self.cap_pools)]
        names = {
            "running_names": [*(r.key for r in self.responsibilities), *(f"layer:{one.key}" for one in self.layers)],
            "names_per_drug": [r.key for r in self.responsibilities if r.per == "drug"],
            "lump_sums": [r.key for r in self.responsibilities if r.lump_sum],
            "pool_names": pools,
            "count_names": [
                "bills",
                *(f"layer:{one.key}.{name}" for one in self.layers for name in ("part", "per")),
                *(limit.key for r in self.responsibilities for limit in r.limits),
            ],
        }
        for name, keys in names.items():
            object.__setattr__(self, name, frozenset(keys))

    def with_lists(self, lists: Mapping[str, Listed]) -> Plan:
        """The same plan with what is on its filed lists replaced (the catalogue filed for the day of the bill)."""
        unknown = set(lists) - set(self.lists)
        if unknown:
            raise BenefitsError(f"{self.id} has no list named {', '.join(sorted(unknown))}")
        new = {key: replace(self.lists[key], codes=one.codes, names=one.names) for key, one in lists.items()}
        return replace(self, lists={**self.lists, **new})

    def conditions(self) -> Iterator[Condition]:
        """Every `if:` of the plan."""
        yield from (one.condition for one in self.premiums)
        yield from self.conditions_of_payment()

    def conditions_of_payment(self) -> Iterator[Condition]:
        """Every `if:` on which it hangs what a bill is paid: all but those of the premium."""
        yield from (one.condition for one in self.waiting)
        yield from (one.condition for one in self.exclusions)
        sets = [*(pool.terms for pool in (*self.deductible_pools.values(), *self.cap_pools.values()))]
        for layer in self.layers:
            sets.append(layer.terms)
            if layer.simulate is not None:
                yield layer.simulate
        for r in self.responsibilities:
            sets.append(r.terms)
            yield r.condition
            for term in r.base:
                yield term.condition
        for terms in sets:
            for adjustment in terms.adjustments:
                yield adjustment.condition

    def asks(self, fact: str) -> bool:
        """Whether any of the plan's terms depends on a fact."""
        return any(fact in condition.facts for condition in self.conditions())

    def responsibility(self, key: str) -> Responsibility:
        for one in self.responsibilities:
            if one.key == key:
                return one
        raise KeyError(key)
