"""The receipt of one bill: from what the person paid herself to what is paid, each difference one line.

Every fen of hers goes one way. Her cost of each part of the bill is counted by a responsibility, or taken off: as a fee
line that is not insured, as a part that nothing counts, as what a layer counts as having paid. What a responsibility
counts becomes what it pays, less its deductible, her own share, and what its limits cut. So the lines add up by the way
they are made, to the fen: start − lines "-" + lines "+" = paid. A responsibility that pays nothing beside one that
does is a single line, with the reason beside it.

`kind` of a line, and what its `subject` names:

    refused                the whole bill: an exclusion, "waiting_period" or "outside_cover"
    excluded               a fee line: the exclusion
    part                   a part of the bill that nothing counts: the amount
    in_part                a part that counts in part only: the responsibility
    layer                  counted as paid by an earlier layer: the layer
    not_itemised, others   the bill's parts are less, or more, than what she paid: ""
    counted, again         what a responsibility counts; what of it stands elsewhere already: the responsibility
    limit, cut             above a limit, in what counts and in what is paid: the limit
    not_covered            an adjustment that takes the cover away: the responsibility
    below_deductible       the whole of a responsibility, swallowed by its deductible: the responsibility
    unpaid                 the whole of a responsibility that pays nothing otherwise: the responsibility
    deductible, share      the responsibility
    unrated                above or below all bands: the responsibility
    cap, stay_cap          the responsibility; pool: the shared cap
    compensation           no more than she really bore: "other_insurers_paid" or "personal"
    twice                  the same cost, paid under another head: the responsibility
    lump_sum               a fixed benefit: the responsibility
    pays                   what a responsibility pays, where several do: the responsibility
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from benefits.conditions import ALWAYS, FactValue
from benefits.engine import Outcome, Settlement
from benefits.explain import AMOUNT_NAMES
from benefits.intake import Intake
from benefits.model import LAYERS, Receipt, ReceiptLine
from benefits.money import RATE_DENOMINATOR, percent_text, yuan
from benefits.plan import Exclusion, Plan, Pool, WaitingPeriod
from benefits.receipt_terms import (
    NOTHING,
    Deductible,
    Group,
    above_limit,
    cuts_of,
    line,
    lines_of,
    outlook_of,
)
from benefits.rooms import BILL_PARTS, parts_of
from benefits.terms import NO_CAP, Terms, Text

BORNE_FIRST = ("over_limit", "out_of_catalogue", "class_b_first", "special_drug")
OWN_COST_INSIDE = Text("医保目录内的费用", "cost inside the catalogue")


class ReceiptOfBill:
    """Makes the receipt of one settlement. pools_before, pools_after: of the year, as `YearSoFar.pools`."""

    def __init__(
        self,
        plan: Plan,
        facts: Mapping[str, FactValue],
        intake: Intake,
        settlement: Settlement,
        reasons: list[Any],
        pools_before: Mapping[str, int],
        pools_after: Mapping[str, int],
    ) -> None:
        self.plan, self.facts, self.intake, self.settlement, self.reasons = plan, facts, intake, settlement, reasons
        self.pools_before, self.pools_after = pools_before, pools_after
        self.lines: list[ReceiptLine] = []
        self.pool_used: dict[str, int] = {}
        for_all = [one.paid for one in settlement.layers if one.simulated and one.layer.simulate is ALWAYS]
        self.computed_for_all = sum(for_all)
        """A layer that is computed for everybody stands for what it really pays."""
        self.own = max(settlement.personal - self.computed_for_all, 0)

    def made(self) -> Receipt:
        if self.reasons:
            self.add(self._refused(self.reasons[0]))
            return Receipt(self.own, tuple(self.lines), 0)
        left = self._costs()
        groups = [group for group in (self._counted(one, left) for one in self.settlement.outcomes) if group.total]
        shown = [one for one in groups if one.outcome.payable]
        if not shown and groups:
            shown = [max(groups, key=lambda one: one.total - one.again)]
        deductibles = {one.key: self._deductible(one) for one in groups}
        unfolded = {one.key for one in shown}
        for one in groups:
            if one.key not in unfolded:
                self.add(self._folded(one, deductibles[one.key]))
        self._uncounted(left, groups)
        self.add(*self._excluded())
        alone = len(shown) == 1 and not self.lines
        for one in shown:
            self.add(*self._group(one, deductibles[one.key], alone=alone, several=len(shown) > 1))
        for outcome in self.settlement.outcomes:
            r = outcome.responsibility
            if r.lump_sum and outcome.payable:
                self.add(line("lump_sum", outcome.payable, r.key, r.name, sign="+"))
        ahead = (outlook_of(one, deductibles[one.key]) for one in groups)
        return Receipt(self.own, tuple(self.lines), self.settlement.payable, tuple([one for one in ahead if one]))

    def add(self, *lines: ReceiptLine) -> None:
        """A line that says nothing is none."""
        self.lines += [one for one in lines if one.amount_fen]

    # what she paid, part by part ---------------------------------------------------------------------------

    def _refused(self, reason: Any) -> ReceiptLine:
        if isinstance(reason, Exclusion):
            return line("refused", self.own, reason.key, _not_paid(reason.name))
        if isinstance(reason, WaitingPeriod):
            name = Text(f"不赔：等待期{reason.days}天内的费用", f"Within the waiting period of {reason.days} days")
            return line("refused", self.own, "waiting_period", name)
        name = Text("不赔：不在保障期内的费用", "Outside the period of cover")
        return line("refused", self.own, "outside_cover", name)

    def _costs(self) -> dict[str, int]:
        """Her cost of each part of the bill, without what is not insured: inside the catalogue, what no fund paid."""
        amounts = self.intake.amounts
        left = {part: amounts[part] for part in (*BILL_PARTS, *self.plan.amounts)}
        left["in_scope"] = max(left["in_scope"] - self._funds, 0)
        return left

    @property
    def _funds(self) -> int:
        recorded: int = sum([self.intake.amounts[f"{layer}_paid"] for layer in LAYERS])
        return recorded + int(self.computed_for_all)

    @property
    def _taken_inside(self) -> int:
        """What excluded lines took out of her own cost inside the catalogue: the funds may have paid for them."""
        net = self.intake.amounts["in_scope"]
        gross = net + sum([one.inside for one in self.intake.taken_out])
        return max(gross - self._funds, 0) - max(net - self._funds, 0)

    def _excluded(self) -> Iterator[ReceiptLine]:
        left = self._taken_inside if self.intake.taken_out else 0
        for one in self.intake.taken_out:
            inside = min(one.inside, left)
            left -= inside
            key = one.selector.removeprefix("exclusion:")
            exclusion = next(each for each in self.plan.exclusions if each.key == key)
            note = Text("其余已由医保报销", "the rest was paid by public insurance") if inside < one.inside else NOTHING
            yield line("excluded", inside + one.outside, key, _not_paid(exclusion.name), note, place=one.place)

    def _counted(self, outcome: Outcome, left: dict[str, int]) -> Group:
        """What a responsibility counts, taken out of what is left of the parts."""
        group = Group(outcome)
        for term, fen in outcome.parts:
            if not fen:
                continue
            group.total += fen
            mine = parts_of(term, self.plan.amounts)
            for part, rest in left.items():
                if fen and part in mine:
                    taken = min(fen, rest)
                    left[part] = rest - taken
                    fen -= taken
                    group.parts.append(part)
            group.again += fen
        return group

    def _uncounted(self, left: dict[str, int], groups: list[Group]) -> None:
        """What no responsibility counted of her costs, and by how much the bill's parts and what she paid are apart."""
        apart = sum(left.values()) + sum([one.total - one.again for one in groups]) - self.own
        if self.intake.taken_out:
            apart += self._taken_inside + sum([one.outside for one in self.intake.taken_out])
        self._counted_as_paid(left, groups)
        if apart > 0:  # what others bore of the bill is first of all what nothing counts
            for part in (*BORNE_FIRST, *self.plan.amounts, "in_scope"):
                borne = min(apart, left[part])
                left[part] -= borne
                apart -= borne
        self.add(*[self._part(part, fen, groups) for part, fen in left.items() if fen])
        if apart < 0:
            self.add(line("not_itemised", -apart, "", Text("账单上没有分项的费用", "Not itemised on the bill")))
        elif apart:
            others = Text("账单上由别处负担的费用", "On the bill, borne by others")
            self.add(line("others", apart, "", others, sign="+"))

    def _counted_as_paid(self, left: dict[str, int], groups: list[Group]) -> None:
        """Layers that are computed as if they had paid: what she paid in their place does not count."""
        for outcome in self.settlement.layers:
            if outcome.simulated and outcome.paid and outcome.layer.simulate is not ALWAYS:
                if not any("in_scope" in one.parts for one in groups):
                    return
                fen = min(outcome.paid, left["in_scope"])
                left["in_scope"] -= fen
                name = outcome.layer.name
                self.add(
                    line("layer", fen, outcome.layer.key, Text(f"视同{name.zh}已报销", f"Counted as paid by {name.en}"))
                )

    def _part(self, part: str, fen: int, groups: list[Group]) -> ReceiptLine:
        name = _amount_name(part)
        for one in groups:
            for term, counted in one.outcome.parts:
                if counted and term.factor < RATE_DENOMINATOR and part in parts_of(term, self.plan.amounts):
                    rate = percent_text(term.factor)
                    said = Text(f"{name.zh}只按{rate}计入", f"{name.en}: counted at {rate} only")
                    return line("in_part", fen, one.key, said)
        return line("part", fen, part, name)

    # from what counts to what is paid ------------------------------------------------------------------------

    def _folded(self, group: Group, deductible: Deductible | None) -> ReceiptLine:
        """One line for a responsibility that pays nothing while others do, or count more."""
        outcome, of = group.outcome, group.name
        parts = set(group.parts)
        name = _amount_name(next(iter(parts))) if len(parts) == 1 else of
        fen = group.total - group.again
        if deductible is not None and outcome.deductible == group.total:
            stands = deductible.stands(outcome.responsibility.per)
            note = Text(f"按“{of.zh}”计算，没有达到起付线：{stands.zh}", f"{of.en}, below its deductible: {stands.en}")
            return line("below_deductible", fen, group.key, name, note, **deductible.figures)
        inner = [one for one in self._group(group, deductible, alone=True, several=False) if one.sign == "-"]
        most = max(inner, key=lambda one: one.amount_fen)
        note = Text(f"按“{of.zh}”计算：{most.zh}", f"{of.en}: {most.en[:1].lower()}{most.en[1:]}")
        return line("unpaid", fen, group.key, name, note)

    def _group(
        self, group: Group, deductible: Deductible | None, *, alone: bool, several: bool
    ) -> Iterable[ReceiptLine]:
        """alone: what counts is what she paid. several: others pay too."""
        name, lines = group.name, list(lines_of(self.plan, group, deductible))
        if not alone or group.again:  # after what is added, before what is taken off
            said = Text(f"计入“{name.zh}”", f"Counts as {name.en}")
            lines.insert(1 if group.again else 0, line("counted", group.total, group.key, said, sign="="))
        lines += [self._cut(group, kind, key, fen) for (kind, key), fen in cuts_of(group).items()]
        if several:
            said = Text(f"“{name.zh}”赔付", f"{name.en} pays")
            lines.append(line("pays", group.outcome.payable, group.key, said, sign="="))
        return lines

    def _cut(self, group: Group, kind: str, key: str, fen: int) -> ReceiptLine:
        terms = group.runs[0].terms
        if kind == "pool":
            pool = self.plan.cap_pools[key]
            return line("pool", fen, key, above_limit(pool.name), _at_most(self._terms_of(pool).cap_fen))
        if kind == "limit":
            limit = next(one for one in group.outcome.responsibility.limits if one.key == key)
            return line("cut", fen, key, above_limit(limit.name), _at_most(limit.payable_fen or 0))
        if kind == "compensation":
            return self._compensation(fen)
        if kind == "part":
            return line("twice", fen, group.key, Text("同一笔费用已经赔过", "The same cost, paid already"))
        if kind == "stay_cap":
            name = Text("超过单次最高赔付额", "Above the most that one bill pays")
            return line("stay_cap", fen, group.key, name, _at_most(terms.stay_cap_fen))
        name = Text("超过全年最高赔付额", "Above the most that a year pays")
        return line("cap", fen, group.key, name, _at_most(terms.cap_fen))

    def _compensation(self, fen: int) -> ReceiptLine:
        others, personal = self.intake.amounts["other_insurers_paid"], yuan(self.settlement.personal)
        if not others:
            name = Text("超过实际付出的部分", "Above what was really paid")
            return line("compensation", fen, "personal", name)
        note = Text(
            f"别的保险赔了{yuan(others)}元，合计不超过自己付的{personal}元",
            f"it paid {yuan(others)} yuan; together no more than the {personal} yuan paid",
        )
        return line("compensation", fen, "other_insurers_paid", Text("别的保险已经赔过", "Another insurer paid"), note)

    # the deductible of the year ------------------------------------------------------------------------------

    def _terms_of(self, pool: Pool) -> Terms:
        return pool.terms.terms(pool.terms.mask_for(self.facts))

    def _deductible(self, group: Group) -> Deductible | None:
        """None where there is none, or one for each drug."""
        r, used = group.outcome.responsibility, group.outcome.deductible
        if r.deductible_pool is not None:
            pool = self.plan.deductible_pools[r.deductible_pool]
            terms = self._terms_of(pool)
            before = self._pool_before(pool) + self.pool_used.get(pool.key, 0)
            self.pool_used[pool.key] = self.pool_used.get(pool.key, 0) + used
            return Deductible(terms.deductible_fen, before, used, pool.terms, terms) if terms.deductible_fen else None
        if len(group.runs) != 1 or not group.runs[0].terms.deductible_fen:
            return None
        run = group.runs[0]
        return Deductible(run.terms.deductible_fen, run.deductible_used_before, used, r.terms, run.terms)

    def _pool_before(self, pool: Pool) -> int:
        """What a year of which only sums are known had used is reckoned from the terms, so it is read from the end."""
        key = f"deductible:{pool.key}"
        if pool.counted_by is not None:
            return self.pools_before.get(key, 0)
        mine = [o.deductible for o in self.settlement.outcomes if o.responsibility.deductible_pool == pool.key]
        return self.pools_after.get(key, 0) - int(sum(mine))


def _not_paid(name: Text) -> Text:
    return Text(f"不赔：{name.zh}", f"Not paid for: {name.en}")


@cache
def _amount_name(part: str) -> Text:
    """As the amounts of a bill are called everywhere, at the head of a line."""
    name = OWN_COST_INSIDE if part == "in_scope" else AMOUNT_NAMES.get(part, Text(part, part))
    return Text(name.zh, name.en[:1].upper() + name.en[1:])


def _at_most(cap_fen: int) -> Text:
    return NOTHING if cap_fen >= NO_CAP else Text(f"最多{yuan(cap_fen)}元", f"at most {yuan(cap_fen)} yuan")
