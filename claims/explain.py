"""A decision in the words and shapes that people read: bar, amounts, timeline (B8). Receipts: claims.receipts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

import benefits
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimBill, Decision
from core import clock
from look.components import BarKind, BillPart, TimelineEvent

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


def percent(rate: str) -> str:
    """ "0.75" -> "75%"; exact, without trailing zeros."""
    value = (Decimal(rate) * 100).normalize()
    return f"{value:f}%"


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


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
