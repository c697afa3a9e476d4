"""Whatever the order and size of refunds: never more than was paid, and the books balance after each step."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.errors import Conflict, DomainError
from ledger.selectors import balance_fen, total_fen
from payments.actions import complete_refund, confirm_payment, refuse_refund, request_refund, start_payment
from payments.actions.request_refund import refundable_fen
from payments.lifecycle import PaymentState
from payments.selectors import refunded_fen
from tests.payments.orders import PLAN_YEAR, PURPOSE, SCHEME, open_order
from tests.payments.till import ACCOUNT, CLERK, PREMIUMS

AMOUNTS = st.integers(min_value=-5, max_value=400)
STEPS = st.lists(st.tuples(AMOUNTS, st.sampled_from(["done", "refused", "waiting"])), max_size=8)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paid_fen=st.integers(min_value=1, max_value=1_000), steps=STEPS)
def test_refunds_never_exceed_what_was_paid(paid_fen: int, steps: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        _run(paid_fen, steps)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("reported_fen", [4_999, 5_001])
def test_a_refund_is_booked_when_the_channel_says_what_was_asked_for(reported_fen: int) -> None:
    """Of 200.00 Li gets 50.00 back; one fen less or more is not written down, and can be once it is right."""
    from work.lifecycle import transition

    now = clock.now()
    payment = start_payment(
        purpose=PURPOSE, purpose_ref=open_order(), plan_year=PLAN_YEAR, scheme=SCHEME, amount_fen=20_000,
        channel="PERSONAL_ACCOUNT", payer_id=None, details={}, actor=CLERK, now=now,
    )  # fmt: skip
    transition(payment, PaymentState.SENDING, actor=CLERK, now=now)
    payment = confirm_payment(payment=payment, channel_transaction_no="GZ-1", amount_fen=20_000, paid_at=now, now=now)
    refund = request_refund(payment=payment, amount_fen=5_000, reason="surrender", actor=CLERK, now=now)
    transition(refund, "SENDING", actor=CLERK, now=now)
    with pytest.raises(DomainError) as refused:
        complete_refund(refund=refund, channel_refund_no="GZ-R", amount_fen=reported_fen, now=now)
    assert (refused.value.code, balance_fen(**ACCOUNT)) == ("amount_mismatch", 20_000)
    complete_refund(refund=refund, channel_refund_no="GZ-R", amount_fen=5_000, now=now)
    assert balance_fen(**ACCOUNT) == 15_000


def _run(paid_fen: int, steps: list[tuple[int, str]]) -> None:
    now = clock.now()
    payment = start_payment(
        purpose=PURPOSE, purpose_ref=open_order(), plan_year=PLAN_YEAR, scheme=SCHEME, amount_fen=paid_fen,
        channel="PERSONAL_ACCOUNT", payer_id=None, details={}, actor=CLERK, now=now,
    )  # fmt: skip
    from work.lifecycle import transition

    transition(payment, PaymentState.SENDING, actor=CLERK, now=now)
    payment = confirm_payment(payment=payment, channel_transaction_no="GZ-1", amount_fen=paid_fen, paid_at=now, now=now)
    done_fen = going_fen = 0
    for number, (amount_fen, fate) in enumerate(steps):
        left_fen = refundable_fen(payment)
        assert left_fen == paid_fen - done_fen - going_fen
        try:
            refund = request_refund(payment=payment, amount_fen=amount_fen, reason="surrender", actor=CLERK, now=now)
        except (DomainError, Conflict):
            assert not 0 < amount_fen <= left_fen or payment.state == PaymentState.REFUNDED
            continue
        assert 0 < amount_fen <= left_fen
        transition(refund, "SENDING", actor=CLERK, now=now)
        if fate == "done":
            complete_refund(refund=refund, channel_refund_no=f"GZ-R{number}", amount_fen=amount_fen, now=now)
            done_fen += amount_fen
        elif fate == "refused":
            refuse_refund(refund=refund, code="test", now=now)
        else:
            going_fen += amount_fen
        payment.refresh_from_db()
        assert balance_fen(**ACCOUNT) == paid_fen - done_fen
        assert balance_fen(**PREMIUMS) == -(paid_fen - done_fen)
        assert total_fen() == 0
        assert refunded_fen(payment) == done_fen <= paid_fen
        expected = PaymentState.REFUNDED if done_fen == paid_fen else PaymentState.PART_REFUNDED if done_fen else "PAID"
        assert payment.state == expected
