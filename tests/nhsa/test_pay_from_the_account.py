"""Personal account: Li pays for herself and her mother, once, whatever happens on the way. The sandbox's log judges."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from nhsa import (
    Client,
    DeductionInstruction,
    NhsaInstructionConflict,
    NhsaRefused,
    NhsaUnknownOutcome,
    PaidFor,
    RefundInstruction,
    authorise,
    deduct,
    query_instruction,
    refund,
)
from sandbox.testing import Sandbox
from tests.outside import platform

AREA = "411200"
LI, WANG, ZHANG, ZHAO, QIAN = (f"4112000000000000000000100{n}" for n in (1, 2, 3, 5, 6))
FOR_WANG = "GJ4112002025100100000001"


def instruction(number: str = "PAY-0001", *, mother: str = FOR_WANG, each_fen: int = 10_000) -> DeductionInstruction:
    """200.00 yuan: 100.00 for Li herself, 100.00 for her mother."""
    return DeductionInstruction(
        number, LI, (PaidFor(LI, "self", "", each_fen), PaidFor(WANG, "parent", mother, each_fen))
    )


def one(payer: str, insured: str, relation: str, authorisation: str = "", fen: int = 10_000) -> DeductionInstruction:
    return DeductionInstruction("PAY-0002", payer, (PaidFor(insured, relation, authorisation, fen),))


def test_li_pays_for_herself_and_her_mother_in_one_deduction(client: Client, sandbox: Sandbox) -> None:
    outcome = deduct(client, instruction(), area=AREA)
    assert (outcome.state, outcome.amount_fen, outcome.balance_fen) == ("done", 20_000, 308_640)
    assert sandbox.person("李秀兰")["balance_fen"] == 308_640
    (row,) = sandbox.log()
    assert (row["event"], row["reference"], row["serial"]) == ("deducted", "PAY-0001", outcome.platform_no)
    assert (row["amount_fen"], row["counterparty"]) == (20_000, LI)


def test_sending_it_again_gives_the_first_outcome(client: Client, sandbox: Sandbox) -> None:
    assert deduct(client, instruction(), area=AREA) == deduct(client, instruction(), area=AREA)
    assert sandbox.total_fen("account") == 20_000


def test_the_same_number_for_something_else_is_a_conflict_not_a_refusal(client: Client, sandbox: Sandbox) -> None:
    deduct(client, instruction(), area=AREA)
    with pytest.raises(NhsaInstructionConflict):
        deduct(client, instruction(each_fen=9_900), area=AREA)
    assert sandbox.total_fen("account") == 20_000


def test_eight_equal_instructions_at_once_are_executed_once(client: Client, sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        outcomes = list(pool.map(lambda _: deduct(client, instruction(), area=AREA), range(8)))
    assert len(set(outcomes)) == 1
    assert len(sandbox.log("account")) == 1


def test_eight_different_instructions_at_once_never_overdraw(client: Client, sandbox: Sandbox) -> None:
    """The control: they are all executed while the money lasts, 3,286.40 paying for three times 1,000.00."""
    numbers = [f"PAY-{n:04d}" for n in range(8)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda n: deduct(client, instruction(n, each_fen=50_000), area=AREA), numbers))
    assert sorted(outcome.state for outcome in found) == ["done"] * 3 + ["refused"] * 5
    assert sandbox.total_fen("account") == 300_000
    assert sandbox.person("李秀兰")["balance_fen"] == 28_640


@pytest.mark.parametrize("kind", ["drop_reply", "error_after", "garbage", "forge_reply", "tamper_reply"])
def test_executed_but_no_answer_to_trust(client: Client, sandbox: Sandbox, kind: str) -> None:
    sandbox.fault("account", "deduct", kind)
    with pytest.raises(NhsaUnknownOutcome):
        deduct(client, instruction(), area=AREA)
    found = query_instruction(client, instruction_no="PAY-0001", area=AREA)
    assert found is not None
    assert (found.state, found.amount_fen) == ("done", 20_000)
    assert deduct(client, instruction(), area=AREA) == found
    assert len(sandbox.log("account")) == 1


@pytest.mark.parametrize("kind", ["error_before", "drop_before"])
def test_not_executed_and_no_answer(client: Client, sandbox: Sandbox, kind: str) -> None:
    sandbox.fault("account", "deduct", kind)
    with pytest.raises(NhsaUnknownOutcome):
        deduct(client, instruction(), area=AREA)
    assert query_instruction(client, instruction_no="PAY-0001", area=AREA) is None
    assert sandbox.log() == []
    assert deduct(client, instruction(), area=AREA).done


def test_a_slow_answer_is_unknown_until_queried(sandbox: Sandbox) -> None:
    from nhsa.conf import client_from

    hasty = client_from(platform(sandbox), read_timeout=0.5)
    sandbox.fault("account", "deduct", "delay", seconds=2)
    with pytest.raises(NhsaUnknownOutcome) as unknown:
        deduct(hasty, instruction(), area=AREA)
    assert unknown.value.code == "timeout"
    assert deduct(hasty, instruction(), area=AREA).done
    assert len(sandbox.log("account")) == 1


def test_not_found_twice_then_done(client: Client, sandbox: Sandbox) -> None:
    deduct(client, instruction(), area=AREA)
    sandbox.fault("account", "query", "not_found", count=2)
    found = [query_instruction(client, instruction_no="PAY-0001", area=AREA) for _ in range(3)]
    assert [outcome and outcome.state for outcome in found] == [None, None, "done"]


def test_busy_is_not_refused(client: Client, sandbox: Sandbox) -> None:
    """Platforms answer -1 also when they are overloaded: only known codes end an instruction."""
    sandbox.fault("account", "deduct", "refuse", code="SYS_BUSY", message="系统繁忙")
    with pytest.raises(NhsaUnknownOutcome) as unknown:
        deduct(client, instruction(), area=AREA)
    assert unknown.value.code == "sys_busy"
    assert deduct(client, instruction(), area=AREA).done


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (one(LI, WANG, "parent", FOR_WANG, fen=328_641), "acct_balance"),
        (one(LI, WANG, "parent", "GJ0000"), "acct_auth_invalid"),
        (one(LI, WANG, "sibling", FOR_WANG), "acct_auth_invalid"),
        (one(LI, WANG, "self"), "acct_relation_not_allowed"),
        (one(LI, ZHAO, "sibling", FOR_WANG), "acct_auth_invalid"),
        (one(WANG, WANG, "self"), "acct_no_account"),
        (one(QIAN, QIAN, "self"), "acct_no_account"),
        (one(LI, "no-such-person", "parent", FOR_WANG), "psn_not_found"),
    ],
)
def test_refused_for_good_and_no_money_moved(
    client: Client, sandbox: Sandbox, asked: DeductionInstruction, code: str
) -> None:
    outcome = deduct(client, asked, area=AREA)
    assert (outcome.state, outcome.code, outcome.amount_fen) == ("refused", code, 0)
    assert sandbox.log() == []
    found = query_instruction(client, instruction_no="PAY-0002", area=AREA)
    assert found is not None
    assert (found.state, found.code) == ("refused", code)


def test_the_whole_balance_can_be_spent_and_not_a_fen_more(client: Client, sandbox: Sandbox) -> None:
    assert deduct(client, one(LI, WANG, "parent", FOR_WANG, fen=328_640), area=AREA).balance_fen == 0
    left = deduct(client, DeductionInstruction("PAY-0003", LI, (PaidFor(LI, "self", "", 1),)), area=AREA)
    assert left.code == "acct_balance"


def test_one_relative_too_many_refuses_all(client: Client, sandbox: Sandbox) -> None:
    parts = (PaidFor(LI, "self", "", 10_000), PaidFor(ZHAO, "sibling", "", 10_000))
    assert deduct(client, DeductionInstruction("PAY-0004", LI, parts), area=AREA).code == "acct_auth_invalid"
    assert sandbox.person("李秀兰")["balance_fen"] == 328_640


def test_an_authorisation_is_granted_for_kin_and_stays_the_same(client: Client) -> None:
    number = authorise(client, payer_psn_no=LI, insured_psn_no=ZHANG, relation="spouse", area=AREA)
    assert authorise(client, payer_psn_no=LI, insured_psn_no=ZHANG, relation="spouse", area=AREA) == number
    assert deduct(client, one(LI, ZHANG, "spouse", number), area=AREA).done
    mothers = authorise(client, payer_psn_no=LI, insured_psn_no=WANG, relation="parent", area=AREA)
    assert mothers == FOR_WANG


@pytest.mark.parametrize(
    ("insured", "relation", "code"),
    [
        (ZHAO, "sibling", "acct_kin_unknown"),
        (WANG, "spouse", "acct_kin_unknown"),
        (LI, "self", "acct_relation_not_allowed"),
    ],
)
def test_no_authorisation_for_who_is_not_kin(client: Client, insured: str, relation: str, code: str) -> None:
    with pytest.raises(NhsaRefused) as refused:
        authorise(client, payer_psn_no=LI, insured_psn_no=insured, relation=relation, area=AREA)
    assert refused.value.code == code


def test_refunds_go_back_to_the_account_up_to_what_was_taken(client: Client, sandbox: Sandbox) -> None:
    deduct(client, instruction(), area=AREA)
    first = refund(client, RefundInstruction("REF-0001", "PAY-0001", 10_000), area=AREA)
    assert (first.state, first.kind, first.amount_fen, first.balance_fen) == ("done", "refund", 10_000, 318_640)
    assert refund(client, RefundInstruction("REF-0001", "PAY-0001", 10_000), area=AREA) == first
    assert refund(client, RefundInstruction("REF-0002", "PAY-0001", 10_001), area=AREA).code == "acct_refund_exceeds"
    assert refund(client, RefundInstruction("REF-0003", "PAY-0001", 10_000), area=AREA).done
    assert [row["amount_fen"] for row in sandbox.log("account")] == [20_000, -10_000, -10_000]
    assert sandbox.person("李秀兰")["balance_fen"] == 328_640


def test_what_was_never_taken_cannot_be_refunded(client: Client, sandbox: Sandbox) -> None:
    outcome = refund(client, RefundInstruction("REF-0001", "PAY-9999", 10_000), area=AREA)
    assert (outcome.state, outcome.code) == ("refused", "acct_original_not_found")
    assert sandbox.log() == []
