"""The envelope against values computed once with `sha256sum` and `openssl dgst -sha256 -hmac` from the description."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from nhsa import envelope as wire

CALLER = wire.Caller(
    paasid="portal",
    token="s3cr3t-token",
    body_key="body-key-of-the-test",
    institution_code="H41120000001",
    institution_name="三门峡惠民保平台",
    area="411200",
)


def test_gateway_signature_is_sha256_of_timestamp_token_nonce_timestamp() -> None:
    headers = wire.gateway_headers(CALLER, timestamp=1764000000, nonce="6f1c9a")
    assert headers["x-tif-signature"] == "63afbf679c9ecfedcabfe5c404f221001a81870848af0be82c872996e88e689b"


def test_request_body_signature() -> None:
    lines = ("1101", "H41120000001202611221000000001", "2026-11-22 10:00:00", "411200", "", "H41120000001", "portal")
    text = wire.canonical({"data": {"psn_name": "李秀兰", "certno": "411202196803154264"}})
    expected = "88a2a7abe3eca11142e31536125c5107fc7f504d23a557e0c2f10c9205225926"
    assert wire.body_signature("body-key-of-the-test", "request", *lines, text) == expected


def test_reply_body_signature() -> None:
    text = wire.canonical({"baseinfo": {"psn_no": "41120000000000000000001001"}})
    lines = ("H41120000001202611221000000001", "411200202611221000000000000001", "0", "20261122100000456", "", text)
    expected = "d1ef4910e0927e41d9f4be5fd1ac395b828d6f30adf669fb0161ae9bbb195f79"
    assert wire.body_signature("body-key-of-the-test", "reply", *lines) == expected


def test_message_id_is_institution_time_and_sequence() -> None:
    msgid = wire.new_msgid("H41120000001", datetime(2026, 11, 22, 10, 0, 0, tzinfo=wire.CIVIL_TIME))
    assert re.fullmatch(r"H41120000001202611221000000\d{3}|H4112000000120261122100000\d{4}", msgid)
    assert len(msgid) == 30


def test_the_envelope_carries_every_field_the_platform_requires() -> None:
    built = wire.build(
        CALLER, "1101", {"certno": "x"}, insured_area="", opter="li", opter_name="李", wall=1_795_312_800.0
    )
    assert built["mdtrtarea_admvs"] == "411200"
    assert built["inf_time"] == "2026-11-22 10:00:00"
    assert built["input"] == {"data": {"certno": "x"}}
    assert (built["infver"], built["opter_type"], built["recer_sys_code"]) == ("V1.0", "3", "YBXT")


def test_secrets_are_not_in_a_caller_s_repr() -> None:
    assert "s3cr3t" not in repr(CALLER)
    assert "body-key" not in repr(CALLER)


@pytest.mark.parametrize("raw", [b"", b"not json", b"[]", b'"text"'])
def test_a_reply_that_is_no_object_is_unreadable(raw: bytes) -> None:
    import time

    headers = wire.gateway_headers(CALLER, timestamp=int(time.time()), nonce="n")
    with pytest.raises(wire.BadReply, match="reply_unreadable"):
        wire.check_reply(CALLER, {"msgid": "m"}, "n", headers, raw)


def test_a_reply_with_an_old_time_is_stale_even_when_well_signed() -> None:
    headers = wire.gateway_headers(CALLER, timestamp=1764000000, nonce="n")
    with pytest.raises(wire.BadReply, match="reply_stale"):
        wire.check_reply(CALLER, {"msgid": "m"}, "n", headers, b"{}")


@pytest.mark.parametrize("stamp", ["²", "１７６４００００００", "9" * 5000, ""])
def test_a_time_that_is_none_is_stale_and_no_failure(stamp: str) -> None:
    signed = wire.gateway_signature(CALLER.token, stamp, "n")
    headers = {"x-tif-timestamp": stamp, "x-tif-signature": signed}
    with pytest.raises(wire.BadReply, match="reply_stale"):
        wire.check_reply(CALLER, {"msgid": "m"}, "n", headers, b"{}")


def test_a_reply_to_another_request_is_not_ours() -> None:
    import time

    headers = wire.gateway_headers(CALLER, timestamp=int(time.time()), nonce="of-another-request")
    with pytest.raises(wire.BadReply, match="reply_signature"):
        wire.check_reply(CALLER, {"msgid": "m"}, "ours", headers, b"{}")
