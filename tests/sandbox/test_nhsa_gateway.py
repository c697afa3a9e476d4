"""The platform's gateway: signature, freshness, one use of a nonce, an untouched body; queries in national names."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.testing import Sandbox
from tests.sandbox.wire import nhsa, nhsa_envelope, nhsa_headers

LI_NO = "41120000000000000000001001"
LI = {
    "mdtrt_cert_type": "02",
    "mdtrt_cert_no": "411202196803154264",
    "psn_cert_type": "01",
    "certno": "411202196803154264",
    "psn_name": "李秀兰",
}


def _post(sandbox: Sandbox, envelope: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    url = f"{sandbox.keys['nhsa']['base_url']}/{envelope['infno']}"
    return httpx.post(url, json=envelope, headers=headers, trust_env=False)


def test_1101_answers_in_the_platform_s_own_names(sandbox: Sandbox) -> None:
    reply = nhsa(sandbox, "1101", LI).json()
    assert reply["infcode"] == 0
    assert reply["output"]["baseinfo"] | {"age": 0} == {
        "psn_no": LI_NO,
        "psn_cert_type": "01",
        "certno": "411202196803154264",
        "psn_name": "李秀兰",
        "gend": "2",
        "naty": "01",
        "brdy": "1968-03-15",
        "age": 0,
        "expContent": "",
    }
    assert reply["output"]["insuinfo"][0]["balc"] == "3286.40"
    assert reply["output"]["insuinfo"][0]["insutype"] == "310"


def test_it_answers_under_the_path_provinces_use_too(sandbox: Sandbox) -> None:
    url = f"{sandbox.keys['nhsa']['base_url']}/fsi/api/rsfComIfsService/callService/1101"
    reply = httpx.post(url, json=nhsa_envelope(sandbox, "1101", LI), headers=nhsa_headers(sandbox), trust_env=False)
    assert reply.json()["infcode"] == 0


def test_forged_stale_and_replayed_gateway_signatures_are_refused(sandbox: Sandbox) -> None:
    assert nhsa(sandbox, "1101", LI, token="not-the-token").json()["code"] == "signature_forged"
    assert nhsa(sandbox, "1101", LI, at=time.time() - 301).json()["code"] == "signature_stale"
    assert nhsa(sandbox, "1101", LI, nonce="n-7").status_code == 200
    replayed = nhsa(sandbox, "1101", LI, nonce="n-7")
    assert (replayed.status_code, replayed.json()["code"]) == (401, "signature_replayed")


def test_a_changed_body_under_a_good_gateway_signature_is_refused(sandbox: Sandbox) -> None:
    envelope = nhsa_envelope(sandbox, "1101", LI)
    envelope["input"]["data"]["psn_name"] = "赵国强"
    refused = _post(sandbox, envelope, nhsa_headers(sandbox))
    assert (refused.status_code, refused.json()["code"]) == (401, "signature_forged")


def test_a_message_for_one_transaction_is_not_taken_by_another(sandbox: Sandbox) -> None:
    envelope = nhsa_envelope(sandbox, "1101", LI)
    url = f"{sandbox.keys['nhsa']['base_url']}/HZ01"
    assert httpx.post(url, json=envelope, headers=nhsa_headers(sandbox), trust_env=False).status_code == 401


def test_the_reply_is_signed_and_bound_to_the_request(sandbox: Sandbox) -> None:
    keys, headers = sandbox.keys["nhsa"], nhsa_headers(sandbox, nonce="n-9")
    envelope = nhsa_envelope(sandbox, "1101", LI)
    reply = _post(sandbox, envelope, headers)
    stamp = reply.headers["x-tif-timestamp"]
    expected = hashlib.sha256(f"{stamp}{keys['token']}n-9{stamp}".encode()).hexdigest()
    assert reply.headers["x-tif-signature"] == expected
    body = reply.json()
    text = json.dumps(body["output"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines = ["reply", envelope["msgid"], body["inf_refmsgid"], "0", body["respond_time"], "", text]
    signature = hmac.new(keys["body_key"].encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    assert body["cainfo"] == signature


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"msgid": "H411200000012026"}, "MSGID_INVALID"),
        ({"inf_time": "2026/11/22"}, "INF_TIME_INVALID"),
        ({"opter_name": ""}, "ENVELOPE_INCOMPLETE"),
    ],
)
def test_an_envelope_that_breaks_the_format_is_refused(sandbox: Sandbox, change: dict[str, str], code: str) -> None:
    reply = _post(sandbox, nhsa_envelope(sandbox, "1101", LI, **change), nhsa_headers(sandbox)).json()
    assert reply["infcode"] == -1
    assert reply["err_msg"].startswith(f"[{code}]")


def test_5203_uses_its_alias_names_and_shows_the_reversed_settlement(sandbox: Sandbox) -> None:
    found = nhsa(sandbox, "5203", {"psn_no": LI_NO, "mdtrt_id": "M2026030200000001", "setl_id": ""}).json()["output"]
    reversed_one, final = found["setlinfo"]
    assert (reversed_one["refd_setl_flag"], final["refd_setl_flag"]) == ("1", "0")
    assert (final["medfee_sumamt"], final["psn_pay"], final["cash_payamt"]) == ("86200.00", "40280.00", "38280.00")
    assert "psn_part_amt" not in final


def test_5204_lines_add_up_to_the_settlement(sandbox: Sandbox) -> None:
    key = {"psn_no": LI_NO, "mdtrt_id": "M2026030200000001", "setl_id": "S2026031900000002"}
    lines = nhsa(sandbox, "5204", key).json()["output"]
    assert len(lines) == 22
    assert sum(Decimal(line["det_item_fee_sumamt"]) for line in lines) == Decimal("86200.00")
    assert sum(Decimal(line["fulamt_ownpay_amt"]) for line in lines) == Decimal("12340.00")


def test_5201_finds_a_visit_whose_stay_touches_the_interval(sandbox: Sandbox) -> None:
    def visits(begin: str, end: str) -> list[str]:
        data = {"psn_no": LI_NO, "begntime": f"{begin} 00:00:00", "endtime": f"{end} 23:59:59", "med_type": "21"}
        return [row["mdtrt_id"] for row in nhsa(sandbox, "5201", data).json()["output"]["mdtrtinfo"]]

    assert visits("2026-03-19", "2026-12-31") == ["M2026030200000001"]
    assert visits("2026-03-20", "2026-12-31") == []
    assert visits("2026-01-01", "2026-03-01") == []


def test_5206_sums_the_year_without_the_reversed_settlement(sandbox: Sandbox) -> None:
    rows = nhsa(sandbox, "5206", {"psn_no": LI_NO}).json()["output"]["cuminfo"]
    assert {(row["cum_type_code"], row["cum"]) for row in rows} >= {
        ("medfee_sumamt", "86200.00"),
        ("fund_pay_sumamt", "45920.00"),
    }


def test_a_region_sends_output_as_a_json_string_when_told_to(sandbox: Sandbox) -> None:
    sandbox.settings(nhsa_output_as_string="411200,410100")
    output = nhsa(sandbox, "1101", LI).json()["output"]
    assert isinstance(output, str)
    assert json.loads(output)["baseinfo"]["psn_no"] == LI_NO
