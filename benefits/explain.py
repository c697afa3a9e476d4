"""Every amount in words: one `TraceStep` per number that a resident could ask about, in Chinese and English.

The sentences are written for a reader of seventy: what was counted, what the person bears first, which part is paid at
which rate, what a cap took away, what is left. The numbers beside them (base, deductible, band, rate, cap) let a
machine or an auditor recompute the step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from benefits.conditions import ALWAYS, FactValue
from benefits.engine import Outcome, Settlement
from benefits.model import BILL_AMOUNTS, Person, TraceStep
from benefits.money import RATE_DENOMINATOR, ROUNDING, percent_text, rate_text, yuan
from benefits.plan import BaseTerm, Exclusion, Plan, WaitingPeriod
from benefits.runs import Run
from benefits.schedule import Band
from benefits.terms import NO_CAP, Adjustment, Terms, TermSet, Text
from benefits.waterfall import LayerOutcome

AMOUNT_NAMES = {
    **{amount.name: Text(amount.zh, amount.en) for amount in BILL_AMOUNTS},
    "in_scope_after_layers": Text(
        "目录内费用经各项医保报销后的个人自付", "catalogue cost left to the person after public insurance"
    ),
    "personal": Text("个人实际负担", "what the person really paid"),
}


def _amount_name(plan: Plan, term: BaseTerm) -> Text:
    if term.residual_of:
        names = [plan.responsibility(key).name for key in term.residual_of]
        return Text(
            "、".join(n.zh for n in names) + "赔付后的剩余费用", "what is left after " + ", ".join(n.en for n in names)
        )
    if term.lines is not None:
        if term.lines.list_key is not None:
            name = plan.lists[term.lines.list_key].name
            return Text(f"“{name.zh}”内的费用", f"items on the list “{name.en}”")
        return Text("符合条件的费用明细", "fee lines that qualify")
    amount = term.amount or ""
    if amount.startswith("in_scope_after_") and amount not in AMOUNT_NAMES:
        layer = next(one for one in plan.layers if amount.endswith(one.key))
        return Text(f"目录内费用经{layer.name.zh}报销后的个人自付", f"catalogue cost left after {layer.name.en}")
    return AMOUNT_NAMES.get(amount, Text(amount, amount))


def parts_by_band(run: Run) -> Iterator[tuple[Band, int]]:
    """The bands that a run reaches, each with the part of the run that lies in it, above the deductible."""
    terms = run.terms
    low = run.base_before - run.deductible_used_before if terms.after_deductible else run.base_before + run.deductible
    high = low + run.base - run.deductible if terms.after_deductible else run.base_before + run.base
    for band in terms.bands:
        part = (high if band.to_fen is None else min(high, band.to_fen)) - max(low, band.from_fen)
        if part > 0:
            yield band, part


class Explanation:
    """Builds the trace of one settlement."""

    def __init__(
        self, plan: Plan, person: Person, facts: Mapping[str, FactValue], settlement: Settlement, reasons: list[Any]
    ) -> None:
        self.plan, self.person, self.facts = plan, person, facts
        self.settlement, self.reasons = settlement, reasons
        self.out: list[TraceStep] = []

    def steps(self) -> list[TraceStep]:
        for reason in self.reasons:
            self.out.append(self._refusal(reason))
        for layer in self.settlement.layers:
            self._layer(layer)
        if self.facts["preexisting"] and not self.reasons:
            self._preexisting()
        for outcome in self.settlement.outcomes:
            if outcome.responsibility.lump_sum:
                self._lump_sum(outcome)
            elif outcome.applies and any(fen for _, fen in outcome.parts):
                self._responsibility(outcome)
        self._total()
        return self.out

    def add(self, kind: str, subject: str, clause: str, zh: str, en: str, **values: Any) -> None:
        self.out.append(TraceStep(kind, subject, clause, zh, en, **values))

    def _refusal(self, reason: Any) -> TraceStep:
        if isinstance(reason, Exclusion):
            return TraceStep(
                "exclusion", reason.key, reason.clause,
                f"本次费用属于“{reason.name.zh}”，不在保障范围内，不予赔付。",
                f"This bill falls under “{reason.name.en}”, which is not insured, so nothing is paid.",
            )  # fmt: skip
        if isinstance(reason, WaitingPeriod):
            until = self._waits_until(reason)
            return TraceStep(
                "waiting", "waiting_period", reason.clause,
                f"保障开始后的前{reason.days}天是等待期，{until}起的费用才能赔付。",
                f"The first {reason.days} days of cover are a waiting period; costs count from {until}.",
            )  # fmt: skip
        return TraceStep(
            "cover", "outside_cover", "",
            "本次费用不在您的保障期内，不予赔付。",
            "This bill lies outside your period of cover, so nothing is paid.",
        )  # fmt: skip

    def _waits_until(self, reason: WaitingPeriod) -> str:
        assert self.person.cover_from is not None  # without it the bill is not decided
        try:
            return (self.person.cover_from + timedelta(days=reason.days)).isoformat()
        except OverflowError:  # cover begins on the calendar's last day
            return date.max.isoformat()

    def _layer(self, outcome: LayerOutcome) -> None:
        name = outcome.layer.name
        if outcome.simulated and outcome.run is not None:
            run = outcome.run
            self.add(
                "layer", outcome.layer.key, outcome.layer.clause,
                f"{name.zh}本次按规定模拟计算：以{yuan(outcome.base)}元为基数，先扣起付线{yuan(run.deductible)}元，视同已报销{yuan(outcome.paid)}元。",
                f"{name.en} is computed as if it had paid: on {yuan(outcome.base)} yuan, after a deductible of "
                f"{yuan(run.deductible)}, it counts as {yuan(outcome.paid)} yuan paid.",
                base_fen=outcome.base, deductible_fen=run.deductible, result_fen=outcome.paid, rounding=ROUNDING,
                rate=_single_rate(run.terms), cap_fen=_cap(run.terms.cap_fen),
            )  # fmt: skip
        elif outcome.paid:
            self.add(
                "layer", outcome.layer.key, outcome.layer.clause,
                f"{name.zh}已经报销{yuan(outcome.paid)}元。",
                f"{name.en} has already paid {yuan(outcome.paid)} yuan.",
                result_fen=outcome.paid,
            )  # fmt: skip

    def _preexisting(self) -> None:
        self.add(
            "preexisting", "preexisting", self.plan.preexisting.clause,
            "按照规则，本次按既往症人群的待遇计算。",
            "By the plan's rule this bill is computed on the terms for pre-existing conditions.",
        )  # fmt: skip

    def _responsibility(self, outcome: Outcome) -> None:
        r = outcome.responsibility
        before = len(self.out)
        self._base(outcome)
        for run in outcome.runs:
            if run.drug and run.base:
                self.add(
                    "base", r.key, r.clause,
                    f"药品{run.drug}：{yuan(run.base)}元。", f"Drug {run.drug}: {yuan(run.base)} yuan.",
                    base_fen=run.base, result_fen=run.base,
                )  # fmt: skip
            self._adjustments(r.key, r.terms, run.terms)
            if not run.terms.covered:
                continue
            self._deductible(outcome, run)
            self._bands(outcome, run)
            self._cuts(outcome, run)
        if before < len(self.out):
            self.add(
                "result", r.key, r.clause,
                f"“{r.name.zh}”本次赔付{yuan(outcome.payable)}元。",
                f"“{r.name.en}” pays {yuan(outcome.payable)} yuan on this bill.",
                base_fen=outcome.base, deductible_fen=outcome.deductible, result_fen=outcome.payable, rounding=ROUNDING,
            )  # fmt: skip

    def _base(self, outcome: Outcome) -> None:
        r = outcome.responsibility
        zh, en = [], []
        for term, fen in outcome.parts:
            if fen:
                name = _amount_name(self.plan, term)
                counted = "" if term.factor == RATE_DENOMINATOR else percent_text(term.factor)
                zh.append(f"{name.zh}{f'按{counted}计入' if counted else ''}{yuan(fen)}元")
                en.append(f"{name.en}{f' (counted at {counted})' if counted else ''} {yuan(fen)}")
        total = sum([fen for _, fen in outcome.parts])
        self.add(
            "base", r.key, r.clause,
            f"计入“{r.name.zh}”的费用共{yuan(total)}元：{'；'.join(zh)}。",
            f"Counted under “{r.name.en}”: {yuan(total)} yuan ({'; '.join(en)}).",
            base_fen=total, result_fen=total,
        )  # fmt: skip
        for limit, excess in outcome.limited:
            if excess:
                self.add(
                    "limit", r.key, limit.clause,
                    f"“{limit.name.zh}”有限额，超出的{yuan(excess)}元不计入。",
                    f"“{limit.name.en}” is limited: {yuan(excess)} yuan above the limit do not count.",
                    cap_fen=limit.eligible_fen, result_fen=total - excess,
                )  # fmt: skip

    def _adjustments(self, subject: str, terms: TermSet, applied: Terms) -> None:
        plain = terms.terms(0)
        for a in applied.applied:
            changes = _changes(a, plain, applied)
            zh = "，".join([c.zh for c in changes]) or "本次条件不变"
            en = ", ".join([c.en for c in changes]) or "nothing changes on this bill"
            self.add(
                a.kind if a.kind in ("reward", "tilt", "preexisting") else "adjustment", subject, a.clause,
                f"适用“{a.name.zh}”：{zh}。", f"“{a.name.en}” applies: {en}.",
                reward=a.name.zh if a.kind == "reward" else None, rate=_single_rate(applied),
                deductible_fen=applied.deductible_fen,
            )  # fmt: skip

    def _deductible(self, outcome: Outcome, run: Run) -> None:
        r = outcome.responsibility
        yearly, shared = run.terms.deductible_fen, Text("", "")
        if r.deductible_pool is not None:
            pool = self.plan.deductible_pools[r.deductible_pool]
            yearly = pool.terms.terms(pool.terms.mask_for(self.facts)).deductible_fen
            whose = (
                Text("全家", "shared by the family")
                if pool.family
                else Text("多项责任", "shared by several responsibilities")
            )
            shared = Text(f"（{whose.zh}共用）", f" ({whose.en})")
        if not yearly:
            return
        span = Text("本次", "this stay") if r.per == "stay" else Text("全年", "the year")
        rest = run.base - run.deductible
        if run.deductible:
            zh = (
                f"起付线{span.zh}{yuan(yearly)}元{shared.zh}，"
                f"本次由您先承担{yuan(run.deductible)}元，余下{yuan(rest)}元可以赔付。"
            )
            en = (
                f"The deductible for {span.en} is {yuan(yearly)} yuan{shared.en}; you bear {yuan(run.deductible)} "
                f"of it on this bill, and {yuan(rest)} yuan remain to be paid on."
            )
        else:
            zh = f"起付线{span.zh}{yuan(yearly)}元{shared.zh}此前已经用完，本次{yuan(rest)}元全部可以赔付。"
            en = (
                f"The deductible for {span.en}, {yuan(yearly)} yuan{shared.en}, is already used up; "
                f"all {yuan(rest)} yuan can be paid on."
            )
        self.add(
            "deductible", r.key, r.clause, zh, en, base_fen=run.base, deductible_fen=run.deductible, result_fen=rest
        )

    def _bands(self, outcome: Outcome, run: Run) -> None:
        r, terms = outcome.responsibility, run.terms
        many = len(terms.bands) > 1
        for band, part in parts_by_band(run):
            exact = part * band.rate
            paid = (2 * exact + RATE_DENOMINATOR) // (2 * RATE_DENOMINATOR)
            name = f"{yuan(band.from_fen)}-{'' if band.to_fen is None else yuan(band.to_fen)}"
            where = Text("", "")
            if many:
                of = (
                    Text("起付线以上", " above the deductible")
                    if terms.after_deductible
                    else Text("累计费用", " of the year's costs")
                )
                where = Text(
                    f"{of.zh}{yuan(band.from_fen)}元"
                    + ("以上" if band.to_fen is None else f"至{yuan(band.to_fen)}元")
                    + "的部分，",
                    f"In the part{of.en} from {yuan(band.from_fen)}"
                    + (" up" if band.to_fen is None else f" to {yuan(band.to_fen)}")
                    + " yuan: ",
                )
            self.add(
                "band", r.key, r.clause,
                f"{where.zh}{yuan(part)}元按{percent_text(band.rate)}赔付，得{yuan(paid)}元。",
                f"{where.en}{yuan(part)} yuan at {percent_text(band.rate)} give {yuan(paid)} yuan.",
                base_fen=part, band=name, rate=rate_text(band.rate), result_fen=paid,
                rounding=ROUNDING if exact % RATE_DENOMINATOR else None,
            )  # fmt: skip
        if run.base > run.deductible and not run.by_bands:
            self.add(
                "band", r.key, r.clause,
                "这部分费用没有对应的赔付比例。", "No rate applies to this part.",
                base_fen=run.base - run.deductible, rate="0",
            )  # fmt: skip

    def _cuts(self, outcome: Outcome, run: Run) -> None:
        r, value = outcome.responsibility, run.by_bands
        for kind, key, after in run.cuts:
            if after < value:
                name, cap, clause = self._cut_name(r.clause, kind, key, run)
                self.add(
                    "compensation" if kind == "compensation" else "limit" if kind == "limit" else "cap", r.key, clause,
                    f"{name.zh}，因此由{yuan(value)}元减为{yuan(after)}元。",
                    f"{name.en}, so {yuan(value)} yuan become {yuan(after)}.",
                    base_fen=value, cap_fen=cap, result_fen=after,
                )  # fmt: skip
                value = after

    def _cut_name(self, clause: str, kind: str, key: str, run: Run) -> tuple[Text, int | None, str]:
        if kind == "pool":
            pool = self.plan.cap_pools[key]
            cap = pool.terms.terms(pool.terms.mask_for(self.facts)).cap_fen
            return (
                Text(f"“{pool.name.zh}”为{yuan(cap)}元", f"the cap “{pool.name.en}” is {yuan(cap)} yuan"),
                cap,
                pool.clause,
            )
        if kind == "stay_cap":
            cap = run.terms.stay_cap_fen
            return Text(f"单次赔付最高{yuan(cap)}元", f"One bill pays at most {yuan(cap)} yuan"), cap, clause
        if kind == "compensation":
            text = Text(
                "赔付不超过您实际自己付出的金额（已扣除其他保险赔付）",
                "Payment never exceeds what you really paid yourself, other insurers' payments counted",
            )
            return text, None, clause
        if kind == "part":
            text = Text(
                "同一笔费用不重复赔付，赔付合计不超过您对该部分的实际负担",
                "The same cost is not paid twice: together at most what you bore of that part",
            )
            return text, None, clause
        if kind == "limit":
            limit = next(one for r in self.plan.responsibilities for one in r.limits if one.key == key)
            text = Text(
                f"“{limit.name.zh}”最高赔付{yuan(limit.payable_fen or 0)}元",
                f"“{limit.name.en}” pays at most {yuan(limit.payable_fen or 0)} yuan",
            )
            return text, limit.payable_fen, limit.clause
        cap = run.terms.cap_fen
        return Text(f"全年最高赔付{yuan(cap)}元", f"At most {yuan(cap)} yuan are paid in a year"), cap, clause

    def _lump_sum(self, outcome: Outcome) -> None:
        r = outcome.responsibility
        if outcome.payable:
            self.add(
                "lump_sum", r.key, r.clause,
                f"“{r.name.zh}”：一次性给付{yuan(outcome.payable)}元。",
                f"“{r.name.en}”: a fixed benefit of {yuan(outcome.payable)} yuan.",
                result_fen=outcome.payable,
            )  # fmt: skip

    def _total(self) -> None:
        """What she paid herself, what is paid, what remains. A layer that is computed for everybody stands for what it
        really pays and is taken off first; one that is computed as if (waiting) is named, for she really paid it."""
        s = self.settlement
        indemnity = sum([o.payable for o in s.outcomes if o.responsibility.compensation])
        computed = [o for o in s.layers if o.simulated and o.paid]
        really = sum([o.paid for o in computed if o.layer.simulate is ALWAYS])
        as_if = sum([o.paid for o in computed]) - really
        own = max(s.personal - really, 0)
        rest = max(own - indemnity, 0)
        zh, en = "", ""
        if really:
            zh = f"各项医保按规定计算报销{yuan(really)}元，"
            en = f"Public insurance pays {yuan(really)} yuan by its rules. "
        zh = f"本次共赔付{yuan(s.payable)}元。{zh}您本次自己付出{yuan(own)}元，赔付后自己承担{yuan(rest)}元。"
        en = (
            f"This bill pays {yuan(s.payable)} yuan in all. {en}You paid {yuan(own)} yourself; "
            f"after the payment {yuan(rest)} yuan remain with you."
        )
        if as_if and rest:
            zh += f"其中{yuan(min(as_if, rest))}元视同已由医保报销，不在赔付之内。"
            en += f" {yuan(min(as_if, rest))} yuan of it count as paid by public insurance and are not paid here."
        self.add("result", "total", "", zh, en, base_fen=own, result_fen=s.payable)


def _single_rate(terms: Terms) -> str | None:
    return rate_text(terms.bands[0].rate) if len(terms.bands) == 1 else None


def _cap(cap_fen: int) -> int | None:
    return None if cap_fen >= NO_CAP else cap_fen


def _changes(a: Adjustment, plain: Terms, applied: Terms) -> list[Text]:
    """What an adjustment did, in words. Several at once: the terms shown are those finally in force."""
    out: list[Text] = []
    if a.covered is False:
        out.append(Text("不予赔付", "nothing is paid"))
    if a.covered is True:
        out.append(Text("可以赔付", "it is paid"))
    out += [one for one in (deductible_change(a, plain, applied), rate_change(a, plain, applied)) if one]
    if a.cap_fen is not None and a.cap_fen >= NO_CAP:
        out.append(Text("不设年度限额", "there is no yearly cap"))
    elif a.cap_fen is not None:
        out.append(Text(f"年度限额变为{yuan(a.cap_fen)}元", f"the yearly cap becomes {yuan(a.cap_fen)} yuan"))
    if a.stay_cap_fen is not None:
        out.append(
            Text(f"单次限额变为{yuan(a.stay_cap_fen)}元", f"the cap per bill becomes {yuan(a.stay_cap_fen)} yuan")
        )
    if a.amount_fen is not None:
        out.append(Text(f"给付金额为{yuan(a.amount_fen)}元", f"the fixed benefit is {yuan(a.amount_fen)} yuan"))
    return out


def deductible_change(a: Adjustment, plain: Terms, applied: Terms) -> Text | None:
    """What an adjustment did to the deductible; None where it left it alone."""
    touched = a.deductible_fen is not None or a.deductible_add_fen is not None or a.deductible_factor is not None
    if not touched or plain.deductible_fen == applied.deductible_fen:
        return None
    old, new = yuan(plain.deductible_fen), yuan(applied.deductible_fen)
    return Text(f"起付线由{old}元变为{new}元", f"the deductible changes from {old} to {new} yuan")


def rate_change(a: Adjustment, plain: Terms, applied: Terms) -> Text | None:
    """What an adjustment did to the rate; None where it left it alone."""
    if a.rate is None and a.rate_add is None and a.rate_factor is None and a.bands is None:
        return None
    old, new = _rates(plain), _rates(applied)
    return Text(f"赔付比例由{old}变为{new}", f"the rate changes from {old} to {new}")


def _rates(terms: Terms) -> str:
    bands = terms.bands
    return percent_text(bands[0].rate) if len(bands) == 1 else "/".join(percent_text(band.rate) for band in bands)
