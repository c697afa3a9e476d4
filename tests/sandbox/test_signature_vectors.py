"""Signatures against values computed once with `sha256sum` and `openssl dgst -sha256 -hmac`, so that the sandbox and
the portal cannot agree on the same mistake."""

from __future__ import annotations

import hashlib
import hmac

from sandbox import signing

BANK_BODY = b'{"instruction_no":"PO-0001","amount_fen":1200000}'


def test_gateway_signature() -> None:
    """printf '%s' '1764000000s3cr3t-token6f1c9a1764000000' | sha256sum"""
    expected = "63afbf679c9ecfedcabfe5c404f221001a81870848af0be82c872996e88e689b"
    assert signing.tif_signature("s3cr3t-token", "1764000000", "6f1c9a") == expected


def test_bank_request_and_reply() -> None:
    digest = signing.sha256_hex(BANK_BODY)
    assert digest == "91bb7c870a96f234d679faa2aa9eb56ccca61edb9b91899fb0d7567b4ed24722"
    request = signing.hmac_lines("bank-secret", "POST", "/bank/transfers", "1764000000", "n-1", digest)
    assert request == "9319c13695a88c2a9fde4843c0bf828612417562e1afc111a930034274de0195"
    reply = signing.hmac_lines("bank-secret", "200", "1764000000", "n-1", digest)
    assert reply == "244e07557072edc7a7afcf9f417cc9a05cac5ffe6b3a992bf0552e25824ca21c"


def test_body_signature_of_the_national_platform() -> None:
    """printf 'request\\n1101\\n…\\nportal\\n{"data":{…}}' | openssl dgst -sha256 -hmac 'body-key-of-the-test'"""
    lines = ("1101", "H41120000001202611221000000001", "2026-11-22 10:00:00", "411200", "", "H41120000001", "portal")
    text = signing.canonical({"data": {"psn_name": "李秀兰", "certno": "411202196803154264"}})
    expected = "88a2a7abe3eca11142e31536125c5107fc7f504d23a557e0c2f10c9205225926"
    assert signing.hmac_lines("body-key-of-the-test", "request", *lines, text) == expected
    by_hand = "\n".join(["request", *lines, '{"data":{"certno":"411202196803154264","psn_name":"李秀兰"}}'])
    assert hmac.new(b"body-key-of-the-test", by_hand.encode(), hashlib.sha256).hexdigest() == expected
