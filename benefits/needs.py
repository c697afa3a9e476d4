"""What a plan has to be told: the fields of `Person`, `Bill` and `BillLine` that its terms read, by name.

    needs_of(plan) -> {"person.birth_date", "person.assistance", "bill.tags:third_party", "line.tags:nursing", …}

Names are those of error messages (`BadValue("person.assistance")`). A tag is a fact of its own: who can say whether a
third party must pay cannot say everything. Who supplies each is not the rules' business; a caller that cannot have a
field of this list must not let a default stand for it. Source: mission B11; Sanmenxia 四(三).
"""

from __future__ import annotations

from collections.abc import Iterator

from benefits.intake import selectors_of
from benefits.model import BILL_AMOUNTS, LAYERS, amounts_of_role
from benefits.plan import BaseTerm, LineSelector, Plan

_OF_A_FACT: dict[str, tuple[str, ...]] = {
    "age": ("person.birth_date",),
    "insured_type": ("person.insured_type",),
    "continuous_years": ("person.continuous_years",),
    "claim_free_years": ("person.claim_free_years",),
    "family_enrolment": ("person.family_enrolment",),
    "in_waiting_period": ("person.in_waiting_period",),
    "large_amount_cover": ("person.large_amount_cover",),
    "renewed_in_time": ("person.earlier_covers", "person.bought_on"),
    "claimed_in_first_year": ("person.earlier_covers",),
    "preexisting": ("person.preexisting",),
    "encounter_type": ("bill.encounter_type",),
    "hospital_level": ("bill.hospital_level",),
    "hospital_kind": ("bill.hospital_kind",),
    "place": ("bill.place",),
    "designated": ("bill.designated",),
    "settled_by_basic": ("bill.settled_by_basic",),
    "diagnosis": ("bill.diagnoses",),
    "has_lines": ("bill.lines",),
    "earlier_bills": (),  # counted by the rules themselves, in the year so far
    "paid_by": tuple(f"bill.{layer}_paid_fen" for layer in LAYERS),
    "drug": ("line.code",),
    "assistance": (),  # by member, below
    "person_tags": (),
    "bill_tags": (),
}
_OF_A_MEMBER = {"assistance": "person.assistance", "person_tags": "person.tags", "bill_tags": "bill.tags"}
_ALWAYS = ("person.cover_from", "person.cover_to", "bill.admitted_on", "bill.other_insurers_paid_fen")
_IN_SCOPE = ("bill.in_scope_fen", *(f"bill.{layer}_paid_fen" for layer in LAYERS))
_BILL_AMOUNTS = frozenset(amount.name for amount in BILL_AMOUNTS)


def needs_of(plan: Plan) -> frozenset[str]:
    """Every field that some term of the plan reads, whoever the person and whatever the bill."""
    return frozenset(
        {
            *_ALWAYS,
            *_of_conditions(plan),
            *_of_history(plan),
            *_of_lines(plan),
            *_of_amounts(plan),
        }
    )


def _of_conditions(plan: Plan) -> Iterator[str]:
    for condition in plan.conditions_of_payment():
        for fact in condition.facts:
            yield from _OF_A_FACT[fact]
        for fact, member in condition.asked_members:
            if fact in _OF_A_MEMBER:
                yield f"{_OF_A_MEMBER[fact]}:{member}"


def _of_history(plan: Plan) -> Iterator[str]:
    """From before this year's cover. A status that somebody states (`person.preexisting`) takes the place of what it
    would be reckoned from."""
    rule = plan.preexisting
    if any("preexisting" in condition.facts for condition in plan.conditions_of_payment()):
        if rule.same_disease_only:
            yield "bill.diagnoses"
        if rule.rule == "diagnoses":
            yield "person.known_diagnoses"
        if rule.rule == "earlier_benefit":
            yield "person.earlier_benefits"
        if rule.lifted_after_years is not None:
            yield "person.continuous_years"
        if rule.from_first_cover:
            yield "person.first_cover_from"
    if plan.continuity is not None:
        yield "person.earlier_covers"
    if any(pool.family for pool in (*plan.deductible_pools.values(), *plan.cap_pools.values())):
        yield "person.family_id"


def _of_lines(plan: Plan) -> Iterator[str]:
    selectors = [*selectors_of(plan), *(one.lines for one in plan.exclusions if one.lines is not None)]
    for selector in selectors:
        yield from _of_selector(selector)
    if any(limit.count is not None for r in plan.responsibilities for limit in r.limits):
        yield "line.quantity"
    if any(r.per == "drug" for r in plan.responsibilities):
        yield "line.code"


def _of_selector(selector: LineSelector) -> Iterator[str]:
    yield from ("bill.lines", "line.amount_fen")
    if selector.measure == "self_paid":
        yield "line.out_of_catalogue_fen"
    if selector.list_key is not None:
        yield from ("line.code", "line.name", f"list:{selector.list_key}")
    if selector.codes:
        yield "line.code"
    if selector.kinds:
        yield "line.kind"
    if selector.catalogues:
        yield "line.catalogue"
    yield from (f"line.tags:{tag}" for tag in selector.tags)


def _of_amounts(plan: Plan) -> Iterator[str]:
    for r in plan.responsibilities:
        for term in r.base:
            for name in _names(term):
                yield from _of_amount(name, plan)
    for pool in plan.deductible_pools.values():
        if pool.counted_by in plan.amounts:
            yield f"bill.other_amounts_fen:{pool.counted_by}"
    if plan.layers:
        yield from _IN_SCOPE
    # A layer that really paid does not tell where its cap lay on this bill; the record has to.
    if any(layer.takes_from is not None and layer.takes != "unpaid_benefit" for layer in plan.layers):
        yield "bill.above_fund_cap_fen"


def _names(term: BaseTerm) -> tuple[str, ...]:
    return (*((term.amount,) if term.amount else ()), *term.minus_amounts)


def _of_amount(name: str, plan: Plan) -> Iterator[str]:
    """Of a named amount of the bill, of one that is left by the layers, or of one that only this plan names."""
    if name in plan.amounts:
        yield f"bill.other_amounts_fen:{name}"
    elif name in _BILL_AMOUNTS:
        yield f"bill.{name}_fen"
    elif name.startswith("in_scope"):
        yield from _IN_SCOPE
    else:  # total, personal: from the whole bill
        yield from (f"bill.{amount.field}" for amount in amounts_of_role("total", "part", "layer", "hospital"))
