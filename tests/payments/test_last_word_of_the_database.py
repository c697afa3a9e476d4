"""What the database refuses of payments, refunds, transfers and notifications, whatever our code says."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

PAID = {"state": "PAID", "channel_transaction_no": "GZ-1", "paid_at": "2026-11-20 10:00+08", "covered": True}
REFUNDED = {"state": "REFUNDED", "channel_refund_no": "GZ-R1", "refunded_at": "2026-11-20 10:00+08"}
SENT = {"state": "PAID", "bank_serial": "BK-1", "paid_at": "2026-11-20 10:00+08"}

OBLIGATION = ("number", "purpose", "purpose_ref", "plan_year", "amount_fen", "created_at")
FIXED = {
    "payments_payment.payment_obligation_is_fixed": (*OBLIGATION, "channel", "account_id", "payer_id", "payable_until"),
    "payments_refund.refund_obligation_is_fixed": (
        "number", "payment_id", "account_id", "amount_fen", "reason", "created_at",
    ),
    "payments_transfer.transfer_obligation_is_fixed": (
        *OBLIGATION, "insurer_id", "channel", "account_id", "bank_code", "narrative",
    ),
    "payments_notification.notification_is_as_received": (
        "channel", "account_id", "notification_id", "event_type", "signed_at", "received_at",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case("payments_payment.payment_amount_is_positive", {"amount_fen": 1}, {"amount_fen": 0}),
        case("payments_refund.refund_amount_is_positive", {"amount_fen": 1}, {"amount_fen": 0}),
        case("payments_transfer.transfer_amount_is_positive", {"amount_fen": 1}, {"amount_fen": 0}),
        case("payments_payment.paid_payment_has_its_proof", PAID, {**PAID, "channel_transaction_no": None}),
        case("payments_refund.done_refund_has_its_proof", REFUNDED, {**REFUNDED, "channel_refund_no": None}),
        case("payments_transfer.paid_transfer_has_its_proof", SENT, {**SENT, "bank_serial": None}),
        case(
            "payments_moneyaccount.money_account_ends_after_it_begins",
            {"valid_from": "2026-01-01", "valid_to": "2026-01-02"},
            {"valid_from": "2026-01-01", "valid_to": "2026-01-01"},
        ),
        case(
            "payments_notification.refused_notification_says_why",
            {"state": "REFUSED", "refusal_code": "wrong_merchant"},
            {"state": "REFUSED", "refusal_code": ""},
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


@pytest.mark.parametrize("guard", list(FIXED))
def test_what_was_agreed_is_never_written_over(rows: Rows, guard: str) -> None:
    table, _, trigger = guard.partition(".")
    rows.without_checks(table)
    rows.with_triggers(table, trigger)
    key = rows.put(table)
    for column in FIXED[guard]:
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
            rows.change(table, key, **{column: rows.another(table, column)})
    rows.change(table, key, last_error="bank out of reach")


def test_an_accounts_credentials_and_books_are_never_written_over(rows: Rows) -> None:
    rows.with_triggers("payments_moneyaccount", "money_account_is_fixed")
    key = rows.put("payments_moneyaccount")
    for column in ("code", "scheme_id", "channel", "direction", "reference", "valid_from"):
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
            rows.change("payments_moneyaccount", key, **{column: rows.another("payments_moneyaccount", column)})
    rows.change("payments_moneyaccount", key, valid_to="2027-01-01")


@pytest.mark.parametrize(("from_day", "fits"), [("2027-01-01", True), ("2026-12-31", False)])
def test_a_scheme_has_one_account_of_a_channel_a_day(rows: Rows, from_day: str, fits: bool) -> None:
    """The first is used until 2026-12-31, half-open: the second may begin on the day on which the first ends."""
    same = {"scheme_id": "smx", "channel": "WECHAT", "direction": "IN"}
    rows.put("payments_moneyaccount", **same, valid_from="2026-01-01", valid_to="2027-01-01")
    rows.put("payments_moneyaccount", guarded=True, **{**same, "scheme_id": "luoyang"}, valid_from="2026-01-01")
    if fits:
        rows.put("payments_moneyaccount", guarded=True, **same, valid_from=from_day)
    else:
        with pytest.raises(psycopg.errors.ExclusionViolation, match="another money account"):
            rows.put("payments_moneyaccount", guarded=True, **same, valid_from=from_day)


@pytest.mark.parametrize(("already_fen", "wanted_fen"), [(15_000, 5_000), (15_000, 5_001)])
def test_refunds_never_exceed_the_payment(rows: Rows, already_fen: int, wanted_fen: int) -> None:
    """Wang paid 200.00 and has 150.00 back; 50.00 are left, not a fen more."""
    payment = rows.put("payments_payment", amount_fen=20_000, **PAID)
    rows.put("payments_refund", payment_id=payment, amount_fen=already_fen, state="REQUESTED")
    second = {"payment_id": payment, "amount_fen": wanted_fen, "state": "REQUESTED"}
    if already_fen + wanted_fen <= 20_000:
        rows.put("payments_refund", guarded=True, **second)
    else:
        with pytest.raises(psycopg.errors.CheckViolation, match="would exceed"):
            rows.put("payments_refund", guarded=True, **second)
