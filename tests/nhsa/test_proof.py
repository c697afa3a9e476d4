"""Proof of person and kinship through the real client: what counts as an answer, and what never does."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qs, urlsplit

import pytest

from nhsa import NhsaRefused, NhsaUnknownOutcome, PlatformProof, ProofRequest, are_related
from nhsa.client import Client
from sandbox.testing import Sandbox

LI = {"name": "李秀兰", "id_number": "411202196803154264", "id_type": "resident_id"}
LI_NO = "41120000000000000000001001"


def request(method: str = "voucher", **whom: str) -> ProofRequest:
    return ProofRequest(
        proof_no=secrets.token_hex(16),
        method=method,
        nonce=secrets.token_hex(16),
        return_url="http://127.0.0.1/back/?state=s",
        shown_to="139****1001",
        **whom,
    )


def confirmed(sandbox: Sandbox, port: PlatformProof, asked: ProofRequest, name: str) -> str:
    address = sandbox.confirm_person(port.begin(asked), name, method=asked.method)
    return parse_qs(urlsplit(address).query)["ticket"][0]


@pytest.mark.parametrize("method", ["voucher", "face"])
def test_li_is_li_by_either_way(sandbox: Sandbox, client: Client, method: str) -> None:
    port = PlatformProof(client)
    asked = request(method, **(LI if method == "face" else {}))
    ticket = confirmed(sandbox, port, asked, "李秀兰")
    found = port.redeem(proof_no=asked.proof_no, nonce=asked.nonce, ticket=ticket)
    assert (found.psn_no, found.name, found.id_type, found.method) == (LI_NO, "李秀兰", "resident_id", method)
    assert "李秀兰" not in repr(found)


def test_zhao_before_the_camera_is_not_li(sandbox: Sandbox, client: Client) -> None:
    port, asked = PlatformProof(client), request("face", **LI)
    ticket = confirmed(sandbox, port, asked, "赵国强")
    with pytest.raises(NhsaRefused) as refused:
        port.redeem(proof_no=asked.proof_no, nonce=asked.nonce, ticket=ticket)
    assert refused.value.code == "proof_refused"


@pytest.mark.parametrize("kind", ["drop_reply", "garbage", "tamper_reply", "forge_reply", "error_after"])
def test_an_answer_that_cannot_be_believed_proves_nothing_and_may_be_asked_for_again(
    sandbox: Sandbox, client: Client, kind: str
) -> None:
    port, asked = PlatformProof(client), request()
    ticket = confirmed(sandbox, port, asked, "李秀兰")
    sandbox.fault("nhsa", "redeem_proof", kind)
    with pytest.raises(NhsaUnknownOutcome):
        port.redeem(proof_no=asked.proof_no, nonce=asked.nonce, ticket=ticket)
    assert port.redeem(proof_no=asked.proof_no, nonce=asked.nonce, ticket=ticket).psn_no == LI_NO


@pytest.mark.parametrize(
    ("relation", "name", "id_number", "related"),
    [
        ("parent", "王桂英", "411202194309023286", True),
        ("sibling", "赵国强", "411281197001255194", False),
        ("child", "吴无名", "411202197001010012", False),
    ],
)
def test_the_register_knows_her_mother_and_nobody_else(
    client: Client, relation: str, name: str, id_number: str, related: bool
) -> None:
    assert are_related(client, psn_no=LI_NO, relation=relation, name=name, id_number=id_number) is related
