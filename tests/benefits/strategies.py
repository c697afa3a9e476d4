"""Random plans, people and bills: every feature of the format may meet every other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import yaml
from hypothesis import strategies as st

from benefits import Bill, BillLine, Person
from tests.benefits.helpers import HEAD

CODES = ("D1", "D2", "M1", "X")
rates = st.integers(0, 100).map(lambda n: f"{n}%")
points = st.integers(-30, 30).map(lambda n: f"{n}%")
money = st.integers(0, 3_000).map(lambda n: n * 10)


@st.composite
def bands(draw: st.DrawFn) -> list[dict[str, Any]]:
    edges = sorted(draw(st.sets(st.integers(0, 30_000), min_size=1, max_size=4)))
    out: list[dict[str, Any]] = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        band: dict[str, Any] = {"from": low, "rate": draw(rates)}
        if high is not None and draw(st.integers(0, 3)):
            band["to"] = high
        elif high is not None:
            band["to"] = (low + high) // 2 + 1 if low + 1 < high else high
        out.append(band)
    return out


conditions = st.sampled_from(
    [
        {"preexisting": True},
        {"preexisting": False},
        {"place": ["elsewhere", "elsewhere_referred"]},
        {"age": {"min": 60}},
        {"continuous_years": {"min": 2, "max": 3}},
        {"assistance": ["低保", "特困"]},
        {"hospital_level": "3"},
        {"earlier_bills": {"min": 1}},
        {"diagnosis": "C00-C97"},
        {"any": [{"insured_type": "employee"}, {"not": {"settled_by_basic": True}}]},
        {"has_lines": True},
        {"paid_by": ["assistance", "large_amount"]},
    ]
)

changes = st.one_of(
    st.fixed_dictionaries({"rate": rates}),
    st.fixed_dictionaries({"rate_add": points}),
    st.fixed_dictionaries({"rate_factor": rates}),
    st.fixed_dictionaries({"bands": bands()}),
    st.fixed_dictionaries({"deductible": money}),
    st.fixed_dictionaries({"deductible_add": st.integers(-500, 500)}),
    st.fixed_dictionaries({"deductible_factor": rates}),
    st.fixed_dictionaries({"cap": money}),
    st.fixed_dictionaries({"stay_cap": money}),
    st.fixed_dictionaries({"covered": st.booleans()}),
)


@st.composite
def adjustments(draw: st.DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(0, 3))
    return [{"name": "x", "kind": "other", "if": draw(conditions), **draw(changes)} for _ in range(count)]


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    out: dict[str, Any] = {"adjustments": draw(adjustments())}
    if draw(st.booleans()):
        out["rate"] = draw(rates)
    else:
        out["bands"] = draw(bands())
        out["band_basis"] = draw(st.sampled_from(["gross", "after_deductible"]))
    for name in ("deductible", "cap", "stay_cap"):
        if draw(st.booleans()):
            out[name] = draw(money)
    return out


@st.composite
def waterfalls(draw: st.DrawFn) -> list[dict[str, Any]]:
    layers = []
    simulate = st.sampled_from(["always", {"in_waiting_period": True}, {"large_amount_cover": False}])
    for layer in draw(st.lists(st.sampled_from(["basic_fund", "critical_illness", "large_amount"]), unique=True)):
        one = {
            "layer": layer,
            "simulate": draw(simulate),
            "per": draw(st.sampled_from(["stay", "year"])),
            **draw(terms()),
        }
        if layer != "basic_fund":
            way = draw(
                st.sampled_from(["remaining", "in_scope", "above_cap_of", "cost_above_cap_of", "unpaid_benefit_of"])
            )
            one["takes"] = {way: "basic_fund"} if way.endswith("_of") else way
        layers.append(one)
    return layers


@st.composite
def limits(draw: st.DrawFn) -> list[dict[str, Any]]:
    out = []
    for i in range(draw(st.integers(0, 2))):
        limit: dict[str, Any] = {
            "key": f"l{i}",
            "name": "x",
            "lines": {"kind": draw(st.sampled_from(["drug", "material"]))},
        }
        kind = draw(st.sampled_from(["eligible", "payable", "count"]))
        limit[kind] = draw(st.integers(0, 4) if kind == "count" else money)
        spans = ["month", "quarter", "year"]
        limit["per"] = draw(st.sampled_from(spans if kind == "count" else ["item", "drug", "stay", *spans]))
        if kind != "count" and limit["per"] != "item" and not draw(st.integers(0, 3)):
            del limit["lines"]
        out.append(limit)
    return out


OWN_LINES = {"lines": {"list": "drugs"}, "if": {"place": ["local", "elsewhere"]}}
AMOUNTS = (
    "in_scope_after_layers",
    "in_scope_after_basic_fund",
    "class_b_first",
    "over_limit",
    "out_of_catalogue",
    "special_drug",
)


@st.composite
def responsibilities(draw: st.DrawFn, index: int) -> dict[str, Any]:
    key = f"r{index}"
    if draw(st.integers(0, 7)) == 0:
        return {"key": key, "name": "x", "lump_sum": draw(money), "if": draw(conditions), "adjustments": []}
    base: list[dict[str, Any]] = [
        {"amount": draw(st.sampled_from(AMOUNTS)), "factor": draw(st.sampled_from(["100%", "33.3333%"]))}
    ]
    if draw(st.booleans()):
        base[0]["minus"] = [key]  # its own lines count once
        earlier = [f"r{i}" for i in range(index)]
        base.append({"lines": {"list": "drugs"}, "if": draw(conditions), "minus": earlier} if earlier else OWN_LINES)
    if index and draw(st.integers(0, 3)) == 0:
        base = [{"residual_of": [f"r{index - 1}"]}]
    out = {"key": key, "name": "x", "base": base, **draw(terms()), "limits": draw(limits())}
    out["per"] = draw(st.sampled_from(["year", "year", "stay", "drug"]))
    out["compensation"] = draw(st.booleans())
    if draw(st.booleans()):
        out["if"] = draw(conditions)
    if draw(st.booleans()):
        out.pop("deductible", None)
        out["shared_deductible"] = draw(st.sampled_from(["common", "family", "elsewhere"]))
    if draw(st.booleans()):
        out["shared_caps"] = ["both"]
    return out


@st.composite
def plans(draw: st.DrawFn) -> str:
    """The text of a random plan file."""
    more: dict[str, Any] = {
        "lists": {"drugs": {"name": "x", "items": [{"code": "D1"}, {"code": "D2"}]}},
        "amounts": ["used_elsewhere"],
        "adjustments": draw(adjustments()),
        "layer_order": draw(st.sampled_from([["basic_fund"], ["basic_fund", "assistance", "large_amount"]])),
        "waterfall": draw(waterfalls()),
        "pools": {
            "deductibles": {
                "common": {
                    "name": "x",
                    "amount": draw(money),
                    "adjustments": [{"name": "x", "kind": "reward", "if": draw(conditions), "deductible_add": -100}],
                },
                "family": {"name": "x", "amount": draw(money), "shared_by": "family"},
                "elsewhere": {"name": "x", "amount": draw(money), "counted_by": "used_elsewhere"},
            },
            "caps": {
                "both": {"name": "x", "amount": draw(money), "shared_by": draw(st.sampled_from(["person", "family"]))}
            },
        },
        "waiting_period": [{"days": draw(st.integers(0, 60)), "if": draw(conditions), "except_encounters": ["injury"]}],
        "exclusions": [
            {"key": "x", "name": "x", "if": {"bill_tags": "third_party"}},
            {"key": "y", "name": "y", "lines": {"tags": "vaccine"}},
        ],
        "responsibilities": [draw(responsibilities(i)) for i in range(draw(st.integers(1, 3)))],
    }
    if draw(st.booleans()):
        more["total_cap"] = draw(money)
    return HEAD + yaml.safe_dump(more, allow_unicode=True, sort_keys=False)


@st.composite
def people(draw: st.DrawFn, index: int) -> Person:
    return Person(
        f"p{index}",
        age=draw(st.integers(0, 99)),
        insured_type=draw(st.sampled_from(["employee", "resident", "new_citizen"])),
        assistance=draw(st.sampled_from([frozenset(), frozenset({"低保"}), frozenset({"低边", "特困"})])),
        preexisting=draw(st.booleans()),
        continuous_years=draw(st.integers(1, 4)),
        family_id=draw(st.sampled_from([None, "f1", "f2"])),
        in_waiting_period=draw(st.booleans()),
        large_amount_cover=draw(st.booleans()),
        cover_from=date(2026, 1, 1),
    )


lines = st.builds(
    BillLine,
    amount_fen=st.integers(0, 2_000_000),
    code=st.sampled_from(CODES),
    kind=st.sampled_from(["drug", "material"]),
    catalogue=st.sampled_from(["A", "C"]),
    tags=st.sampled_from([frozenset(), frozenset(), frozenset({"vaccine"})]),
    quantity=st.sampled_from([1, 1, 2, 3]),
)
fen = st.one_of(st.just(0), st.integers(0, 100), st.integers(0, 6_000_000))


@st.composite
def bills(draw: st.DrawFn, index: int) -> Bill:
    return Bill(
        id=f"b{index}",
        in_scope_fen=draw(fen),
        class_b_first_fen=draw(fen),
        over_limit_fen=draw(fen),
        out_of_catalogue_fen=draw(fen),
        special_drug_fen=draw(fen),
        above_fund_cap_fen=draw(fen),
        basic_fund_paid_fen=draw(fen),
        assistance_paid_fen=draw(st.one_of(st.just(0), fen)),
        other_insurers_paid_fen=draw(st.one_of(st.just(0), fen)),
        cash_paid_fen=draw(st.one_of(st.none(), fen)),
        encounter_type=draw(st.sampled_from(["inpatient", "injury"])),
        hospital_level=draw(st.sampled_from(["1", "3"])),
        place=draw(st.sampled_from(["local", "elsewhere", "elsewhere_referred"])),
        settled_by_basic=draw(st.booleans()),
        diagnoses=draw(st.sampled_from([(), ("C34.1",), ("J18", "C50")])),
        admitted_on=date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 90))),
        lines=tuple(draw(st.lists(lines, max_size=3))),
        other_amounts_fen={"used_elsewhere": draw(st.sampled_from([0, 50_000]))},
        tags=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"third_party"})])),
    )


@st.composite
def years(draw: st.DrawFn, size: int = 8) -> list[tuple[Person, Bill]]:
    """Bills of a few people, in order."""
    folk = [draw(people(i)) for i in range(3)]
    return [(draw(st.sampled_from(folk)), draw(bills(i))) for i in range(draw(st.integers(1, size)))]
