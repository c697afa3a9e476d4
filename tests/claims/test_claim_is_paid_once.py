"""From approval to money in the account, a process is killed (SIGKILL) between every two steps; the claim is paid
exactly once. The judge is the sandbox bank's own log. Source: reliability.md M1, M2, M3; C8.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

import pytest
from django.db import connection

from claims.lifecycle import ClaimState
from claims.models import Claim, YearAccount
from core import guards
from core.errors import DomainError
from ledger.models import Transaction
from ledger.selectors import balance_fen, unbalanced_transactions
from messaging.models import SmsMessage
from payments.models import Transfer
from payments.steps import TRANSFER_STEPS
from sandbox.testing import Sandbox
from tests.claims.people import LI_HIP, LI_SECOND, LI_SECOND_STAY, Family
from tests.payments.worker import Worker

PAYABLE_FEN = 906_000
Start = Callable[..., Worker]


@pytest.fixture
def family(transactional_db: None, outside: Sandbox) -> Family:
    return Family()


def finish(worker: Start, later: Callable[..., None]) -> None:
    """Other workers: after the dead one's lease, after the bank's time of grace, and once more."""
    for minutes in (3, 6, 1):
        later(minutes=minutes)
        assert worker("sweep_transfers").wait() == 0


def assert_paid_exactly_once(claim: Claim, outside: Sandbox) -> None:
    claim = Claim.objects.get(pk=claim.pk)
    transfer = Transfer.objects.get(purpose_ref=f"{claim.number}-1")
    assert claim.state == ClaimState.PAID
    assert [row["reference"] for row in outside.log("bank", event="accepted")] == [transfer.number]
    assert [row["amount_fen"] for row in outside.log("bank", event="paid")] == [-PAYABLE_FEN]
    assert [event.name for event in claim.events.all()].count("claim.paid") == 1
    assert Transaction.objects.filter(kind="claim.approved").count() == 1
    assert Transaction.objects.filter(kind="payout").count() == 1
    assert balance_fen("asset.bank") == outside.total_fen("bank") == -PAYABLE_FEN
    assert balance_fen("liability.claims_payable", plan_year="smx-2026") == 0
    assert unbalanced_transactions() == []
    assert YearAccount.objects.get(policy=claim.policy).paid_fen == PAYABLE_FEN
    assert SmsMessage.objects.filter(template="claim_paid").count() == 1


@pytest.mark.faults
@pytest.mark.parametrize("step", TRANSFER_STEPS)
def test_killed_at_any_step_of_the_payout_the_claim_is_paid_exactly_once(
    family: Family, outside: Sandbox, worker: Start, later: Callable[..., None], step: str
) -> None:
    claim, decision = family.is_proposed(LI_HIP)
    if step.startswith("transfer.created"):
        # The process in which Wang Lei approves dies while it writes, or right after it committed.
        assert worker("approve", claim.number, "wanglei", CRASH_AT=step).wait() == -signal.SIGKILL
        if family.again(claim).state == ClaimState.PROPOSED:
            # Nothing at all was written: no approval without its payout, no ledger entry, no moved year.
            assert balance_fen("expense.claims", plan_year="smx-2026") == 0
            assert not Transfer.objects.exists()
            family.approves(claim, decision)
    else:
        family.approves(claim, decision)
        assert worker("sweep_transfers", CRASH_AT=step).wait() == -signal.SIGKILL
    finish(worker, later)
    assert_paid_exactly_once(claim, outside)


def test_two_approvers_at_the_same_moment_make_one_payout(family: Family, outside: Sandbox) -> None:
    from tests.accounts.people import staff

    claim, decision = family.is_proposed(LI_HIP)
    second = staff("zhaolei", "claims_approver", name="赵磊")
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def approve(user: object) -> None:
        gate.wait()
        try:
            family.approves(claim, decision, by=user)  # type: ignore[arg-type]  # a User
            outcomes.append("approved")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(user,)) for user in (family.wang, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "changed_meanwhile"]
    assert Transfer.objects.count() == 1
    assert balance_fen("expense.claims", plan_year="smx-2026") == PAYABLE_FEN


def approve_both_at_once(family: Family, outside: Sandbox) -> list[str]:
    """Two claims of one year, both proposed on the empty year, approved at the same moment by two approvers."""
    outside.control("POST", "stays", LI_SECOND_STAY)
    proposed = [family.is_proposed(LI_HIP), family.is_proposed(LI_SECOND)]
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def approve(index: int) -> None:
        claim, decision = proposed[index]
        gate.wait()
        try:
            family.approves(claim, decision)
            outcomes.append("approved")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_claims_of_one_year_never_both_use_the_same_year(
    family: Family, outside: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is second is computed anew: deductible and cap of the year are used once.

    Whoever is first waits for the other where it has read the year and not yet written it; the lock keeps her out.
    """
    module = import_module("claims.actions.approve_decision")
    inside = threading.Barrier(2)
    approve = module._approve

    def held(*args: object, **kwargs: object) -> None:
        with suppress(threading.BrokenBarrierError):
            inside.wait(timeout=2)
        approve(*args, **kwargs)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(module, "_approve", held)
    assert approve_both_at_once(family, outside) == ["approved", "proposal_outdated"]
    assert YearAccount.objects.get(policy=family.policies["李秀兰"]).version == 1


def test_control_without_the_years_lock_both_claims_are_decided_on_the_same_year(
    family: Family, outside: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: with the lock off, and both held between reading the year and writing it, both go through."""
    module = import_module("claims.actions.approve_decision")
    inside = threading.Barrier(2)
    approve = module._approve

    def held(*args: object, **kwargs: object) -> None:
        inside.wait(timeout=20)
        approve(*args, **kwargs)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(module, "_approve", held)
    with guards.off("claims.year_lock"):
        assert approve_both_at_once(family, outside) == ["approved", "approved"]
    # Both were decided on an empty year; the later writing has overwritten what the first used up.
    assert {d.year_version for claim in Claim.objects.all() for d in claim.decisions.all()} == {0}


def test_paying_again_after_a_return_is_a_second_instruction_of_one_obligation(
    family: Family, outside: Sandbox, worker: Start, later: Callable[..., None]
) -> None:
    claim = family.is_approved(LI_HIP)
    finish(worker, later)
    outside.bounce(Transfer.objects.get().number)
    later(days=8)
    assert worker("sweep_transfers").wait() == 0
    claim = family.again(claim)
    assert claim.state == ClaimState.PAYOUT_FAILED
    family.names_account(claim)
    family.pays_again(claim)
    finish(worker, later)
    assert family.again(claim).state == ClaimState.PAID
    assert [row["amount_fen"] for row in outside.log("bank", event="paid")] == [-PAYABLE_FEN, -PAYABLE_FEN]
    assert outside.total_fen("bank") == balance_fen("asset.bank") == -PAYABLE_FEN
