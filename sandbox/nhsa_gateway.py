"""National platform: the gateway. Verifies signature and envelope, dispatches by transaction number, signs the reply.

POST /nhsa/{infno}, or under the path provinces use: /nhsa/fsi/api/rsfComIfsService/callService/{infno}
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox import faults, nhsa_account, nhsa_proof, nhsa_queries, signing
from sandbox.clock import SHANGHAI
from sandbox.keys import callers
from sandbox.nhsa_errors import Refused
from sandbox.world import World, world

blueprint = Blueprint("nhsa", __name__)

TRANSACTIONS: dict[str, Callable[[World, dict[str, Any]], Any]] = {
    **nhsa_queries.TRANSACTIONS,
    **nhsa_account.TRANSACTIONS,
    **nhsa_proof.TRANSACTIONS,
}
REQUIRED = (
    "infno", "msgid", "mdtrtarea_admvs", "recer_sys_code", "infver", "opter_type", "opter", "opter_name", "inf_time",
    "fixmedins_code", "fixmedins_name", "input",
)  # fmt: skip
SIGNED = ("infno", "msgid", "inf_time", "mdtrtarea_admvs", "insuplc_admdvs", "fixmedins_code", "opter")


@blueprint.post("/nhsa/<infno>")
@blueprint.post("/nhsa/fsi/api/rsfComIfsService/callService/<infno>")
def call(infno: str) -> Response:
    w = world()
    caller = _caller(w)
    g.caller, g.asked_by = caller["paasid"], caller["institution_name"]
    try:
        envelope = _verified_envelope(w, caller, infno)
    except signing.SignatureRefused as refusal:
        w.log_refusal("nhsa", request.headers.get("x-tif-paasid", ""), refusal.code)
        return _gateway_error(caller, f"signature_{refusal.code}", "网关拒绝：签名不被接受，报文未执行")
    data = _data(envelope)
    reference = str(data.get("instr_no") or data.get("proof_no") or data.get("psn_no") or "")
    with w.store.write() as db:
        faults.gather(db, "nhsa", infno, reference)
    if struck := faults.strike_before():
        return struck
    try:
        _check_envelope(envelope)
        g.institution = envelope["fixmedins_code"]
        if fault := faults.requested("refuse"):
            raise Refused(str(fault.params.get("code", "BUSINESS_REFUSED")), str(fault.params.get("message", "拒绝")))
        if infno not in TRANSACTIONS:
            raise Refused("INFNO_UNKNOWN", f"不支持的交易 {infno}")
        output, area = TRANSACTIONS[infno](w, data)
        reply = _reply(w, caller, envelope, 0, "", _as_region_sends(w, output, area))
    except Refused as refusal:
        reply = _reply(w, caller, envelope, -1, f"[{refusal.code}] {refusal.message}", None)
    return faults.strike_after(reply, _forge)


def _caller(w: World) -> dict[str, Any]:
    """The application that the call names, with its own keys, institution and city; the first one for a stranger."""
    applications = callers(w.keys, "nhsa")
    named = request.headers.get("x-tif-paasid")
    return next((one for one in applications if one["paasid"] == named), applications[0])


def _verified_envelope(w: World, keys: dict[str, Any], infno: str) -> dict[str, Any]:
    headers = request.headers
    timestamp, nonce = headers.get("x-tif-timestamp", ""), headers.get("x-tif-nonce", "")
    if headers.get("x-tif-paasid") != keys["paasid"] or not nonce:
        raise signing.SignatureRefused("missing")
    signing.check_fresh(timestamp)
    expected = signing.tif_signature(keys["token"], timestamp, nonce)
    signing.check_equal(expected, headers.get("x-tif-signature", ""))
    try:
        envelope = json.loads(request.get_data())
    except ValueError:
        raise signing.SignatureRefused("forged") from None
    if not isinstance(envelope, dict) or envelope.get("infno") != infno:
        raise signing.SignatureRefused("forged")
    lines = [str(envelope.get(name, "")) for name in SIGNED]
    body_signature = signing.hmac_lines(keys["body_key"], "request", *lines, signing.canonical(envelope.get("input")))
    signing.check_equal(body_signature, str(envelope.get("cainfo", "")))
    # One city's application does not speak for another one's institution.
    ours = (keys["institution_code"], keys["area"])
    if (envelope.get("fixmedins_code"), envelope.get("mdtrtarea_admvs")) != ours:
        raise signing.SignatureRefused("other_application")
    with w.store.write() as db:
        signing.check_nonce(db, f"nhsa:{keys['paasid']}", nonce)
    return envelope


def _check_envelope(envelope: dict[str, Any]) -> None:
    missing = [name for name in REQUIRED if not envelope.get(name)]
    if missing:
        raise Refused("ENVELOPE_INCOMPLETE", f"报文缺少 {'、'.join(missing)}")
    if len(envelope["msgid"]) != 30 or not envelope["msgid"].startswith(envelope["fixmedins_code"]):
        raise Refused("MSGID_INVALID", "msgid 应为机构编号(12)+时间(14)+顺序号(4)")
    try:
        datetime.strptime(envelope["inf_time"], "%Y-%m-%d %H:%M:%S")
    except ValueError:
        raise Refused("INF_TIME_INVALID", "inf_time 格式为 yyyy-MM-dd HH:mm:ss") from None


def _data(envelope: dict[str, Any]) -> dict[str, Any]:
    node = envelope.get("input")
    data = node.get("data") if isinstance(node, dict) else None
    return data if isinstance(data, dict) else {}


def _as_region_sends(w: World, output: Any, area: str) -> Any:
    """Some regions send `output` as a JSON string: setting `nhsa_output_as_string`, a list of area codes."""
    with w.store.read() as db:
        areas = w.setting(db, "nhsa_output_as_string", "410100").split(",")
    return json.dumps(output, ensure_ascii=False) if area in areas else output


def _reply(
    w: World, caller: dict[str, Any], envelope: dict[str, Any], infcode: int, err_msg: str, output: Any
) -> Response:
    now = datetime.now(SHANGHAI)
    instant = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}"
    body: dict[str, Any] = {
        "infcode": infcode,
        "inf_refmsgid": w.serial(str(envelope.get("mdtrtarea_admvs", ""))),
        "refmsg_time": instant,
        "respond_time": instant,
        "err_msg": err_msg,
        "output": output,
        "signtype": "HMACSHA256",
    }
    text = output if isinstance(output, str) else signing.canonical(output)
    lines = ("reply", str(envelope.get("msgid", "")), body["inf_refmsgid"], str(infcode), instant, err_msg, text)
    body["cainfo"] = signing.hmac_lines(caller["body_key"], *lines)
    reply = Response(json.dumps(body, ensure_ascii=False), 200, content_type="application/json")
    return _with_gateway_headers(caller, reply)


def _gateway_error(caller: dict[str, Any], code: str, message: str) -> Response:
    body = json.dumps({"code": code, "message": message}, ensure_ascii=False)
    return _with_gateway_headers(caller, Response(body, 401, content_type="application/json"))


def _with_gateway_headers(caller: dict[str, Any], reply: Response) -> Response:
    timestamp, nonce = str(int(time.time())), request.headers.get("x-tif-nonce", "")
    reply.headers["x-tif-paasid"] = caller["paasid"]
    reply.headers["x-tif-timestamp"] = timestamp
    reply.headers["x-tif-nonce"] = nonce
    reply.headers["x-tif-signature"] = signing.tif_signature(caller["token"], timestamp, nonce)
    return reply


def _forge(reply: Response) -> None:
    """Plausible body, valid gateway header, wrong body signature: what a man in the middle could send."""
    body = json.loads(reply.get_data())
    body["cainfo"] = "0" * 64
    reply.set_data(json.dumps(body, ensure_ascii=False))
