"""The facts on which a payment hangs, at the desk: what is known and from where, what is not, and the form for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

import benefits
from claims import actions, computation, errors
from claims.facts import Gathered, Known, gather
from claims.facts.kinds import YES_NO, Choices
from claims.facts.of_lines import PREFIX
from claims.facts.table import GATHERED, Supplied
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimBill, Decision, FactFinding
from core.actors import Actor
from products.models import FiledList
from products.suppliers import Source


@dataclass(frozen=True)
class FactRow:
    """value: in words, "" for what is unknown, and then why. settle: query of the form; "" when nobody may, or nobody
    knows better. said: source and day."""

    name: str
    value: str
    why: str
    said: str
    reason: str
    settle: str

    @property
    def is_unknown(self) -> bool:
        return not self.value


@dataclass(frozen=True)
class LineRow:
    """A fee line with what the plan's rules see in it."""

    name: str
    quantity: str
    amount_fen: int
    outside_fen: int
    tags: str
    settle: str


@dataclass(frozen=True)
class BillFacts:
    bill: ClaimBill
    rows: list[FactRow]
    lines: list[LineRow]

    @property
    def has_unknown(self) -> bool:
        return any(row.is_unknown for row in self.rows)


def settles(claim: Claim, actor: Actor) -> bool:
    return claim.state == ClaimState.UNDER_REVIEW and claim.reviewer_id == actor.user_id


def of(claim: Claim, actor: Actor, decision: Decision | None) -> list[BillFacts]:
    """Bill by bill: those that a decision stands on; before there is one, those known now, unknown ones first."""
    if decision is not None:
        return [BillFacts(row.bill, _sealed_rows(row.facts or {}), []) for row in decision.bills.all()]
    terms = computation.terms_of(claim)
    may = settles(claim, actor)
    return [_bill_facts(claim, bill, terms.on(bill.admitted_on), may=may) for bill in claim.bills.all()]


def _bill_facts(claim: Claim, bill: ClaimBill, plan: benefits.Plan, *, may: bool) -> BillFacts:
    known = gather(claim, bill, plan)
    rows = [_row(known, name, may=may) for name in known.facts if GATHERED[name].shown]
    if known.lines.unknown:
        rows.append(FactRow(gettext("Fee lines"), "", str(known.lines.unknown.why), "", "", ""))
    return BillFacts(bill, sorted(rows, key=lambda row: not row.is_unknown), _lines(known, may=may))


def _sealed_rows(facts: dict[str, Any]) -> list[FactRow]:
    shown = {name: said for name, said in facts.items() if name in GATHERED and GATHERED[name].shown}
    return [
        FactRow(
            name=str(GATHERED[name].says),
            value=_value(GATHERED[name], said["value"]),
            why="",
            said=" · ".join(filter(None, (str(Source(said["source"]).label), said["on"]))),
            reason="",
            settle="",
        )
        for name, said in shown.items()
    ]


def _row(known: Gathered, name: str, *, may: bool) -> FactRow:
    supplied, fact = GATHERED[name], known.facts[name]
    finding = known.subject.findings.get((name, None))
    counts = finding is not None and finding.value is not None
    settle = _query(known.subject.bill, fact=name) if may and supplied.finds else ""
    if not isinstance(fact, Known):
        needed = name in known.unknown
        value = "" if needed else gettext("not needed: a reviewer has found it")
        return FactRow(str(supplied.says), value, str(fact.why), "", "", settle)
    return FactRow(
        name=str(supplied.says),
        value=_value(supplied, fact.value),
        why="",
        said=_said(fact, finding if counts else None),
        reason=finding.reason if finding is not None and counts else "",
        settle=settle,
    )


def _said(fact: Known, finding: FactFinding | None) -> str:
    who = finding.found_by.display_name if finding else str(Source(fact.source).label)
    return f"{who} · {fact.on:%Y-%m-%d}" if fact.on else who


