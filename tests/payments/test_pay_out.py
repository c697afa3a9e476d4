"""A decided claim is paid to a bank card: paid, rejected, returned; every answer the bank can give, or not give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Conflict, DomainError
from ledger.selectors import balance_fen
from payments.lifecycle import TransferState
from payments.models import Transfer
from tests.payments.orders import BOUNCED, PAID, REJECTED, open_order, state_of
from tests.payments.till import BANK, PAYABLE, Till, states, tasks_for_people
from work.models import HumanTask

CLAIM_FEN = 1_864_000


def paid(till: Till, later: Callable[..., None]) -> Transfer:
    transfer = till.pay_out()
    till.work()
    later(seconds=3)
    till.work()
    transfer.refresh_from_db()
    assert transfer.state == TransferState.PAID
    return transfer


def test_the_bank_accepts_then_pays_and_the_books_say_so(till: Till, later: Callable[..., None]) -> None:
    transfer = till.pay_out()
    till.work()
    transfer.refresh_from_db()
    assert transfer.state == TransferState.ACCEPTED
    assert balance_fen(**BANK) == 0
    later(seconds=3)
    till.work()
    transfer.refresh_from_db()
    assert states(transfer) == ["CREATED", "SENDING", "ACCEPTED", "PAID"]
    assert till.executed("bank", "paid") == [(transfer.number, -CLAIM_FEN)]
    assert (balance_fen(**BANK), balance_fen(**PAYABLE)) == (-CLAIM_FEN, CLAIM_FEN)
    assert state_of("claim-1") == PAID
    till.assert_books_agree()


def test_while_one_is_live_or_paid_a_second_for_the_same_claim_is_refused(
    till: Till, later: Callable[..., None]
) -> None:
    transfer = till.pay_out()
    for _moment in ("instructed", "accepted", "paid"):
        with pytest.raises(Conflict) as refusal:
            till.pay_out("claim-1")
        assert refusal.value.code == "already_instructed"
        till.work()
        later(seconds=3)
    transfer.refresh_from_db()
    assert transfer.state == TransferState.PAID
    assert len(till.executed("bank", "paid")) == 1


def test_nothing_to_pay_or_nobody_to_pay_is_refused(till: Till) -> None:
    with pytest.raises(DomainError) as nothing:
        till.pay_out(amount_fen=0)
    assert nothing.value.code == "amount_not_positive"
    with pytest.raises(DomainError) as nobody:
        till.pay_out(open_order("claim-2"), account_no=" ")
    assert nobody.value.code == "payee_missing"


def test_a_rejected_transfer_books_nothing_and_the_claim_may_be_paid_anew(till: Till) -> None:
    till.sandbox.fault("bank", "transfer", "reject", reason="收款行拒收")
    transfer = till.pay_out()
    till.work()
    transfer.refresh_from_db()
    assert (transfer.state, transfer.failure_reason) == (TransferState.REJECTED, "收款行拒收")
    assert (state_of("claim-1"), balance_fen(**BANK)) == (REJECTED, 0)
    again = till.pay_out("claim-1", account_no="6222021001117654321")
    assert again.number != transfer.number


def test_a_returned_transfer_reverses_the_books_and_asks_for_a_new_decision(
    till: Till, later: Callable[..., None]
) -> None:
    transfer = paid(till, later)
    till.sandbox.bounce(transfer.number, "收款账户已销户")
    later(minutes=2)  # the first of the looks after payment
    till.work()
    transfer.refresh_from_db()
    assert (transfer.state, transfer.failure_reason) == (TransferState.BOUNCED, "收款账户已销户")
    assert (balance_fen(**BANK), balance_fen(**PAYABLE)) == (0, 0)
    assert state_of("claim-1") == BOUNCED
    till.assert_books_agree()
    # Nothing is sent again by itself; a person decides, and then it is another transfer.
    later(days=1)
    till.work()
    assert len(till.executed("bank", "paid")) == 1
    till.pay_out("claim-1", account_no="6222021001117654321")
    till.work()
    later(seconds=3)
    till.work()
    assert balance_fen(**BANK) == -CLAIM_FEN
    till.assert_books_agree()


def test_returned_before_we_asked_is_a_payment_and_a_return(till: Till, later: Callable[..., None]) -> None:
    till.sandbox.fault("bank", "transfer", "bounce", seconds=0, reason="户名不符")
    transfer = till.pay_out()
    till.work()
    later(seconds=3)
    till.work()
    transfer.refresh_from_db()
    assert states(transfer) == ["CREATED", "SENDING", "ACCEPTED", "PAID", "BOUNCED"]
    assert balance_fen(**BANK) == 0
    till.assert_books_agree()


def test_a_paid_transfer_is_looked_at_for_some_days_and_then_no_more(till: Till, later: Callable[..., None]) -> None:
    transfer = paid(till, later)
    looks = 0
    while transfer.next_attempt_at is not None:
        later(days=1)
        till.work()
        transfer.refresh_from_db()
        looks += 1
        assert looks < 20
    assert transfer.state == TransferState.PAID
    assert tasks_for_people() == []


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["drop_reply", "error_after", "garbage", "tamper_reply", "forge_reply"])
def test_executed_but_the_answer_is_lost_the_query_finds_it(till: Till, later: Callable[..., None], kind: str) -> None:
    till.sandbox.fault("bank", "transfer", kind)
    transfer = till.pay_out()
    till.work()
    transfer.refresh_from_db()
    assert (transfer.state, balance_fen(**BANK)) == (TransferState.UNKNOWN, 0)
    later(seconds=3)
    till.work()
    transfer.refresh_from_db()
    assert states(transfer) == ["CREATED", "SENDING", "UNKNOWN", "PAID"]
    assert till.executed("bank", "paid") == [(transfer.number, -CLAIM_FEN)]
    till.assert_books_agree()


@pytest.mark.faults
def test_executed_but_not_found_for_longer_than_the_grace_is_still_paid_once(
    till: Till, later: Callable[..., None]
) -> None:
    till.sandbox.fault("bank", "transfer", "error_after")
    till.sandbox.fault("bank", "query", "not_found", count=6)
    transfer = till.pay_out()
    for _look in range(8):
        till.work()
        later(minutes=6)
    transfer.refresh_from_db()
    assert transfer.state == TransferState.PAID
    assert states(transfer).count("SENDING") >= 2  # sent again, same number and bytes
    assert till.executed("bank", "paid") == [(transfer.number, -CLAIM_FEN)]
    till.assert_books_agree()


@pytest.mark.faults
def test_a_repetition_refused_while_the_first_was_paid_is_paid(till: Till, later: Callable[..., None]) -> None:
    """The bank knows the number after all and refuses it as used: Li Xiulan has her 18,640.00, once."""
    till.sandbox.fault("bank", "transfer", "error_after")
    transfer = till.pay_out()
    till.work()
    till.sandbox.fault("bank", "query", "not_found")
    till.sandbox.fault("bank", "transfer", "refuse", code="instruction_no_used")
    later(minutes=6)  # past the grace: it is sent again, and refused
    till.work()
    transfer.refresh_from_db()
    assert states(transfer) == ["CREATED", "SENDING", "UNKNOWN", "SENDING", "PAID"]
    with pytest.raises(Conflict):  # nobody can pay her a second time
        till.pay_out("claim-1")
    assert till.executed("bank", "paid") == [(transfer.number, -CLAIM_FEN)]
    till.assert_books_agree()


@pytest.mark.faults
def test_a_repetition_refused_and_still_unknown_when_asked_is_rejected(till: Till, later: Callable[..., None]) -> None:
    """The other side: the bank never had it, so its refusal stands and the claim may be paid anew."""
    till.sandbox.fault("bank", "transfer", "error_before")
    transfer = till.pay_out()
    till.work()
    till.sandbox.fault("bank", "transfer", "refuse", code="payee_blocked")
    later(minutes=6)
    till.work()
    transfer.refresh_from_db()
    assert states(transfer) == ["CREATED", "SENDING", "UNKNOWN", "SENDING", "REJECTED"]
    assert till.executed("bank", "paid") == []
    assert till.pay_out("claim-1").number != transfer.number


@pytest.mark.parametrize(
    ("reported_fen", "state"), [(CLAIM_FEN, "PAID"), (CLAIM_FEN - 1, "ACCEPTED"), (CLAIM_FEN + 1, "ACCEPTED")]
)
def test_one_fen_more_or_less_than_instructed_is_not_booked_and_a_person_looks(
    till: Till, later: Callable[..., None], reported_fen: int, state: str
) -> None:
    till.sandbox.fault("bank", "query", "other_amount", amount_fen=reported_fen)
    transfer = till.pay_out()
    till.work()
    later(seconds=3)
    till.work()
    transfer.refresh_from_db()
    is_paid = state == "PAID"
    assert (transfer.state, balance_fen(**BANK)) == (state, -CLAIM_FEN if is_paid else 0)
    assert tasks_for_people() == ([] if is_paid else [("payments.transfer", "amount_mismatch")])


@pytest.mark.faults
def test_a_bank_out_of_reach_never_makes_it_failed(till: Till, later: Callable[..., None]) -> None:
    till.sandbox.fault("bank", "*", "error_before", count=-1)
    transfer = till.pay_out()
    for _attempt in range(13):
        till.work()
        later(minutes=31)
    transfer.refresh_from_db()
    assert transfer.state == TransferState.UNKNOWN
    [task] = HumanTask.objects.all()
    assert (task.kind, task.key) == ("payments.transfer", transfer.number)
    assert transfer.number in task.url
    till.sandbox.clear_faults()
    later(hours=1)
    till.work()
    later(minutes=6)
    till.work()
    later(hours=2)
    till.work()
    transfer.refresh_from_db()
    assert transfer.state == TransferState.PAID
    assert till.executed("bank", "paid") == [(transfer.number, -CLAIM_FEN)]
    assert tasks_for_people() == []  # answered after all: nobody needs to look any more


@pytest.mark.faults
def test_one_row_that_fails_does_not_hold_up_the_next(till: Till) -> None:
    till.sandbox.fault("bank", "transfer", "error_after")
    first = till.pay_out(open_order("claim-1"))
    second = till.pay_out(open_order("claim-2"))
    till.work()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (TransferState.UNKNOWN, TransferState.ACCEPTED)


@pytest.mark.faults
def test_changed_bytes_are_never_sent_under_the_old_number(till: Till, later: Callable[..., None]) -> None:
    """Somebody mends the account number while the outcome is unknown: a person must look, the bank hears nothing."""
    till.sandbox.fault("bank", "transfer", "error_before")
    transfer = till.pay_out()
    till.work()
    transfer.refresh_from_db()
    transfer.account_no = "6222021001117654321"
    transfer.save(update_fields=["account_no"])
    later(minutes=6)
    till.work()
    transfer.refresh_from_db()
    assert transfer.state == TransferState.UNKNOWN
    assert ("payments.transfer", "request_changed") in tasks_for_people()
    assert till.executed("bank") == []


def test_the_database_itself_refuses_what_the_code_would_not_do(till: Till) -> None:
    transfer = till.pay_out()
    for change in ({"amount_fen": 1}, {"number": "TR-2026-9999999"}, {"purpose_ref": "claim-9"}, {"state": "PAID"}):
        with pytest.raises(Exception, match=r"Cannot|permission denied"), transaction.atomic():
            Transfer.objects.filter(pk=transfer.pk).update(**change)
    with pytest.raises(Exception, match=r"Cannot|permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM payments_transfer WHERE id = %s", [transfer.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            number="TR-2026-0000777", purpose=transfer.purpose, purpose_ref=transfer.purpose_ref, plan_year="x",
            amount_fen=1, channel="BANK", account=transfer.account,
            payee_name="x", account_no="x", narrative="x", created_at=transfer.created_at,
        )  # fmt: skip
