"""Li Xiulan pays the premiums of her mother and herself from her medical personal account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from core import clock
from core.errors import Conflict, DomainError
from ledger.selectors import balance_fen
from nhsa.client import Client
from payments.actions import close_payment, start_payment
from payments.actions.send_payment import ERRAND, carry_payment
from payments.lifecycle import PaymentState, RefundState
from payments.models import Payment
from payments.three_steps import work
from tests.payments.orders import EXPIRED, PAID, PLAN_YEAR, PURPOSE, REFUNDED, SCHEME, expire, open_order, state_of
from tests.payments.till import (
    ACCOUNT,
    CLERK,
    FOR_TWO_FEN,
    LI,
    PREMIUMS,
    UNAPPLIED,
    WANG,
    ZHANG,
    Till,
    states,
    tasks_for_people,
)
from work.leases import claim_due


def test_one_deduction_of_200_yuan_for_two_people(till: Till) -> None:
    payment = till.pay_from_account()
    assert payment.state == PaymentState.CREATED
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert payment.covered is True
    assert states(payment) == ["CREATED", "SENDING", "PAID"]
    assert till.executed("account") == [(payment.number, FOR_TWO_FEN)]
    assert (balance_fen(**ACCOUNT), balance_fen(**PREMIUMS)) == (FOR_TWO_FEN, -FOR_TWO_FEN)
    assert state_of("order-1") == PAID
    till.assert_books_agree()


def test_starting_twice_is_one_payment(till: Till) -> None:
    ref = open_order()
    assert till.pay_from_account(ref).pk == till.pay_from_account(ref).pk
    till.work()
    with pytest.raises(Conflict) as refusal:
        till.pay_from_account(ref)
    assert refusal.value.code == "already_paid"
    assert len(till.executed("account")) == 1


def test_another_channel_while_one_is_under_way_is_refused(till: Till) -> None:
    ref = open_order()
    till.pay_from_account(ref)
    with pytest.raises(Conflict) as refusal:
        till.pay_by_wechat(ref)
    assert refusal.value.code == "payment_in_progress"
    assert Payment.objects.count() == 1


def test_too_little_money_is_a_definitive_no_and_the_order_hears_it(till: Till) -> None:
    till.sandbox.put_person(psn_no=LI, balance_fen=FOR_TWO_FEN - 1)
    payment = till.pay_from_account()
    till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.outcome_code) == (PaymentState.FAILED, "acct_balance")
    assert till.executed("account") == []
    assert balance_fen(**ACCOUNT) == 0
    assert state_of("order-1") == EXPIRED


def test_nothing_to_pay_is_refused(till: Till) -> None:
    with pytest.raises(DomainError) as refusal:
        start_payment(
            purpose=PURPOSE, purpose_ref=open_order(), plan_year=PLAN_YEAR, scheme=SCHEME, amount_fen=0,
            channel="WECHAT", payer_id=None, details={}, actor=CLERK, now=clock.now(),
        )  # fmt: skip
    assert refusal.value.code == "amount_not_positive"


def test_a_refund_of_one_of_two_premiums_then_of_the_other(till: Till) -> None:
    payment = till.pay_from_account()
    till.work()
    first = till.refund(payment, 10_000)
    till.work()
    payment.refresh_from_db()
    first.refresh_from_db()
    assert (payment.state, first.state) == (PaymentState.PART_REFUNDED, RefundState.REFUNDED)
    till.refund(payment, 10_000)
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert [fen for _number, fen in till.executed("account")] == [20_000, -10_000, -10_000]
    assert balance_fen(**PREMIUMS) == 0
    assert state_of("order-1") == REFUNDED
    till.assert_books_agree()


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["drop_reply", "error_after", "garbage", "forge_reply"])
def test_executed_but_the_reply_is_lost_the_query_finds_it(till: Till, later: Callable[..., None], kind: str) -> None:
    till.sandbox.fault("nhsa", "deduct", kind)
    payment = till.pay_from_account()
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.UNKNOWN
    assert balance_fen(**ACCOUNT) == 0  # nothing is booked on a guess
    later(seconds=3)
    till.work()
    payment.refresh_from_db()
    assert states(payment) == ["CREATED", "SENDING", "UNKNOWN", "PAID"]
    assert till.executed("account") == [(payment.number, FOR_TWO_FEN)]
    till.assert_books_agree()


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["drop_before", "error_before"])
def test_never_arrived_is_sent_again_under_the_same_number_after_the_grace(
    till: Till, later: Callable[..., None], kind: str
) -> None:
    till.sandbox.fault("nhsa", "deduct", kind)
    payment = till.pay_from_account()
    till.work()
    later(seconds=30)
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.UNKNOWN  # "not found" proves nothing yet
    assert till.executed("account") == []
    later(seconds=31)
    till.work()
    payment.refresh_from_db()
    assert states(payment) == ["CREATED", "SENDING", "UNKNOWN", "SENDING", "PAID"]
    assert till.executed("account") == [(payment.number, FOR_TWO_FEN)]
    till.assert_books_agree()


@pytest.mark.faults
def test_executed_but_not_found_yet_is_never_taken_twice(till: Till, later: Callable[..., None]) -> None:
    till.sandbox.fault("nhsa", "deduct", "drop_reply")
    till.sandbox.fault("nhsa", "query", "not_found", count=10)
    payment = till.pay_from_account()
    till.work()
    later(seconds=90)  # past the grace: sent again, same number, same bytes
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert till.executed("account") == [(payment.number, FOR_TWO_FEN)]
    till.assert_books_agree()


@pytest.mark.faults
def test_a_channel_that_stays_silent_ends_before_a_person_and_never_as_failed(
    till: Till, later: Callable[..., None]
) -> None:
    till.sandbox.fault("nhsa", "*", "error_before", count=-1)
    payment = till.pay_from_account()
    for _attempt in range(14):
        till.work()
        later(minutes=31)
    payment.refresh_from_db()
    assert payment.state == PaymentState.UNKNOWN
    assert [kind for kind, _reason in tasks_for_people()] == ["payments.payment"]
    till.sandbox.clear_faults()
    later(hours=1)
    till.work()
    payment.refresh_from_db()
    # Its time to pay is long over by now and nothing was executed: closed, not sent late.
    assert payment.state == PaymentState.CLOSED
    assert till.executed("account") == []


@pytest.mark.faults
def test_money_that_comes_when_the_order_has_expired_goes_back(till: Till, later: Callable[..., None]) -> None:
    till.sandbox.fault("nhsa", "deduct", "drop_reply")
    payment = till.pay_from_account()
    till.work()
    expire("order-1")
    later(seconds=3)
    till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.covered) == (PaymentState.REFUNDED, False)
    assert [fen for _number, fen in till.executed("account")] == [FOR_TWO_FEN, -FOR_TWO_FEN]
    assert (balance_fen(**UNAPPLIED), balance_fen(**PREMIUMS), balance_fen(**ACCOUNT)) == (0, 0, 0)
    assert state_of("order-1") == EXPIRED
    till.assert_books_agree()


def test_to_the_fen_enough_money_is_enough(till: Till) -> None:
    till.sandbox.put_person(psn_no=LI, balance_fen=FOR_TWO_FEN)
    payment = till.pay_from_account()
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert till.sandbox.person("李秀兰")["balance_fen"] == 0


def test_a_mother_in_law_is_no_close_relative_and_nothing_is_taken_for_the_others_either(till: Till) -> None:
    payment = till.pay_from_account(payer=ZHANG)  # Li's husband, for himself and for her mother
    till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.outcome_code) == (PaymentState.FAILED, "acct_kin_unknown")
    assert till.executed("account") == []
    assert balance_fen(**ACCOUNT) == 0


def test_without_an_employees_account_there_is_nothing_to_pay_from(till: Till) -> None:
    alone = [{"psn_no": WANG, "relation": "self", "amount_fen": FOR_TWO_FEN}]
    payment = start_payment(
        purpose=PURPOSE, purpose_ref=open_order(), plan_year=PLAN_YEAR, scheme=SCHEME, amount_fen=FOR_TWO_FEN,
        channel="PERSONAL_ACCOUNT", payer_id=None, details={"payer_psn_no": WANG, "insured": alone},
        actor=CLERK, now=clock.now(),
    )  # fmt: skip
    till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.outcome_code) == (PaymentState.FAILED, "acct_no_account")
    assert till.executed("account") == []


@pytest.mark.faults
def test_carried_out_but_unknown_until_after_it_was_given_up_is_found_later(
    till: Till, later: Callable[..., None]
) -> None:
    """A deduction cannot be called off: closing it is our word only, so it is asked about again (M1, M4)."""
    till.sandbox.fault("nhsa", "deduct", "drop_reply")
    till.sandbox.fault("nhsa", "query", "not_found", count=1)
    payment = till.pay_from_account()
    till.work()
    later(seconds=90)
    close_payment(payment=payment, actor=CLERK, now=clock.now())
    till.work()
    payment.refresh_from_db()
    assert (payment.state, state_of("order-1")) == (PaymentState.CLOSED, EXPIRED)
    later(minutes=10)
    till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.covered) == (PaymentState.REFUNDED, False)
    assert [fen for _number, fen in till.executed("account")] == [20_000, -20_000]
    till.assert_books_agree()


@pytest.mark.faults
def test_one_given_up_that_was_never_carried_out_is_left_in_peace_after_a_day_and_a_half(
    till: Till, later: Callable[..., None]
) -> None:
    till.sandbox.fault("nhsa", "deduct", "drop_before")
    payment = till.pay_from_account()
    till.work()
    later(seconds=90)
    close_payment(payment=payment, actor=CLERK, now=clock.now())
    for hours in (0, 1, 1, 7, 25):
        later(hours=hours)
        till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.next_attempt_at) == (PaymentState.CLOSED, None)
    assert (till.executed("account"), tasks_for_people()) == ([], [])


def test_given_up_between_being_claimed_and_being_sent_is_nobodys_case(till: Till) -> None:
    payment = till.pay_from_account()
    [claimed] = claim_due(Payment.objects.all(), now=clock.now())
    close_payment(payment=payment, actor=CLERK, now=clock.now())
    assert work(ERRAND, claimed, carry_payment, now=clock.now())
    payment.refresh_from_db()
    assert (payment.state, payment.next_attempt_at) == (PaymentState.CLOSED, None)
    assert (till.executed("account"), tasks_for_people()) == ([], [])


@pytest.mark.faults
def test_questions_go_to_the_area_where_the_money_was_asked_for(
    till: Till, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Li is insured in a county (411281), the portal speaks for the city (411200): every message names the county."""
    areas: set[tuple[str, str]] = set()
    call = Client.call

    def heard(client: Client, infno: str, data: Mapping[str, Any], *, insured_area: str = "", **rest: str) -> Any:
        areas.add((infno, insured_area))
        return call(client, infno, data, insured_area=insured_area, **rest)

    monkeypatch.setattr(Client, "call", heard)
    till.sandbox.fault("nhsa", "deduct", "drop_reply")
    till.sandbox.fault("nhsa", "refund", "drop_reply")
    alone = [{"psn_no": LI, "relation": "self", "amount_fen": FOR_TWO_FEN}]
    payment = start_payment(
        purpose=PURPOSE, purpose_ref=open_order(), plan_year=PLAN_YEAR, scheme=SCHEME, amount_fen=FOR_TWO_FEN,
        channel="PERSONAL_ACCOUNT", payer_id=None,
        details={"payer_psn_no": LI, "insured": alone, "area": "411281"}, actor=CLERK, now=clock.now(),
    )  # fmt: skip
    till.work()
    later(seconds=10)
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    refund = till.refund(payment, FOR_TWO_FEN)
    till.work()
    later(seconds=10)
    till.work()
    refund.refresh_from_db()
    assert refund.state == RefundState.REFUNDED
    assert areas == {("HZ01", "411281"), ("HZ02", "411281"), ("HZ03", "411281")}
