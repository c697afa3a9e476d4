"""A checked tree → a `Plan` for one day. Finds what a schema cannot: references, overlaps, missing dates, sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benefits.conditions import ALWAYS
from benefits.files.terms import TermsCompiler, text_of
from benefits.files.tree import Path
from benefits.model import ENCOUNTER_TYPES, LAYERS, amounts_of_role
from benefits.money import RATE_DENOMINATOR
from benefits.plan import (
    BaseTerm,
    Continuity,
    Exclusion,
    Layer,
    Limit,
    Plan,
    Pool,
    PreexistingRule,
    PremiumLine,
    Responsibility,
    WaitingPeriod,
)
from benefits.rooms import kept_apart, minus_of, parts_of, same_lines, shared_by
from benefits.terms import NO_CAP, Adjustment, TermSet, Text

LAYER_NAMES = {amount.name.removesuffix("_paid"): Text(amount.zh, amount.en) for amount in amounts_of_role("layer")}


def _pool_terms(kind: str, amount: int | None, adjustments: tuple[Adjustment, ...], *, unstated: bool) -> TermSet:
    """A pool's amount stands where an adjustment of that kind would change it: as a deductible or as a cap."""
    if kind == "deductibles":
        return TermSet((), False, amount or 0, NO_CAP, NO_CAP, 0, adjustments, ("deductible",) if unstated else ())
    return TermSet((), False, 0, amount or 0, NO_CAP, 0, adjustments, ("cap",) if unstated else ())


