"""Proof of person and kinship at the platform: what the real one would refuse is refused here."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.testing import Sandbox
from tests.sandbox.wire import nhsa

LI_NO, LI_ID = "41120000000000000000001001", "411202196803154264"
RETURN = "https://portal.example/enrol/me/return/?state=abc"


def begin(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    data = {
        "proof_no": secrets.token_hex(16),
        "verf_type": "1",
        "nonce": secrets.token_hex(16),
        "return_url": RETURN,
        "shown_to": "139****1001",
        **changes,
    }
    reply = nhsa(sandbox, "HZ05", data).json()
    return {**data, "reply": reply, "url": (reply["output"] or {}).get("proofinfo", {}).get("auth_url", "")}


def face(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    return begin(sandbox, **{"verf_type": "2", "certno": LI_ID, "psn_name": "李秀兰", **changes})


def ticket_in(address: str) -> str:
    assert address.startswith(RETURN)
    return parse_qs(urlsplit(address).query)["ticket"][0]


def redeem(sandbox: Sandbox, proof: dict[str, Any], ticket: str, **changes: str) -> dict[str, Any]:
    data = {"proof_no": proof["proof_no"], "nonce": proof["nonce"], "ticket": ticket, **changes}
    return nhsa(sandbox, "HZ06", data).json()


def refusal(reply: dict[str, Any]) -> str:
    assert reply["infcode"] == -1
    return reply["err_msg"].split("]")[0].lstrip("[")


def test_li_opens_her_voucher_and_the_caller_learns_who_she_is(sandbox: Sandbox) -> None:
    proof = begin(sandbox)
    assert "139****1001" in httpx.get(proof["url"], trust_env=False).text
    found = redeem(sandbox, proof, ticket_in(sandbox.confirm_person(proof["url"], "李秀兰")))["output"]["proofinfo"]
    assert (found["psn_no"], found["psn_name"], found["certno"], found["mob"]) == (
        LI_NO,
        "李秀兰",
        LI_ID,
        "13900001001",
    )
    assert [row["event"] for row in sandbox.log("proof")] == ["redeemed"]


def test_a_lost_reply_is_asked_for_again_and_is_the_same(sandbox: Sandbox) -> None:
    proof = begin(sandbox)
    ticket = ticket_in(sandbox.confirm_person(proof["url"], "李秀兰"))
    first, second = (redeem(sandbox, proof, ticket)["output"] for _turn in range(2))
    assert first == second
    assert len(sandbox.log("proof")) == 1


def test_a_ticket_counts_for_its_own_proof_and_nonce_only(sandbox: Sandbox) -> None:
    proof, other = begin(sandbox), begin(sandbox)
    ticket = ticket_in(sandbox.confirm_person(proof["url"], "李秀兰"))
    for reply in (
        redeem(sandbox, other, ticket),
        redeem(sandbox, proof, ticket, nonce="0" * 32),
        redeem(sandbox, proof, "forged"),
        redeem(sandbox, proof, ""),
    ):
        assert refusal(reply) == "PROOF_TICKET_UNKNOWN"


def test_a_ticket_is_good_for_five_minutes(sandbox: Sandbox) -> None:
    proof = begin(sandbox)
    ticket = ticket_in(sandbox.confirm_person(proof["url"], "李秀兰"))
    sandbox.clock("+290s")
    assert redeem(sandbox, proof, ticket)["infcode"] == 0
    sandbox.clock("+301s")
    assert refusal(redeem(sandbox, proof, ticket)) == "PROOF_EXPIRED"


def test_a_page_is_open_for_ten_minutes(sandbox: Sandbox) -> None:
    proof = begin(sandbox)
    sandbox.clock("+601s")
    with pytest.raises(ValueError, match="410"):
        sandbox.confirm_person(proof["url"], "李秀兰")


def test_a_wrong_password_opens_nothing_and_the_fifth_ends_it(sandbox: Sandbox) -> None:
    proof = begin(sandbox)
    for _turn in range(4):
        with pytest.raises(ValueError, match="403"):
            sandbox.confirm_person(proof["url"], "李秀兰", password="000000")
    back = sandbox.confirm_person(proof["url"], "李秀兰", password="000000")
    assert refusal(redeem(sandbox, proof, ticket_in(back))) == "PROOF_REFUSED"


@pytest.mark.parametrize(
    ("expected", "before_the_camera"),
    [
        ({}, "赵国强"),
        ({}, ""),
        ({"certno": "411202197001010012", "psn_name": "吴无名"}, "赵国强"),
        ({"psn_name": "李秀蓝"}, "李秀兰"),
    ],
)
def test_another_face_nobody_unknown_and_mismatch_are_one_answer(
    sandbox: Sandbox, expected: dict[str, str], before_the_camera: str
) -> None:
    proof = face(sandbox, **expected)
    back = sandbox.confirm_person(proof["url"], before_the_camera, method="face")
    reply = redeem(sandbox, proof, ticket_in(back))
    assert (refusal(reply), reply["err_msg"]) == ("PROOF_REFUSED", "[PROOF_REFUSED] 未能核验为本人")


def test_her_own_face_is_she(sandbox: Sandbox) -> None:
    proof = face(sandbox)
    back = sandbox.confirm_person(proof["url"], "李秀兰", method="face")
    assert redeem(sandbox, proof, ticket_in(back))["output"]["proofinfo"]["psn_no"] == LI_NO


@pytest.mark.parametrize(
    "changes",
    [{"proof_no": "short"}, {"verf_type": "9"}, {"nonce": "1"}, {"return_url": "javascript:alert(1)"}, {"certno": "x"}],
)
def test_a_beginning_without_sense_is_refused(sandbox: Sandbox, changes: dict[str, str]) -> None:
    assert refusal(begin(sandbox, **changes)["reply"]) == "INPUT_INVALID"


@pytest.mark.parametrize(
    ("name", "certno", "kind", "flag"),
    [
        ("王桂英", "411202194309023286", "50", "1"),
        ("王桂英", "411202194309023286", "70", "0"),
        ("王桂兰", "411202194309023286", "50", "0"),
        ("赵国强", "411281197001255194", "70", "0"),
        ("吴无名", "411202197001010012", "20", "0"),
    ],
)
def test_the_register_knows_her_mother_and_no_stranger(
    sandbox: Sandbox, name: str, certno: str, kind: str, flag: str
) -> None:
    data = {"psn_no": LI_NO, "rel_type": kind, "certno": certno, "psn_name": name}
    assert nhsa(sandbox, "HZ07", data).json()["output"] == {"relainfo": {"rel_flag": flag}}