def _value(supplied: Supplied, value: Any) -> str:
    if supplied.name == "person.preexisting" and value is None:
        return gettext("as the plan reckons it from the diagnoses below")
    if supplied.finds is not None:
        return supplied.finds.shown(value)
    if supplied.name == "person.known_diagnoses":
        dated = ((one["code"], one["on"]) if isinstance(one, dict) else (one.code, one.on) for one in value)
        return _list(f"{code} ({on})" for code, on in dated) or pgettext("finding", "none")
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def _lines(known: Gathered, *, may: bool) -> list[LineRow]:
    bill, names = known.subject.bill, _tag_names(known)
    return [
        LineRow(
            name=line["name"] or line["code"],
            quantity=str(line.get("exact_quantity", line["quantity"])),
            amount_fen=line["amount_fen"],
            outside_fen=benefits.BillLine(**_engine(line)).self_paid_fen,
            tags=_list(names.get(tag, tag) for tag in sorted(tags)),
            settle=urlencode({"do": "find", "bill": bill.position, "line": position})
            if may and known.asked_tags
            else "",
        )
        for position, (line, tags) in enumerate(zip(bill.lines, known.lines.tags, strict=True))
    ]


def _engine(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("amount_fen", "catalogue", "out_of_catalogue_fen")}


def _tag_names(known: Gathered) -> dict[str, str]:
    """A tag is called what its list is called."""
    lists = FiledList.objects.filter(scheme=known.subject.policy.plan_year.scheme_id, key__in=known.asked_tags)
    return {one.key: one.name for one in lists}


def _query(bill: ClaimBill, **about: str | int) -> str:
    return urlencode({"do": "find", "bill": bill.position, **about})


def _list(words: Iterable[str]) -> str:
    return "、".join(words)


# the form ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FindingForm:
    """title: the fact, or the fee line. facts: tags to choose from, for a line. choices: none for what is typed."""

    title: str
    fact: str
    facts: Choices
    choices: Choices
    hint: str
    bill: str
    line: str


def form_of(request: HttpRequest, claim: Claim) -> FindingForm:
    """Raises no_such_fact for what the page does not offer."""
    sent = {name: request.GET.get(name) or request.POST.get(name) or "" for name in ("fact", "bill", "line")}
    bill = claim.bills.filter(position=_number(sent["bill"])).first()
    if bill is None:
        raise errors.no_such_fact()
    if sent["line"]:
        return _line_form(claim, bill, sent)
    supplied = GATHERED.get(sent["fact"])
    if supplied is None or supplied.finds is None:
        raise errors.no_such_fact()
    hint = _("Their names with “、” between them, or “none”.") if supplied.name == "person.assistance" else ""
    position = sent["bill"] if supplied.of_bill else ""
    return FindingForm(str(supplied.says), supplied.name, (), supplied.finds.choices, str(hint), position, "")


def _line_form(claim: Claim, bill: ClaimBill, sent: dict[str, str]) -> FindingForm:
    position = _number(sent["line"])
    if not 0 <= position < len(bill.lines):
        raise errors.no_such_fact()
    known = gather(claim, bill, computation.terms_of(claim).on(bill.admitted_on))
    names = _tag_names(known)
    facts = tuple((f"{PREFIX}{tag}", names.get(tag, tag)) for tag in sorted(known.asked_tags))
    return FindingForm(str(bill.lines[position]["name"]), "", facts, YES_NO.choices, "", sent["bill"], sent["line"])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


# verbs of the page --------------------------------------------------------------------------------------------


def find(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    sent = request.POST
    actions.record_finding(
        claim=claim,
        fact=sent.get("fact", ""),
        found=sent.get("found", ""),
        reason=sent.get("reason", ""),
        bill=_number(sent["bill"]) if sent.get("bill") else None,
        line=_number(sent["line"]) if sent.get("line") else None,
        **common,
    )
    return gettext("Settled. The computation has been made anew.")


def ask_again(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.ask_platform(claim=claim, actor=common["actor"], now=common["now"])
    return gettext("The national platform has answered.")


VERBS = {"find": find, "ask_again": ask_again}
