"""A decision in the words and shapes that people read: bar, receipts, sentences, timeline (B8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

import benefits
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimBill, Decision
from core import clock
from look.components import BarKind, BillPart, ReceiptLine, TimelineEvent

if TYPE_CHECKING:
    from claims.computation import Computed

PAYMENT_DAYS = 10  # Insurance Law 23: paid within ten days of the decision.
APPEAL_DAYS = 60

# How a payer is drawn; all others are "other".
_DRAWN: dict[str, BarKind] = {
    "basic_fund_paid": "basic",
    "critical_illness_paid": "critical",
    "large_amount_paid": "critical",
    "assistance_paid": "assistance",
}


def amount_name(amount: benefits.BillAmount) -> str:
    """What an amount of a bill is called, the same wherever it is shown."""
    return capfirst(amount.en) if _in_english() else amount.zh


def bill_parts(bills: Iterable[ClaimBill], payable_fen: int = 0, *, for_staff: bool = False) -> list[BillPart]:
    """Who pays which part of the bills together; the parts always sum to their total. Payers of nothing are left out.

    for_staff: the desk speaks of the person, not to him.
    """
    bills = list(bills)
    paid = {
        amount: sum(bill.amount_fen(amount) for bill in bills)
        for amount in benefits.amounts_of_role("layer", "hospital")
    }
    parts = [BillPart(amount_name(a), fen, _DRAWN.get(a.name, "other")) for a, fen in paid.items() if fen]
    if payable_fen:
        parts.append(BillPart(gettext("Huiminbao"), payable_fen, "huiminbao"))
    own = gettext("The person") if for_staff else gettext("You yourself")
    personal_fen = sum(bill.personal_fen for bill in bills)
    return [*parts, BillPart(own, max(personal_fen - payable_fen, 0), "self")]


@dataclass(frozen=True)
class AmountRow:
    name: str
    amount_fen: int


def amount_rows(bill: ClaimBill) -> list[AmountRow]:
    """What the record states of the whole bill and its parts, then what was left to the person."""
    stated = [amount for amount in benefits.amounts_of_role("total", "part") if amount.field in bill.amounts]
    rows = [AmountRow(amount_name(amount), bill.amount_fen(amount)) for amount in stated]
    return [*rows, AmountRow(gettext("Paid by the person"), bill.personal_fen)]


@dataclass(frozen=True)
class Receipt:
    """One responsibility of the plan, line by line. sentences: every step in the reader's language."""

    name: str
    base_fen: int
    deductible_fen: int
    rate: str
    payable_fen: int
    clause: str
    lines: tuple[ReceiptLine, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class BillReceipts:
    """How one bill was computed: its responsibilities, and the sentences that belong to no single one."""

    bill: ClaimBill
    payable_fen: int
    receipts: tuple[Receipt, ...]
    sentences: tuple[str, ...]


def decided_bills(decision: Decision) -> list[BillReceipts]:
    """Bill by bill, as the decision keeps it."""
    return [_bill_receipts(row.bill, row.payable_fen, row.computation) for row in decision.bills.all()]


def computed_bills(computed: Computed) -> list[BillReceipts]:
    """Bill by bill, of what is only computed."""
    return [_bill_receipts(one.bill, one.payable_fen, one.trace) for one in computed.bills]


def _bill_receipts(bill: ClaimBill, payable_fen: int, trace: dict[str, Any]) -> BillReceipts:
    return BillReceipts(bill, payable_fen, tuple(receipts(trace)), tuple(general_sentences(trace)))


def receipts(computation: dict[str, Any]) -> list[Receipt]:
    """computation: benefits.Decision as JSON. What pays most comes first, what the bill does not touch last."""
    steps = computation.get("trace", [])
    made = [
        _receipt(item, [s for s in steps if s["subject"] == item["key"]]) for item in computation["responsibilities"]
    ]
    return sorted(made, key=lambda receipt: (receipt.base_fen == 0, -receipt.payable_fen))


def general_sentences(computation: dict[str, Any]) -> list[str]:
    """Steps that belong to no single responsibility: cover, waiting, earlier layers, the result."""
    keys = {item["key"] for item in computation["responsibilities"]}
    return [_sentence(step) for step in computation.get("trace", []) if step["subject"] not in keys]


def _receipt(item: dict[str, Any], steps: list[dict[str, Any]]) -> Receipt:
    base, deductible, payable = item["base_fen"], item["deductible_fen"], item["payable_fen"]
    bands = [step for step in steps if step["kind"] == "band" and step.get("rate")]
    lines = [ReceiptLine(_name(item), base)]
    if deductible:
        lines.append(ReceiptLine(gettext("First comes off: this year's deductible"), deductible, operator="−"))
        lines.append(ReceiptLine(gettext("What can be paid for"), base - deductible))
    lines += _band_lines(bands, _reward(steps))
    before_caps = sum(step["result_fen"] for step in bands)
    if bands and before_caps > payable:
        lines.append(ReceiptLine(gettext("Above a limit of the plan"), before_caps - payable, operator="−"))
    lines.append(ReceiptLine(gettext("Huiminbao pays"), payable, total=True))
    return Receipt(
        name=_name(item),
        base_fen=base,
        deductible_fen=deductible,
        rate=" / ".join(percent(step["rate"]) for step in bands),
        payable_fen=payable,
        clause=gettext("filed plan, %(clause)s") % {"clause": item["clause"]} if item.get("clause") else "",
        lines=tuple(lines),
        # The result of a responsibility stands in the slip already.
        sentences=tuple(_sentence(step) for step in steps if step["kind"] != "result"),
    )


def _reward(steps: list[dict[str, Any]]) -> str:
    """The name of a reward that changed the terms; plans name it in Chinese, the sentence below in both languages."""
    names = [step["reward"] for step in steps if step.get("reward")]
    return "" if _in_english() or not names else names[0]


def _band_lines(bands: list[dict[str, Any]], reward: str) -> list[ReceiptLine]:
    if len(bands) == 1:
        label = gettext("Share that is paid")
        label = gettext("%(label)s (%(reward)s)") % {"label": label, "reward": reward} if reward else label
        return [ReceiptLine(label, text=percent(bands[0]["rate"]), operator="×")]
    return [
        ReceiptLine(gettext("Of it, at %(rate)s") % {"rate": percent(step["rate"])}, step["result_fen"], operator="+")
        for step in bands
    ]


def percent(rate: str) -> str:
    """ "0.75" -> "75%"; exact, without trailing zeros."""
    value = (Decimal(rate) * 100).normalize()
    return f"{value:f}%"


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def _name(item: dict[str, Any]) -> str:
    return str(item["name_en"] if _in_english() else item["name_zh"])


def _sentence(step: dict[str, Any]) -> str:
    return str(step["en"] if _in_english() else step["zh"])


# timeline ----------------------------------------------------------------------------------------------------


def timeline(claim: Claim, decision: Decision | None) -> list[TimelineEvent]:
    """What has happened, what happens now, what comes next and by when. Dates are civil days in Shanghai."""
    if claim.submitted_at is None:
        return []
    events = [TimelineEvent(gettext("You handed the claim in"), _day(claim.submitted_at), "done")]
    events.append(_review_step(claim, decision))
    if claim.state in (ClaimState.DECLINED, ClaimState.NOTHING_DUE):
        return events
    return [*events, *_payment_steps(claim, decision)]


def _review_step(claim: Claim, decision: Decision | None) -> TimelineEvent:
    by = (
        gettext("by %(day)s at the latest") % {"day": date_format(claim.review_due_on, gettext("F j"))}
        if claim.review_due_on
        else ""
    )
    if claim.state == ClaimState.MATERIALS_REQUESTED:
        return TimelineEvent(
            gettext("We wait for your papers"), "", "now", gettext("Our clock stands still until they come.")
        )
    if claim.state == ClaimState.DECLINED:
        declined = claim.events.filter(new_state=ClaimState.DECLINED).last()
        return TimelineEvent(gettext("Declined"), _day(declined.at) if declined else "", "now")
    if decision is not None and decision.approved_at is not None:
        return TimelineEvent(gettext("Decided by two people"), _day(decision.approved_at), "done")
    title = {
        ClaimState.SUBMITTED: gettext("Waiting for a reviewer"),
        ClaimState.UNDER_REVIEW: gettext("A reviewer is checking your papers"),
        ClaimState.PROPOSED: gettext("A second person is checking the amount"),
    }[ClaimState(claim.state)]
    return TimelineEvent(title, by, "now", gettext("You need not do anything now."))


def _payment_steps(claim: Claim, decision: Decision | None) -> list[TimelineEvent]:
    if claim.state == ClaimState.PAID and claim.paid_at:
        return [TimelineEvent(gettext("Paid out"), _day(claim.paid_at), "done")]
    if claim.state == ClaimState.PAYOUT_FAILED:
        ask = TimelineEvent(
            gettext("The bank sent the money back"), "", "now", gettext("Please give us another account.")
        )
        return [ask, TimelineEvent(gettext("Paid out"))]
    if decision is not None and decision.approved_at is not None:
        latest = date_format(clock.civil_date(decision.approved_at) + timedelta(days=PAYMENT_DAYS), gettext("F j"))
        return [
            TimelineEvent(gettext("The bank is paying"), gettext("by %(day)s at the latest") % {"day": latest}, "now")
        ]
    note = gettext("Within %(days)s days of the decision.") % {"days": PAYMENT_DAYS}
    return [TimelineEvent(gettext("Paid to your account"), note=note)]


def _day(moment: datetime) -> str:
    return date_format(clock.civil_date(moment), gettext("F j"))
