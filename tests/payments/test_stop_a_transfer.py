"""What is no longer owed is stopped as long as the bank has not heard of it; whatever it may have heard of is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from core import clock
from core.actors import Actor
from payments.actions import send_transfer, stop_transfer
from payments.lifecycle import TransferState
from payments.models import Transfer
from tests.parcels.models import Obligation
from tests.payments.test_at_the_same_moment import at_once
from tests.payments.till import Till, states
from work.leases import claim_due


def stop(transfer: Transfer) -> bool:
    """As an outer room does: under the lock of the obligation."""
    with transaction.atomic():
        Obligation.objects.select_for_update().get(ref=transfer.purpose_ref)
        return stop_transfer(
            purpose=transfer.purpose,
            purpose_ref=transfer.purpose_ref,
            reason="the hospital has taken the bill back",
            actor=Actor.system("test"),
            now=clock.now(),
        )


def again(transfer: Transfer) -> Transfer:
    return Transfer.objects.get(pk=transfer.pk)


def test_before_a_worker_looks_it_is_stopped_and_the_bank_never_hears_of_it(
    till: Till, later: Callable[..., None]
) -> None:
    transfer = till.pay_out()
    assert stop(transfer)
    till.work()
    later(hours=1)
    till.work()
    assert states(again(transfer)) == ["CREATED", "STOPPED"]
    assert till.sandbox.log("bank") == []


def test_stopped_is_stopped_and_the_obligation_can_be_paid_by_another(till: Till) -> None:
    transfer = till.pay_out()
    assert stop(transfer)
    assert not stop(transfer)
    till.pay_out(transfer.purpose_ref)
    till.work()
    assert len(till.executed("bank", "paid")) == 1


def test_what_the_bank_has_heard_of_is_not_stopped(till: Till, later: Callable[..., None]) -> None:
    transfer = till.pay_out()
    till.work()
    assert not stop(transfer)
    later(seconds=3)
    till.work()
    assert not stop(transfer)
    assert again(transfer).state == TransferState.PAID


def test_nor_what_it_may_have_heard_of(till: Till) -> None:
    till.sandbox.fault("bank", "transfer", "drop_reply")
    transfer = till.pay_out()
    till.work()
    assert again(transfer).state == TransferState.UNKNOWN
    assert not stop(transfer)


def test_a_worker_that_holds_the_row_finds_it_stopped(till: Till) -> None:
    transfer = till.pay_out()
    [held] = claim_due(Transfer.objects.all(), now=clock.now())
    assert stop(transfer)
    send_transfer(transfer=held, token=held.fencing_token, now=clock.now())
    assert again(transfer).state == TransferState.STOPPED
    assert till.sandbox.log("bank") == []


@pytest.mark.faults
def test_stopped_and_sent_at_the_same_moment_exactly_one_of_them_happens(till: Till) -> None:
    transfer = till.pay_out()
    [held] = claim_due(Transfer.objects.all(), now=clock.now())
    [stopped, _sent] = at_once(
        lambda: stop(transfer), lambda: send_transfer(transfer=held, token=held.fencing_token, now=clock.now())
    )
    assert bool(till.sandbox.log("bank")) is not stopped
