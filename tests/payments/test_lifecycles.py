"""The tables of states say what they should, and nothing moves money outside the declared steps."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from payments import purposes, steps
from payments.lifecycle import (
    LIFECYCLES,
    LIVE_TRANSFER_STATES,
    PAYMENT_LIFECYCLE,
    REFUND_LIFECYCLE,
    TRANSFER_LIFECYCLE,
    PaymentState,
    RefundState,
    TransferState,
)
from work.lifecycle import Lifecycle


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.name)
def test_every_state_can_be_reached(lifecycle: Lifecycle) -> None:
    assert lifecycle.reachable_states == set(lifecycle.states.values)


@pytest.mark.parametrize(
    "lifecycle", [PAYMENT_LIFECYCLE, REFUND_LIFECYCLE, TRANSFER_LIFECYCLE], ids=lambda one: one.name
)
def test_not_knowing_is_left_by_an_answer_only(lifecycle: Lifecycle) -> None:
    """From UNKNOWN one asks: it ends in what the channel says, or the same request is sent again."""
    answers = {lifecycle.event_name("UNKNOWN", state) for state in lifecycle.next_states("UNKNOWN")}
    assert not [name for name in answers if "timeout" in name or "expired" in name]
    assert "SENDING" in lifecycle.next_states("UNKNOWN")


def test_paid_is_not_final_for_a_transfer_and_late_money_is_recorded_for_a_payment() -> None:
    assert TRANSFER_LIFECYCLE.next_states(TransferState.PAID) == [TransferState.BOUNCED]
    assert PaymentState.PAID in PAYMENT_LIFECYCLE.next_states(PaymentState.CLOSED)
    assert PaymentState.PAID in PAYMENT_LIFECYCLE.next_states(PaymentState.FAILED)
    assert RefundState.REFUSED in REFUND_LIFECYCLE.final_states


def test_a_new_transfer_is_possible_exactly_when_the_money_is_not_out() -> None:
    gone_back_or_never_sent = {TransferState.REJECTED, TransferState.BOUNCED, TransferState.STOPPED}
    assert set(TransferState) - set(LIVE_TRANSFER_STATES) == gone_back_or_never_sent


def test_crash_points_do_nothing_unless_a_test_asks_and_are_declared() -> None:
    steps.reach("transfer.claimed")
    with pytest.raises(ValueError, match="not a declared step"):
        steps.reach("transfer.somewhere")


@pytest.mark.parametrize("variable", ["PAYMENTS_CRASH_AT", "PAYMENTS_STOP_AT"])
def test_a_production_process_with_a_crash_point_refuses_to_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    settings.TESTING = False
    monkeypatch.setenv(variable, "transfer.claimed")
    with pytest.raises(ImproperlyConfigured):
        steps.refuse_crash_points_in_production()
    steps.reach("transfer.claimed")  # and even then nothing happens


def test_a_purpose_is_registered_once_and_a_missing_one_is_an_error() -> None:
    from tests.payments.orders import PURPOSE

    assert purposes.get(PURPOSE).ledger_account == "liability.premium"
    with pytest.raises(LookupError):
        purposes.get("test.nobody")
    with pytest.raises(RuntimeError):
        purposes.register(PURPOSE, ledger_account="x", on_paid=lambda payment, *, now: None, describe=str)