class Compiler(TermsCompiler):
    """Compiles one tree for one day. `plan()` returns the plan, or None when `problems` is not empty."""

    @property
    def layer_order(self) -> tuple[str, ...]:
        """As `layer_order:` says; layers that it leaves out follow in the usual order."""
        named = tuple(dict.fromkeys(self.data.get("layer_order", [])))
        return (*named, *(key for key in LAYERS if key not in named))

    def plan(self) -> Plan | None:
        data, p = self.data, self.p
        pools = data.get("pools", {})
        layers = self.layers(data.get("waterfall", []))
        deductible_pools = self.deductible_pools(pools.get("deductibles", {}), layers)
        cap_pools = self.pools(pools.get("caps", {}), ("pools", "caps"))
        self.total_cap(cap_pools)
        if len(set(self.keys)) < len(self.keys):
            for i, key in enumerate(self.keys):
                if key in self.keys[:i]:
                    p.problem(("responsibilities", i, "key"), f"{key} is used by an earlier responsibility")
        plan = Plan(
            id=data["id"],
            name=text_of(data["name"]),
            kind=data["kind"],
            source=data["source"],
            on=self.on,
            premiums=tuple(self.premium(n, ("premium", i)) for i, n in enumerate(data.get("premium", []))),
            preexisting=self.preexisting(data.get("preexisting", {"rule": "none"}), ("preexisting",)),
            waiting=tuple(self.waiting(n, ("waiting_period", i)) for i, n in enumerate(data.get("waiting_period", []))),
            exclusions=tuple(self.exclusion(n, ("exclusions", i)) for i, n in enumerate(data.get("exclusions", []))),
            lists=self.lists,
            layers=layers,
            deductible_pools=deductible_pools,
            cap_pools=cap_pools,
            responsibilities=self.responsibilities(deductible_pools, cap_pools),
            amounts=tuple(data.get("amounts", [])),
            parameters=tuple(p.rows),
            assumptions=tuple(data.get("assumptions", [])),
            continuity=self.continuity(data.get("continuity"), ("continuity",)),
        )
        return None if p.problems else plan

    def responsibilities(self, deductibles: dict[str, Pool], caps: dict[str, Pool]) -> tuple[Responsibility, ...]:
        nodes = enumerate(self.data.get("responsibilities", []))
        if "responsibilities" not in self.data and not any("simulate" in n for n in self.data.get("waterfall", [])):
            self.p.problem((), "needs `responsibilities:`, or a `waterfall:` whose layers are simulated")
        plain = [self.responsibility(node, ("responsibilities", i), deductibles, caps) for i, node in nodes]
        for j, one in enumerate(plain):
            for earlier in plain[:j]:
                if one.compensation and earlier.compensation and same_lines(earlier, one, self.lists):
                    self.p.problem(
                        ("responsibilities", j),
                        f"may count the same lines as {earlier.key}, and one cost is paid once: take them out with "
                        f"`minus: [{earlier.key}]`, or keep them apart with `if` or other marks",
                    )
                if one.key in minus_of(earlier) and earlier.key in minus_of(one):
                    self.p.problem(
                        ("responsibilities", j),
                        f"and {earlier.key} take each other's lines out: a line of both would be paid by nobody",
                    )
        shared = shared_by(plain, tuple(self.data.get("amounts", [])), self.lists)
        return tuple(replace(one, shared_parts=shared[one.key]) for one in plain)

    def total_cap(self, caps: dict[str, Pool]) -> None:
        """`total_cap:` is a cap that all responsibilities share, under a name that no other may take."""
        if "total" in caps:
            self.p.problem(
                ("pools", "caps", "total"), "is the name of `total_cap:`: write that, or choose another name"
            )
        if self.data.get("total_cap") is not None:
            path = ("total_cap",)
            amount = self.p.cap(self.data["total_cap"], path)
            terms = _pool_terms("caps", amount, (), unstated=path in self.p.unstated)
            caps["total"] = Pool("total", Text("年度总限额", "yearly total cap"), self.clause(path), False, terms)

    def pools(self, nodes: dict[str, Any], path: Path) -> dict[str, Pool]:
        return {key: self.pool(key, node, (*path, key)) for key, node in nodes.items()}

    def pool(self, key: str, node: Any, path: Path) -> Pool:
        if "amount" not in node and "counted_by" not in node:
            self.p.problem(path, "`amount:` is missing")
        if "counted_by" in node and path[1] == "caps":
            self.p.problem((*path, "counted_by"), "is for deductibles: no other scheme counts what we pay")
        amount = self.p.money(node.get("amount"), (*path, "amount"))
        unstated = (*path, "amount") in self.p.unstated
        terms = _pool_terms(str(path[1]), amount, self.adjustments(node, path), unstated=unstated)
        return Pool(key, text_of(node["name"]), self.clause(path), node.get("shared_by") == "family", terms)

    def deductible_pools(self, nodes: dict[str, Any], layers: tuple[Layer, ...]) -> dict[str, Pool]:
        out = self.pools(nodes, ("pools", "deductibles"))
        for key, node in nodes.items():
            if "counted_by" in node:
                out[key] = self.counted_elsewhere(out[key], node, layers)
        return out

    def counted_elsewhere(self, pool: Pool, node: Any, layers: tuple[Layer, ...]) -> Pool:
        """A deductible that another scheme counts: a simulated layer's own, or one whose use the bill tells."""
        path, by = ("pools", "deductibles", pool.key, "counted_by"), node["counted_by"]
        own = self.data.get("amounts", [])
        if pool.family:
            self.p.problem(path, "another scheme counts for one person: leave out `shared_by: family`")
        layer = next((one for one in layers if one.key == by), None)
        if layer is None:
            self.reference(by, (*LAYERS, *own), path, "layer or amount")
        elif layer.simulate is not ALWAYS:
            self.p.problem(path, f"{by} is not always simulated: name an amount under `amounts:` that bills carry")
        elif layer.per_stay:
            self.p.problem(path, f"{by} has a deductible for each stay: only a yearly one can be counted here")
        terms = layer.terms if layer is not None and "amount" not in node else pool.terms
        if layer is None and "amount" not in node:
            self.p.problem(path[:-1], "`amount:` is missing")
        return replace(pool, terms=terms, counted_by=by)

    def premium(self, node: Any, path: Path) -> PremiumLine:
        amount = self.p.money(node["amount"], (*path, "amount"))
        fen = None if (*path, "amount") in self.p.unstated else amount or 0
        return PremiumLine(text_of(node["who"]), self.condition(node.get("if"), (*path, "if")), fen, self.clause(path))

    def preexisting(self, node: Any, path: Path) -> PreexistingRule:
        if node["rule"] == "diagnoses" and not node.get("diagnoses"):
            self.p.problem(path, "rule: diagnoses needs a list of ICD-10 codes under `diagnoses:`")
        if node["rule"] == "earlier_benefit" and not node.get("benefits"):
            self.p.problem(path, "rule: earlier_benefit needs `benefits:`, which earlier payments count")
        self.diagnoses(node.get("diagnoses", []), (*path, "diagnoses"))
        return PreexistingRule(
            node["rule"],
            self.clause(path) if node["rule"] != "none" else "",
            tuple(node.get("diagnoses", [])),
            frozenset(node.get("benefits", [])),
            self.p.whole(node.get("within_years"), (*path, "within_years"), "years"),
            node.get("same_disease_only", False),
            self.p.whole(node.get("lifted_after_years"), (*path, "lifted_after_years"), "years"),
            node.get("counted_from") == "first_cover",
        )

    def continuity(self, node: Any, path: Path) -> Continuity | None:
        if node is None:
            return None
        forgiven = self.p.whole(node.get("break_forgiven"), (*path, "break_forgiven"), "days")
        late = self.p.whole(node.get("late_renewal"), (*path, "late_renewal"), "days")
        return Continuity(self.clause(path), forgiven or 0, late or 0)

    def waiting(self, node: Any, path: Path) -> WaitingPeriod:
        days = self.p.whole(node["days"], (*path, "days"), "days")
        condition = self.condition(node.get("if"), (*path, "if"))
        exempt = frozenset(node.get("except_encounters", []))
        self.known(exempt, ENCOUNTER_TYPES, (*path, "except_encounters"))
        return WaitingPeriod(days or 0, self.clause(path), condition, exempt)

    def exclusion(self, node: Any, path: Path) -> Exclusion:
        if "if" not in node and "lines" not in node:
            self.p.problem(
                path, "needs `if:` (whole bills) or `lines:` (some lines), otherwise it would exclude everything"
            )
        lines = self.lines(node["lines"], (*path, "lines"), f"exclusion:{node['key']}") if "lines" in node else None
        return Exclusion(
            node["key"], text_of(node["name"]), self.clause(path), self.condition(node.get("if"), (*path, "if")), lines
        )

    def layers(self, nodes: list[Any]) -> tuple[Layer, ...]:
        """All six layers in the order in which they pay; those a plan does not describe are read from the bill."""
        described: dict[str, Layer] = {}
        for i, node in enumerate(nodes):
            key, path = node["layer"], ("waterfall", i)
            if key in described:
                self.p.problem((*path, "layer"), f"{key} is described twice")
            described[key] = self.layer(node, path)
        nothing = TermSet((), False, 0, NO_CAP, NO_CAP, 0, ())
        return tuple(
            described.get(key) or Layer(key, LAYER_NAMES[key], "", None, "remaining", None, False, nothing)
            for key in self.layer_order
        )

    def layer(self, node: Any, path: Path) -> Layer:
        key = node["layer"]
        wanted = node.get("simulate", "never")
        simulate = (
            None if wanted == "never" else ALWAYS if wanted == "always" else self.condition(wanted, (*path, "simulate"))
        )
        if simulate is not None and "bands" not in node and "rate" not in node:
            self.p.problem(path, "a layer that is simulated needs `bands` or `rate`")
        takes, takes_from = node.get("takes", "remaining"), None
        if isinstance(takes, dict):
            ((name, takes_from),) = takes.items()
            takes = name.removesuffix("_of")
            earlier = self.layer_order[: self.layer_order.index(key)]
            self.reference(takes_from, earlier, (*path, "takes", name), "earlier layer")
        name = text_of(node["name"]) if "name" in node else LAYER_NAMES[key]
        per_stay = node.get("per") == "stay"
        return Layer(key, name, self.clause(path), simulate, takes, takes_from, per_stay, self.terms(node, path))

    def base_term(self, node: Any, path: Path, owner: str, index: int) -> BaseTerm:
        p = self.p
        if "amount" in node:
            self.reference(node["amount"], self.amounts, (*path, "amount"), "amount")
        for i, name in enumerate(node.get("minus_amounts", [])):
            self.reference(name, self.amounts, (*path, "minus_amounts", i), "amount")
        for part in ("minus", "residual_of"):
            for i, name in enumerate(node.get(part, [])):
                self.reference(name, self.keys, (*path, part, i), "responsibility")
                if part == "residual_of" and name in self.keys and self.keys.index(name) >= self.keys.index(owner):
                    p.problem(
                        (*path, part, i), f"{name} must stand above {owner}: a residual is computed after the others"
                    )
        lines = self.lines(node["lines"], (*path, "lines"), f"{owner}:{index}") if "lines" in node else None
        factor = p.rate(node.get("factor"), (*path, "factor"))
        return BaseTerm(
            node.get("amount"),
            lines,
            tuple(node.get("residual_of", [])),
            RATE_DENOMINATOR if factor is None else factor,
            tuple(node.get("minus", [])),
            tuple(node.get("minus_amounts", [])),
            self.condition(node.get("if"), (*path, "if")),
        )

    def limit(self, node: Any, path: Path, owner: str) -> Limit:
        p = self.p
        limit = Limit(
            f"{owner}:{node['key']}",
            text_of(node["name"]),
            self.clause(path),
            self.lines(node["lines"], (*path, "lines"), f"{owner}:limit:{node['key']}") if "lines" in node else None,
            node["per"],
            p.money(node.get("eligible"), (*path, "eligible")),
            p.money(node.get("payable"), (*path, "payable")),
            p.whole(node.get("count"), (*path, "count"), "items"),
        )
        if limit.eligible_fen is None and limit.payable_fen is None and limit.count is None and not p.problems:
            p.problem(path, "limits nothing: give eligible, payable or count")
        if sum(value is not None for value in (limit.eligible_fen, limit.payable_fen, limit.count)) > 1:
            p.problem(path, "give one of eligible, payable, count; write further limits as their own entries")
        if limit.count is not None and limit.per not in ("month", "quarter", "year"):
            p.problem((*path, "count"), "a count is per year, quarter or month: write `per: year`")
        if limit.lines is None and (limit.count is not None or limit.per == "item"):
            p.problem(path, "needs `lines:`: only lines can be counted or limited one by one")
        return limit

    def responsibility(
        self, node: Any, path: Path, deductibles: dict[str, Pool], caps: dict[str, Pool]
    ) -> Responsibility:
        p, key = self.p, node["key"]
        lump = "lump_sum" in node
        if lump and ("bands" in node or "rate" in node or "base" in node):
            p.problem((*path, "lump_sum"), "a lump sum has no base, bands or rate")
        if not lump and "base" not in node:
            p.problem(path, "needs `base:`, what it counts")
        if not lump and "bands" not in node and "rate" not in node:
            p.problem(path, "needs `bands` or `rate`")
        if "shared_deductible" in node:
            self.reference(node["shared_deductible"], deductibles, (*path, "shared_deductible"), "shared deductible")
            if "deductible" in node:
                p.problem((*path, "deductible"), "give either `deductible` or `shared_deductible`, not both")
        shared_caps = list(node.get("shared_caps", []))
        for i, name in enumerate(shared_caps):
            self.reference(name, caps, (*path, "shared_caps", i), "shared cap")
        if "total" in caps and "total" not in shared_caps:
            shared_caps.append("total")
        base = tuple(self.base_term(n, (*path, "base", i), key, i) for i, n in enumerate(node.get("base", [])))
        self.counted_once(key, base, path)
        condition, wide = self.condition(node.get("if"), (*path, "if")), self.wide(key)
        self._per_drug = node.get("per") == "drug"
        terms = self.terms(node, path, wide)
        self._per_drug = False
        return Responsibility(
            key=key,
            name=text_of(node["name"]),
            clause=self.clause(path),
            condition=condition,
            base=base,
            per=node.get("per", "year"),
            terms=terms,
            deductible_pool=node.get("shared_deductible"),
            cap_pools=tuple(shared_caps),
            limits=tuple(self.limit(n, (*path, "limits", i), key) for i, n in enumerate(node.get("limits", []))),
            lump_sum=lump,
            compensation=node.get("compensation", not lump),
        )

    def counted_once(self, key: str, base: tuple[BaseTerm, ...], path: Path) -> None:
        """No fen may stand twice in one base."""
        own = tuple(self.data.get("amounts", []))
        for j, term in enumerate(base):
            for i, earlier in enumerate(base[:j]):
                common = parts_of(earlier, own) & parts_of(term, own)
                if common and not kept_apart(earlier, term, key, key, self.lists):
                    self.p.problem(
                        (*path, "base", j),
                        f"counts a second time what base[{i}] counts ({', '.join(sorted(common))}): take one out of "
                        "the other with `minus` or `minus_amounts`, or keep them apart with `if`",
                    )
