"""The receipt that people read: from what she paid herself to what Huiminbao pays, line by line, the same words on the
decided page, in the letter and at the desk (B8). The lines and their amounts are the rules' own (benefits.receipt)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from claims.clauses import Line, clause_of
from claims.facts.of_lines import PREFIX
from claims.facts.sealed import Sealed, lines_above
from claims.models import Claim, ClaimBill, Decision, FactFinding
from core.clock import civil_date
from core.money import format_yuan
from look.components import ReceiptLine
from products.models import PlanYear

if TYPE_CHECKING:
    from claims.computation import Computed

_OPERATORS = {"-": "−", "+": "+", "=": "="}


@dataclass(frozen=True)
class BillReceipt:
    """How one bill was computed. ahead: by responsibility, how its year stands for the next bill. looked_at: what a
    reviewer found of fee lines that count all the same. sentences: each step in words, for whoever wants to know."""

    bill: ClaimBill
    payable_fen: int
    lines: tuple[ReceiptLine, ...]
    ahead: Mapping[str, str]
    looked_at: tuple[str, ...]
    sentences: tuple[str, ...]
    raw: Mapping[str, Any]


def of_decision(claim: Claim, decision: Decision, *, for_staff: bool = False) -> list[BillReceipt]:
    """Bill by bill, as the decision keeps it. for_staff: the desk speaks of the person, not to her."""
    kept = ((row.bill, row.payable_fen, row.computation, row.facts or {}) for row in decision.bills.all())
    return _receipts(claim, kept, for_staff=for_staff)


def of_computed(claim: Claim, computed: Computed) -> list[BillReceipt]:
    """Bill by bill, of what is only computed: for the desk."""
    bills = ((one.bill, one.payable_fen, one.trace, one.facts) for one in computed.bills)
    return _receipts(claim, bills, for_staff=True)


def _receipts(
    claim: Claim, bills: Iterable[tuple[ClaimBill, int, Mapping[str, Any], Sealed]], *, for_staff: bool
) -> list[BillReceipt]:
    plan_year, findings = claim.policy.plan_year, list(claim.fact_findings.order_by("pk"))
    return [
        BillReceipt(
            bill=bill,
            payable_fen=payable_fen,
            lines=tuple(_slip(computation["receipt"], plan_year, Named(bill, facts, findings), for_staff=for_staff)),
            ahead={one["subject"]: _in_words(one) for one in computation["receipt"]["ahead"]},
            looked_at=tuple(_looked_at(bill, findings)),
            sentences=tuple(_in_words(step) for step in computation["trace"]),
            raw=computation["receipt"],
        )
        for bill, payable_fen, computation, facts in bills
    ]


@dataclass(frozen=True)
class Named:
    """The fee lines of a bill by their own names, which are health data and stand in the bill alone, with what a
    reviewer found of them."""

    bill: ClaimBill
    facts: Sealed
    findings: list[FactFinding]

    def label(self, place: int) -> str:
        """place: as the rules have it: after the lines of the bill come the parts that lie above a highest price."""
        if place < len(self.bill.lines):
            return gettext("Not paid for: %(name)s") % {"name": _name(self.bill.lines[place])}
        of, _tag, _fen = lines_above(self.facts)[place - len(self.bill.lines)]
        return self.above_price(_name(self.bill.lines[of]))

    def above_price(self, name: str) -> str:
        return gettext("%(name)s: above its price limit") % {"name": name}

    def reason(self, place: int) -> str:
        found = _finding(self.findings, self.bill, place, is_so=True)
        if found is None:
            return ""
        words = {"day": date_format(civil_date(found.found_at), gettext("F j")), "reason": found.reason}
        return gettext("found when your claim was looked at on %(day)s: %(reason)s") % words

    def above_the_platforms_prices(self) -> list[tuple[str, int]]:
        """(label, fen) of what the platform itself took out of each line for its price."""
        above = [(_name(line), line.get("over_limit_fen", 0)) for line in self.bill.lines]
        return [(self.above_price(name), fen) for name, fen in above if fen]


def _slip(receipt: Mapping[str, Any], plan_year: PlanYear, named: Named, *, for_staff: bool) -> Iterator[ReceiptLine]:
    who = gettext("Paid by the person") if for_staff else gettext("You paid yourself")
    yield ReceiptLine(who, receipt["start_fen"])
    for line in receipt["lines"]:
        clause = clause_of(plan_year, line)
        for label, fen, note in _parts(line, named):
            yield ReceiptLine(label, fen, operator=_OPERATORS[line["sign"]], clause=clause, note=note)
    yield ReceiptLine(gettext("Huiminbao pays"), receipt["paid_fen"], total=True)


def _parts(line: Line, named: Named) -> list[tuple[str, int, str]]:
    """(label, fen, note): one, or one for each fee line above its price limit where they are the whole amount."""
    note = _in_words(line, "note_")
    if line["kind"] == "excluded":
        notes = filter(None, (note, named.reason(line["place"])))
        return [(named.label(line["place"]), line["amount_fen"], gettext("; ").join(notes))]
    if line["kind"] == "part" and line["subject"] == "over_limit":
        above = named.above_the_platforms_prices()
        if all(fen > 0 for _, fen in above) and sum(fen for _, fen in above) == line["amount_fen"]:
            return [(label, fen, note) for label, fen in above]
    return [(_in_words(line), line["amount_fen"], note)]


def _name(line: Mapping[str, Any]) -> str:
    return str(line["name"] or line["code"])


def _finding(findings: list[FactFinding], bill: ClaimBill, place: int, *, is_so: bool) -> FactFinding | None:
    """The last finding of what a fee line is."""
    last = {one.fact: one for one in findings if one.bill_id == bill.pk and one.line == place}
    return next((one for one in last.values() if one.fact.startswith(PREFIX) and one.value is is_so), None)


def _looked_at(bill: ClaimBill, findings: list[FactFinding]) -> Iterator[str]:
    for place, line in enumerate(bill.lines):
        if _finding(findings, bill, place, is_so=True) is None:
            found = _finding(findings, bill, place, is_so=False)
            if found is not None:
                words = {"name": _name(line), "reason": found.reason}
                yield gettext("“%(name)s” was looked at and counts: %(reason)s") % words


def _in_words(said: Mapping[str, Any], prefix: str = "") -> str:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return str(said[f"{prefix}{language}"])


# what the receipts come to ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """title, reason: of a decision that pays nothing, why; both "" when something is paid. ahead: whole sentences about
    the rest of the year."""

    title: str
    reason: str
    ahead: tuple[str, ...]


def outcome(receipts: list[BillReceipt], payable_fen: int) -> Outcome:
    """Of all bills together."""
    ahead = {subject: sentence for one in receipts for subject, sentence in one.ahead.items()}
    title, reason = ("", "") if payable_fen else _why_nothing(receipts)
    return Outcome(title, reason, tuple(ahead.values()))


def _why_nothing(receipts: list[BillReceipt]) -> tuple[str, str]:
    taken = [line for one in receipts for line in one.raw["lines"] if line["sign"] == "-"]
    below = [line for line in taken if line["kind"] in ("deductible", "below_deductible")]
    if below and any(line["left_fen"] for line in below):
        words = {
            "paid": format_yuan(sum(one.raw["start_fen"] for one in receipts)),
            "counts": format_yuan(sum(line["amount_fen"] for line in below)),
        }
        sentence = gettext(
            "Of the %(paid)s yuan that you paid yourself, %(counts)s count, and all of it lies below the deductible."
        )
        return gettext("The deductible was not reached this time: 0 yuan are paid"), sentence % words
    most = max(taken, key=lambda line: line["amount_fen"], default=None)
    reason = gettext("The reason: %(reason)s.") % {"reason": _in_words(most)} if most else ""
    return gettext("This time there is nothing to pay"), reason
