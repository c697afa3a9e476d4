"""A refusal is an answer; silence, noise and forgery are not. And nothing of a person reaches a log."""

from __future__ import annotations

import logging

import pytest

from nhsa import Client, NhsaGatewayRejected, NhsaRefused, NhsaUnknownOutcome, fetch_person, fetch_settlements
from nhsa.conf import client_at, client_from
from sandbox.testing import Sandbox, free_port
from tests.outside import connect, platform

LI = {"id_number": "411202196803154264", "id_type": "resident_id", "name": "李秀兰"}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("error_before", "http_503"),
        ("error_after", "http_502"),
        ("drop_reply", "connection_lost"),
        ("garbage", "reply_signature"),
        ("forge_reply", "reply_signature"),
    ],
)
def test_no_answer_to_trust_is_unknown(client: Client, sandbox: Sandbox, kind: str, code: str) -> None:
    sandbox.fault("nhsa", "person", kind)
    with pytest.raises(NhsaUnknownOutcome) as unknown:
        fetch_person(client, **LI)
    assert unknown.value.code == code
    assert fetch_person(client, **LI).name == "李秀兰"


def test_a_platform_that_is_not_there_is_unknown(sandbox: Sandbox) -> None:
    nobody = client_from(platform(sandbox, BASE_URL=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(NhsaUnknownOutcome) as unknown:
        fetch_person(nobody, **LI)
    assert unknown.value.code == "unreachable"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"TOKEN": "another"}, "gateway_signature_forged"),
        ({"BODY_KEY": "another"}, "gateway_signature_forged"),
        ({"PAASID": "somebody"}, "gateway_signature_missing"),
    ],
)
def test_wrong_keys_are_rejected_at_the_gateway_which_says_nothing_of_earlier_messages(
    sandbox: Sandbox, wrong: dict[str, str], code: str
) -> None:
    with pytest.raises(NhsaGatewayRejected) as rejected:
        fetch_person(client_from(platform(sandbox, **wrong)), **LI)
    assert rejected.value.code == code
    assert not isinstance(rejected.value, NhsaRefused)
    assert isinstance(rejected.value, NhsaUnknownOutcome)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"INSTITUTION_CODE": "H4112"}, "gateway_signature_other_application"),
        ({"INSTITUTION_NAME": ""}, "envelope_incomplete"),
    ],
)
def test_a_message_the_platform_did_not_read_says_nothing_of_earlier_ones(
    sandbox: Sandbox, wrong: dict[str, str], code: str
) -> None:
    with pytest.raises(NhsaGatewayRejected) as rejected:
        fetch_person(client_from(platform(sandbox, **wrong)), **LI)
    assert rejected.value.code == code


def test_a_settlement_the_client_cannot_read_is_unknown_and_names_the_field(client: Client, sandbox: Sandbox) -> None:
    line = {"code": "X", "name": "检验费", "list_type": 201, "item_type": "04", "lv": "01", "cnt": 1, "pric": 10}
    stay = {
        "setl_id": "S8", "mdtrt_id": "M8", "psn_no": "41120000000000000000001005", "hospital": "H41120200012",
        "med_type": "21", "begin": "2026-05-01", "end": "2026-05-03", "total": "10.00", "lines": [line],
        "diagnoses": [{"code": "R50", "name": "发热"}], "override": {"inscp_scp_amt": "一千元"},
    }  # fmt: skip
    sandbox.control("POST", "stays", stay)
    from datetime import date

    with pytest.raises(NhsaUnknownOutcome) as unknown:
        fetch_settlements(
            client, psn_no=str(stay["psn_no"]), area="411200", since=date(2026, 1, 1), until=date(2027, 1, 1)
        )
    assert (unknown.value.code, unknown.value.platform_message) == ("output_unreadable", "in_scope_fen")


def test_logs_and_errors_carry_codes_and_message_ids_only(
    client: Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fetch_person(client, **LI)
    with pytest.raises(NhsaRefused) as refused:
        fetch_person(client, **{**LI, "name": "李秀蘭"})
    sandbox.fault("nhsa", "person", "error_after")
    with pytest.raises(NhsaUnknownOutcome):
        fetch_person(client, **LI)
    written = "\n".join(record.getMessage() for record in caplog.records) + str(refused.value) + repr(refused.value)
    assert "infno=1101 msgid=H41120000001" in written
    for canary in ("李秀兰", "李秀蘭", LI["id_number"], "13900001001"):
        assert canary not in written


def test_the_process_s_client_comes_from_the_settings(sandbox: Sandbox, settings: object) -> None:
    connect(settings, sandbox)
    assert client_at("NHSA") is client_at("NHSA")
    assert client_at("NHSA") is not client_at("NHSA_2")
    assert fetch_person(client_at("NHSA"), **LI).psn_no.endswith("1001")
