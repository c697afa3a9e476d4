"""What of this room goes into "my data" (PIPL 45). The rooms above know whose payments and payouts these are."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from payments.models import Payment, Transfer


def paid_by(user_id: int) -> list[dict[str, Any]]:
    """Every payment that this account began, with what was given back of it. Amounts in fen. Two queries."""
    payments = Payment.objects.filter(payer_id=user_id).prefetch_related("refunds").order_by("pk")
    return [
        {
            "number": payment.number,
            "for": payment.purpose_ref,
            "subject": payment.subject,
            "channel": payment.channel,
            "channel_transaction_number": payment.channel_transaction_no or "",
            "amount_fen": payment.amount_fen,
            "state": payment.state,
            "created_at": payment.created_at.isoformat(),
            "paid_at": _moment(payment.paid_at),
            "refunds": [
                {
                    "number": refund.number,
                    "amount_fen": refund.amount_fen,
                    "state": refund.state,
                    "created_at": refund.created_at.isoformat(),
                }
                for refund in payment.refunds.all()
            ],
        }
        for payment in payments
    ]


def paid_out(purpose: str, refs: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Every payout by what it was for, tried and returned ones too. Amounts in fen. One query."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for transfer in Transfer.objects.filter(purpose=purpose, purpose_ref__in=refs).order_by("pk"):
        found[transfer.purpose_ref].append(
            {
                "number": transfer.number,
                "amount_fen": transfer.amount_fen,
                "payee_name": transfer.payee_name,
                "account_number": transfer.account_no,
                "bank": transfer.bank_code,
                "state": transfer.state,
                "created_at": transfer.created_at.isoformat(),
                "paid_at": _moment(transfer.paid_at),
                "returned_at": _moment(transfer.bounced_at),
                "what_the_bank_said": transfer.outcome_text,
            }
        )
    return found


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
