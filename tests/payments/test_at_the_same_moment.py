"""Two of everything at once. Each race comes with the control that shows what the guard prevents."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, connections

from core import clock, guards
from core.errors import Conflict, DomainError
from ledger.models import Transaction
from ledger.selectors import balance_fen
from payments.actions import confirm_payment, send_transfer
from payments.lifecycle import PaymentState, TransferState
from payments.models import Payment, Refund, Transfer
from tests.parcels.models import Obligation
from tests.payments import sweeping
from tests.payments.orders import WAITING, open_order
from tests.payments.till import ACCOUNT, FOR_TWO_FEN, Till
from work.leases import claim_due

pytestmark = pytest.mark.faults

TriggerOff = Callable[[str, str], AbstractContextManager[None]]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; returns what each returned, or the exception it raised."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[index] = call()
        except Exception as error:  # what was raised is what the test looks at
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def paid(till: Till) -> Payment:
    payment = till.pay_from_account()
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    return payment


def test_two_sweepers_share_six_payouts_and_each_is_paid_once(till: Till, later: Callable[..., None]) -> None:
    for number in range(6):
        till.pay_out(open_order(f"claim-{number}"), amount_fen=1_000 + number)
    at_once(sweeping.sweep_transfers, sweeping.sweep_transfers)
    later(seconds=3)
    at_once(sweeping.sweep_transfers, sweeping.sweep_transfers)
    assert sorted(fen for _number, fen in till.executed("bank", "paid")) == [
        -1_005,
        -1_004,
        -1_003,
        -1_002,
        -1_001,
        -1_000,
    ]
    assert set(Transfer.objects.values_list("state", flat=True)) == {TransferState.PAID}
    till.assert_books_agree()


def test_two_workers_on_one_row_the_guarded_update_lets_one_through(till: Till) -> None:
    """As if a lease had failed: both hold the same token and the same copy of the row."""
    till.pay_out()
    [first] = claim_due(Transfer.objects.all(), now=clock.now())
    second = Transfer.objects.get(pk=first.pk)
    now, token = clock.now(), first.fencing_token
    outcomes = at_once(
        lambda: send_transfer(transfer=first, token=token, now=now),
        lambda: send_transfer(transfer=second, token=token, now=now),
    )
    assert len([one for one in outcomes if isinstance(one, Conflict)]) == 1
    assert len(till.executed("bank", "paid")) == 1


def test_control_without_lease_guard_and_single_number_it_is_paid_twice(till: Till, trigger_off: TriggerOff) -> None:
    till.pay_out()
    [first] = claim_due(Transfer.objects.all(), now=clock.now())
    token = first.fencing_token
    off = ("lifecycle.guarded_update", "leases.fencing", "payments.same_number", "payments.same_bytes")
    with guards.off(*off), trigger_off("payments_transfer", "transfer_edges"):
        for _worker in range(2):
            row = Transfer.objects.get(pk=first.pk)
            row.state = TransferState.CREATED  # each read the row before the other wrote it
            Transfer.objects.filter(pk=row.pk).update(state=TransferState.CREATED, fencing_token=token + _worker)
            send_transfer(transfer=row, token=token + _worker, now=clock.now())
    assert len(till.executed("bank", "paid")) == 2


def test_a_confirmation_from_two_sides_at_once_is_one(till: Till) -> None:
    till.sandbox.fault("nhsa", "deduct", "drop_reply")
    payment = till.pay_from_account()
    till.work()
    confirm = {
        "payment": payment, "channel_transaction_no": "GZ1", "amount_fen": FOR_TWO_FEN, "paid_at": clock.now(),
        "now": clock.now(),
    }  # fmt: skip
    outcomes = at_once(*[lambda: confirm_payment(**confirm)] * 4)  # type: ignore[arg-type]  # one dict of everything
    assert [one.state for one in outcomes] == [PaymentState.PAID] * 4
    assert payment.events.filter(new_state="PAID").count() == 1
    assert Transaction.objects.filter(kind="payment").count() == 1
    assert balance_fen(**ACCOUNT) == FOR_TWO_FEN


def test_a_double_click_is_one_payment(till: Till) -> None:
    ref = open_order()
    first, second = at_once(lambda: till.pay_from_account(ref), lambda: till.pay_from_account(ref))
    assert first.pk == second.pk
    till.work()
    assert len(till.executed("account")) == 1


def test_the_database_refuses_a_second_open_payment_of_one_order(till: Till) -> None:
    payment = till.pay_from_account()
    values = {
        field.attname: getattr(payment, field.attname)
        for field in Payment._meta.fields
        if field.name not in ("id", "number")
    }
    with pytest.raises(IntegrityError, match="one_open_payment_per_obligation"):
        Payment.objects.create(number="PY-2026-0000999", **values)


def test_two_refunds_of_150_from_a_payment_of_200_one_is_refused(till: Till) -> None:
    payment = paid(till)
    outcomes = at_once(lambda: till.refund(payment, 15_000), lambda: till.refund(payment, 15_000))
    [refused] = [one for one in outcomes if isinstance(one, DomainError)]
    assert refused.code == "refund_too_large"
    till.work()
    assert [fen for _number, fen in till.executed("account", "refunded")] == [-15_000]
    till.assert_books_agree()


def test_without_our_own_check_the_database_still_refuses(till: Till) -> None:
    payment = paid(till)
    till.refund(payment, 15_000)
    with guards.off("payments.refund_sum"), pytest.raises(IntegrityError, match="would exceed"):
        till.refund(payment, 5_001)
    assert Refund.objects.count() == 1


def test_control_with_both_checks_off_more_is_promised_than_was_paid(till: Till, trigger_off: TriggerOff) -> None:
    payment = paid(till)
    with guards.off("payments.refund_sum"), trigger_off("payments_refund", "refund_within_payment"):
        till.refund(payment, 15_000)
        till.refund(payment, 15_000)
    assert sum(refund.amount_fen for refund in Refund.objects.all()) > payment.amount_fen
    till.work()
    # The channel is the last to notice: it pays the first and refuses the second.
    assert [fen for _number, fen in till.executed("account", "refunded")] == [-15_000]


def test_a_refund_against_a_payout(till: Till, later: Callable[..., None]) -> None:
    """She surrenders in the moment in which a claim is paid: both movements happen, each once, and the books agree."""
    payment = paid(till)
    at_once(lambda: till.refund(payment, FOR_TWO_FEN), till.pay_out)
    at_once(sweeping.sweep_refunds, sweeping.sweep_transfers, sweeping.sweep_refunds, sweeping.sweep_transfers)
    later(seconds=3)
    till.work()
    assert len(till.executed("account", "refunded")) == 1
    assert len(till.executed("bank", "paid")) == 1
    till.assert_books_agree()


def test_money_for_an_order_that_another_payment_has_covered_goes_back(till: Till) -> None:
    """Two payments of one order, the first given up and then paid after all: one buys the cover, one is refunded."""
    from payments.actions import close_payment
    from tests.payments.till import CLERK

    ref = open_order()
    first = till.pay_by_wechat(ref)
    close_payment(payment=first, actor=CLERK, now=clock.now())
    Obligation.objects.filter(ref=ref).update(state=WAITING)  # the order is offered again
    second = till.pay_from_account(ref)
    till.work()
    late = confirm_payment(
        payment=first, channel_transaction_no="42000late", amount_fen=FOR_TWO_FEN, paid_at=clock.now(), now=clock.now()
    )
    second.refresh_from_db()
    assert (second.covered, late.covered) == (True, False)
    assert Refund.objects.get().payment_id == first.pk
    assert Refund.objects.get().reason == "already_paid"
