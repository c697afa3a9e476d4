"""What WeChat's replies and messages say, as outcomes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from payments.channels.base import Kind, Outcome

# Only these say that the request was not and will not be carried out; every other code is looked into by a query.
_DEFINITIVE = frozenset(
    {
        "PARAM_ERROR",
        "INVALID_REQUEST",
        "APPID_MCHID_NOT_MATCH",
        "MCH_NOT_EXISTS",
        "NO_AUTH",
        "NOT_ENOUGH",
        "ORDER_CLOSED",
        "RULE_LIMIT",
        "TRADE_ERROR",
        "USER_ACCOUNT_ABNORMAL",
        "RESOURCE_NOT_EXISTS",
    }
)
_NOT_FOUND = frozenset({"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"})
_PAID_STATES = frozenset({"SUCCESS", "REFUND"})
_ENDED_STATES = frozenset({"CLOSED", "REVOKED", "PAYERROR"})


def order_state(order: dict[str, Any]) -> Outcome:
    """The outcome that an order (of a query or a callback) reports. Raises KeyError, ValueError on a malformed one."""
    state = str(order["trade_state"])
    if state in _PAID_STATES:
        return Outcome(
            Kind.PAID,
            code=state,
            transaction_no=str(order["transaction_id"]),
            amount_fen=_fen(order["amount"], "total"),
            at=datetime.fromisoformat(order["success_time"]),
        )
    if state in _ENDED_STATES:
        return Outcome(Kind.REFUSED, code=state)
    return Outcome(Kind.PENDING, code=state)


def refund_state(refund: dict[str, Any]) -> Outcome:
    """The outcome that a refund (of a reply, a query or a callback) reports. Raises KeyError, ValueError."""
    # Replies call it status, callbacks refund_status.
    state = str(refund.get("status") or refund["refund_status"])
    proof: dict[str, Any] = {"transaction_no": str(refund["refund_id"]), "amount_fen": _fen(refund["amount"], "refund")}
    if state == "SUCCESS":
        return Outcome(Kind.PAID, code=state, at=datetime.fromisoformat(refund["success_time"]), **proof)
    if state == "CLOSED":
        return Outcome(Kind.REFUSED, code=state)
    # ABNORMAL: the payer's bank refused it; the merchant platform can still carry it out, so it is not the end.
    reason = "the payer's bank did not take the refund" if state == "ABNORMAL" else ""
    return Outcome(Kind.PENDING, code=state, for_a_person=reason)


def _fen(amount: dict[str, Any], name: str) -> int:
    if amount.get("currency", "CNY") != "CNY" or type(amount[name]) is not int:
        raise ValueError("amount is not a whole number of fen")
    return int(amount[name])


def refusal(code: str, text: str) -> Outcome:
    return Outcome(Kind.REFUSED, code=code, text=text) if code in _DEFINITIVE else Outcome.unknown(code)


def query_refusal(code: str, _text: str) -> Outcome:
    return Outcome(Kind.NOT_FOUND, code=code) if code in _NOT_FOUND else Outcome.unknown(code)


def close_refusal(code: str, _text: str) -> Outcome:
    if code in ("ORDERPAID", "ORDER_PAID"):
        return Outcome(Kind.PENDING, code=code)
    return Outcome(Kind.REFUSED, code=code) if code in _NOT_FOUND else Outcome.unknown(code)
