"""The bank executes an instruction once, whatever happens to its replies; its own log says what it did."""

from __future__ import annotations

import hashlib
import hmac
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from sandbox.testing import Sandbox
from tests.sandbox.wire import bank, transfer_body

PATH = "/bank/transfers"


def test_a_transfer_is_accepted_then_paid_and_leaves_the_insurer(sandbox: Sandbox) -> None:
    accepted = bank(sandbox, "POST", PATH, transfer_body(sandbox)).json()
    assert (accepted["state"], accepted["amount_fen"]) == ("accepted", 1_208_000)
    assert bank(sandbox, "GET", f"{PATH}/PO-2026-0001").json()["state"] == "paid"
    assert [(row["event"], row["amount_fen"]) for row in sandbox.log("bank")] == [("accepted", 0), ("paid", -1_208_000)]
    assert sandbox.total_fen() == -1_208_000


def test_the_same_number_with_the_same_bytes_is_one_transfer(sandbox: Sandbox) -> None:
    first = bank(sandbox, "POST", PATH, transfer_body(sandbox)).json()
    second = bank(sandbox, "POST", PATH, transfer_body(sandbox)).json()
    assert second["serial"] == first["serial"]
    assert len(sandbox.log("bank", event="paid")) == 1


def test_the_same_number_with_another_amount_is_refused_and_not_executed(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", PATH, transfer_body(sandbox))
    refused = bank(sandbox, "POST", PATH, transfer_body(sandbox, amount_fen=1_208_001))
    assert (refused.status_code, refused.json()["code"]) == (409, "instruction_no_reused")
    assert sandbox.total_fen("bank") == -1_208_000


def test_sixteen_equal_instructions_at_once_are_executed_once(sandbox: Sandbox) -> None:
    body = transfer_body(sandbox)
    with ThreadPoolExecutor(max_workers=16) as pool:
        replies = list(pool.map(lambda _: bank(sandbox, "POST", PATH, body), range(16)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["serial"] for reply in replies}) == 1
    assert sandbox.total_fen("bank") == -1_208_000


def test_sixteen_different_instructions_at_once_are_all_executed(sandbox: Sandbox) -> None:
    """The control: what holds the equal ones back is the number, not the lock."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        list(pool.map(lambda n: bank(sandbox, "POST", PATH, transfer_body(sandbox, f"PO-2026-{n:04d}")), range(16)))
    assert sandbox.total_fen("bank") == -16 * 1_208_000


@pytest.mark.parametrize("kind", ["drop_reply", "error_after", "garbage"])
def test_executed_then_no_usable_reply(sandbox: Sandbox, kind: str) -> None:
    sandbox.fault("bank", "transfer", kind)
    try:
        lost = bank(sandbox, "POST", PATH, transfer_body(sandbox))
        assert "X-Channel-Signature" not in lost.headers
    except httpx.RemoteProtocolError:
        assert kind == "drop_reply"
    assert len(sandbox.log("bank", event="paid")) == 1
    again = bank(sandbox, "POST", PATH, transfer_body(sandbox))
    assert again.json()["state"] in ("accepted", "paid")
    assert sandbox.total_fen("bank") == -1_208_000


@pytest.mark.parametrize("kind", ["error_before", "drop_before"])
def test_failed_before_executing(sandbox: Sandbox, kind: str) -> None:
    sandbox.fault("bank", "transfer", kind)
    try:
        assert bank(sandbox, "POST", PATH, transfer_body(sandbox)).status_code == 503
    except httpx.RemoteProtocolError:
        assert kind == "drop_before"
    assert sandbox.log("bank") == []
    assert bank(sandbox, "GET", f"{PATH}/PO-2026-0001").json()["code"] == "transfer_not_found"


def test_not_found_yet_twice_then_found(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", PATH, transfer_body(sandbox))
    sandbox.fault("bank", "query", "not_found", count=2)
    states = [bank(sandbox, "GET", f"{PATH}/PO-2026-0001") for _ in range(3)]
    assert [reply.status_code for reply in states] == [404, 404, 200]


def test_a_paid_transfer_comes_back_when_the_payee_bank_returns_it(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", PATH, transfer_body(sandbox))
    assert bank(sandbox, "GET", f"{PATH}/PO-2026-0001").json()["state"] == "paid"
    sandbox.bounce("PO-2026-0001", "收款账户已销户")
    returned = bank(sandbox, "GET", f"{PATH}/PO-2026-0001").json()
    assert (returned["state"], returned["reason"]) == ("bounced", "收款账户已销户")
    assert [row["amount_fen"] for row in sandbox.log("bank")] == [0, -1_208_000, 1_208_000]


def test_a_card_under_another_name_bounces(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", PATH, transfer_body(sandbox, payee_name="王桂英"))
    returned = bank(sandbox, "GET", f"{PATH}/PO-2026-0001").json()
    assert (returned["state"], returned["reason"]) == ("bounced", "收款户名与账号不符")
    assert sandbox.total_fen("bank") == 0


@pytest.mark.parametrize("account", ["12345", "６２２２０２０００００００３３８１１", "٦٢٢٢٠٢٠٠٠٠٠٠٠٣٣٨١١"])
def test_an_account_that_is_no_account_is_rejected_without_money(sandbox: Sandbox, account: str) -> None:
    """Digits of another width or script are none to a bank (reported fault F-C11)."""
    reply = bank(sandbox, "POST", PATH, transfer_body(sandbox, payee_account=account)).json()
    assert (reply["state"], reply["reason"]) == ("rejected", "收款账号格式不正确")
    assert sandbox.total_fen("bank") == 0


def test_an_amount_is_a_positive_integer_of_fen(sandbox: Sandbox) -> None:
    for amount in (0, -1, "100", 1.5, True):
        refused = bank(sandbox, "POST", PATH, transfer_body(sandbox, amount_fen=amount))
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_amount")
    assert sandbox.log() == []


def test_the_day_file_shows_payment_and_return_in_yuan(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", PATH, transfer_body(sandbox))
    bank(sandbox, "POST", PATH, transfer_body(sandbox, "PO-2026-0002", payee_name="王桂英", amount_fen=5))
    sandbox.log()
    day = bank(sandbox, "GET", f"{PATH}/PO-2026-0001").json()["paid_at"][:10]
    rows = bank(sandbox, "GET", f"/bank/files/{day}.csv").content.decode("utf-8-sig").splitlines()
    cells = [row.split(",") for row in rows]
    assert [(row[2], row[3], row[4]) for row in cells[1:-1]] == [
        ("PO-2026-0001", "借", "12080.00"),
        ("PO-2026-0002", "借", "0.05"),
        ("PO-2026-0002", "贷", "0.05"),
    ]
    assert rows[-1] == "合计,3"
    listed = bank(sandbox, "GET", f"{PATH}?date={day}").json()["transfers"]
    assert [item["instruction_no"] for item in listed] == ["PO-2026-0001", "PO-2026-0002"]


def test_forged_stale_replayed_and_tampered_requests_are_refused(sandbox: Sandbox) -> None:
    body = transfer_body(sandbox)
    forged = bank(sandbox, "POST", PATH, body, secret="not-the-secret")
    stale = bank(sandbox, "POST", PATH, body, at=time.time() - 301)
    early = bank(sandbox, "POST", PATH, body, at=time.time() + 310)
    tampered = bank(sandbox, "POST", PATH, body, sent=b'{"instruction_no": "PO-2026-0001", "amount_fen": 1}')
    codes = [reply.json()["code"] for reply in (forged, stale, early, tampered)]
    assert codes == ["signature_forged", "signature_stale", "signature_stale", "signature_forged"]
    assert bank(sandbox, "GET", f"{PATH}/PO-2026-0009", nonce="n-1").status_code == 404
    replayed = bank(sandbox, "GET", f"{PATH}/PO-2026-0009", nonce="n-1")
    assert (replayed.status_code, replayed.json()["code"]) == (401, "signature_replayed")
    assert [row["event"] for row in sandbox.log()] == ["refused"] * 5, "and nothing was executed"


def test_a_request_299_seconds_old_is_still_fresh(sandbox: Sandbox) -> None:
    assert bank(sandbox, "POST", PATH, transfer_body(sandbox), at=time.time() - 298).status_code == 200


def test_the_reply_is_signed_over_status_time_our_nonce_and_body(sandbox: Sandbox) -> None:
    reply = bank(sandbox, "POST", PATH, transfer_body(sandbox), nonce="n-42")
    lines = ["200", reply.headers["X-Channel-Timestamp"], "n-42", hashlib.sha256(reply.content).hexdigest()]
    secret = sandbox.keys["bank"]["secret"].encode()
    expected = hmac.new(secret, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    assert reply.headers["X-Channel-Signature"] == expected
