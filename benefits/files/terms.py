"""The parts that blocks of a plan file have in common: conditions, line selectors, terms with their adjustments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from typing import Any

from benefits.conditions import ALWAYS, Condition, ConditionError, compile_condition, icd_pattern, known_word
from benefits.errors import ParameterNotFound, Problem
from benefits.files.parameters import Parameters
from benefits.files.tree import Path, Tree
from benefits.model import CATALOGUES, LAYERS, LINE_KINDS, amounts_of_role
from benefits.money import RATE_DENOMINATOR
from benefits.plan import FiledList, LineSelector
from benefits.schedule import Band
from benefits.terms import NO_CAP, Adjustment, TermSet, Text

BILL_AMOUNTS = tuple(amount.name for amount in amounts_of_role("total", "part", "within"))
DERIVED_AMOUNTS = ("in_scope_after_layers", *(f"in_scope_after_{layer}" for layer in LAYERS), "personal")
AMOUNTS = (*BILL_AMOUNTS, *DERIVED_AMOUNTS)

OPEN_TERMS = ("rate", "deductible", "cap", "stay_cap", "amount", "lump_sum")
"""Terms that a document may leave open (`not_stated`)."""


def text_of(node: Any) -> Text:
    return Text(node, node) if isinstance(node, str) else Text(node["zh"], node["en"])


def words_of(node: Any) -> frozenset[str]:
    if node is None:
        return frozenset()
    return frozenset(str(one) for one in (node if isinstance(node, list) else [node]))


class TermsCompiler:
    """Reads one tree as it stands on one day; collects problems instead of stopping at the first."""

    def __init__(self, tree: Tree, on: date) -> None:
        self.tree = tree
        self.data = tree.data
        units = self.data["units"]
        since = date.fromisoformat(self.data["in_force"]["from"])
        self.p = Parameters(tree, on, since, units["money"], units["rate"])
        self.on = on
        self.lists = {key: self.filed_list(key, node) for key, node in self.data.get("lists", {}).items()}
        self._per_drug = False
        self._wide: list[tuple[frozenset[str], Adjustment]] | None = None
        self.amounts = (*AMOUNTS, *self.data.get("amounts", []))
        self.keys = [r["key"] for r in self.data.get("responsibilities", [])]

    @property
    def problems(self) -> list[Problem]:
        return self.p.problems

    @property
    def missing(self) -> list[ParameterNotFound]:
        return self.p.missing

    def reference(self, name: str, known: Any, path: Path, what: str) -> None:
        if name not in known:
            near = get_close_matches(name, list(known), n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known) or 'none'}"
            self.p.problem(path, f"there is no {what} named {name}{hint}")

    def condition(self, node: Any, path: Path) -> Condition:
        try:
            condition = compile_condition(node)
        except ConditionError as error:
            self.p.problem((*path, error.key), str(error))
            return ALWAYS
        if "drug" in condition.facts and not self._per_drug:
            self.p.problem(path, "`drug` is known only in the adjustments of a responsibility with `per: drug`")
        return condition

    def known(self, words: frozenset[str], known: tuple[str, ...], path: Path) -> None:
        """Words that nothing ever carries are told, with what was meant."""
        for word in sorted(words):
            try:
                known_word(str(path[-1]), word, known)
            except ConditionError as error:
                self.p.problem(path, str(error))

    def diagnoses(self, codes: list[str], path: Path) -> None:
        for i, code in enumerate(codes):
            try:
                icd_pattern("diagnoses", code)
            except ConditionError as error:
                self.p.problem((*path, i), str(error))

    def clause(self, path: Path) -> str:
        return self.p.source_of(path)[0]

    def filed_list(self, key: str, node: Any) -> FiledList:
        codes = frozenset(str(item["code"]) for item in node["items"] if "code" in item)
        names = frozenset(item["name"] for item in node["items"] if "name" in item)
        return FiledList(key, text_of(node["name"]), self.clause(("lists", key)), codes, names)

    def lines(self, node: Any, path: Path, key: str) -> LineSelector:
        if "list" in node:
            self.reference(node["list"], self.data.get("lists", {}), (*path, "list"), "list")
        kinds, catalogues = words_of(node.get("kind")), words_of(node.get("catalogue"))
        self.known(kinds, LINE_KINDS, (*path, "kind"))
        self.known(catalogues, CATALOGUES, (*path, "catalogue"))
        return LineSelector(
            key,
            node.get("list"),
            kinds,
            catalogues,
            words_of(node.get("tags")),
            words_of(node.get("codes")),
            node.get("measure", "self_paid"),
        )

    def terms(self, node: Any, path: Path, wide: tuple[Adjustment, ...] = ()) -> TermSet:
        """Deductible, bands or rate, basis, caps and adjustments of a layer or responsibility."""
        p = self.p
        if "bands" in node and "rate" in node:
            p.problem((*path, "rate"), "give either `bands` or `rate`, not both")
        bands = p.bands(node.get("bands"), (*path, "bands"))
        if bands is None and "rate" in node:
            rate = p.rate(node["rate"], (*path, "rate"))
            bands = (Band(0, None, rate or 0),)  # not stated: a band that adjustments may still give a rate
        deductible = p.money(node.get("deductible"), (*path, "deductible")) or 0
        cap = p.cap(node.get("cap"), (*path, "cap"))
        stay_cap = p.cap(node.get("stay_cap"), (*path, "stay_cap"))
        amount = p.money(node.get("lump_sum"), (*path, "lump_sum"))
        return TermSet(
            bands or (),
            node.get("band_basis") == "after_deductible",
            deductible,
            NO_CAP if cap is None else cap,
            NO_CAP if stay_cap is None else stay_cap,
            amount or 0,
            (*self.adjustments(node, path), *wide),
            tuple("amount" if name == "lump_sum" else name for name in p.open_of(path, OPEN_TERMS)),
        )

    def adjustments(self, node: Any, path: Path) -> tuple[Adjustment, ...]:
        return tuple(
            self.adjustment(one, (*path, "adjustments", i)) for i, one in enumerate(node.get("adjustments", []))
        )

    def wide(self, key: str) -> tuple[Adjustment, ...]:
        """The plan-wide adjustments that reach a responsibility; they come after its own."""
        if self._wide is None:
            nodes = self.data.get("adjustments", [])
            compiled = self.adjustments(self.data, ())
            for i, node in enumerate(nodes):
                for j, name in enumerate(node.get("responsibilities", [])):
                    self.reference(name, self.keys, ("adjustments", i, "responsibilities", j), "responsibility")
            only = [frozenset(node.get("responsibilities", self.keys)) for node in nodes]
            self._wide = list(zip(only, compiled, strict=True))
        return tuple(adjustment for only, adjustment in self._wide if key in only)

    def adjustment(self, node: Any, path: Path) -> Adjustment:
        p = self.p

        def read(name: str, reader: Callable[[Any, Path], Any]) -> Any:
            return reader(node.get(name), (*path, name))

        changes = {
            "rate": read("rate", p.rate),
            "rate_add": read("rate_add", p.rate),
            "rate_factor": read("rate_factor", lambda n, at: p.rate(n, at, top=10 * RATE_DENOMINATOR)),
            "bands": read("bands", p.bands),
            "deductible_fen": read("deductible", p.money),
            "deductible_add_fen": read("deductible_add", p.money),
            "deductible_factor": read("deductible_factor", lambda n, at: p.rate(n, at, top=10 * RATE_DENOMINATOR)),
            "cap_fen": read("cap", p.cap),
            "stay_cap_fen": read("stay_cap", p.cap),
            "amount_fen": read("amount", p.money),
            "covered": node.get("covered"),
        }
        unstated = p.open_of(path, OPEN_TERMS)
        if all(value is None for value in changes.values()) and not unstated and not p.problems:
            p.problem(path, "changes nothing: give rate, deductible, cap, covered …")
        condition = self.condition(node["if"], (*path, "if"))
        return Adjustment(
            text_of(node["name"]), node["kind"], self.clause(path), condition, **changes, unstated=unstated
        )
