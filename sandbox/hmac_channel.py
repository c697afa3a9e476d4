"""Shared wire habits of bank and SMS gateway: signed JSON requests, signed replies, faults before and after."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from sandbox import faults, signing
from sandbox.keys import callers
from sandbox.world import world


class Refused(Exception):
    """A definitive business refusal: nothing was executed, and this number never will be by the same bytes."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def operation(channel: str, name: str, reference: str, run: Callable[[], Any]) -> Response:
    """Verify, strike before, run (returns JSON-able, or a Response for files), sign, strike after."""
    w = world()
    caller = _caller(channel)
    secret, g.caller = caller["secret"], caller["client_id"]
    try:
        _verify(channel, caller)
    except signing.SignatureRefused as refusal:
        w.log_refusal(channel, request.headers.get("X-Channel-Client", ""), refusal.code)
        reply = _json({"code": f"signature_{refusal.code}", "message": "签名不被接受，报文未执行"}, 401)
        return _sign(secret, reply)
    with w.store.write() as db:
        faults.gather(db, channel, name, reference)
    if struck := faults.strike_before():
        return struck
    try:
        if fault := faults.requested("refuse"):
            raise Refused(422, str(fault.params.get("code", "refused")), str(fault.params.get("message", "业务拒绝")))
        result = run()
        reply = result if isinstance(result, Response) else _json(result, 200)
    except Refused as refusal:
        reply = _json({"code": refusal.code, "message": refusal.message}, refusal.status)
    w.wake.set()
    return faults.strike_after(_sign(secret, reply), _forge)


def body_json() -> dict[str, Any]:
    try:
        value = json.loads(request.get_data())
    except ValueError:
        raise Refused(400, "bad_json", "报文不是有效的 JSON") from None
    if not isinstance(value, dict):
        raise Refused(400, "bad_json", "报文应为 JSON 对象")
    return value


def _caller(channel: str) -> dict[str, Any]:
    """The customer whom the call names, with its own secret; the first one for a stranger."""
    customers = callers(world().keys, channel)
    named = request.headers.get("X-Channel-Client")
    return next((one for one in customers if one["client_id"] == named), customers[0])


def _verify(channel: str, customer: dict[str, Any]) -> None:
    headers = request.headers
    caller, timestamp = headers.get("X-Channel-Client", ""), headers.get("X-Channel-Timestamp", "")
    nonce, signature = headers.get("X-Channel-Nonce", ""), headers.get("X-Channel-Signature", "")
    if not (nonce and signature) or caller != customer["client_id"]:
        raise signing.SignatureRefused("missing")
    signing.check_fresh(timestamp)
    target = request.full_path if request.query_string else request.path
    lines = (request.method, target, timestamp, nonce, signing.sha256_hex(request.get_data()))
    signing.check_equal(signing.hmac_lines(customer["secret"], *lines), signature)
    with world().store.write() as db:
        signing.check_nonce(db, f"{channel}:{caller}", nonce)


def _json(value: Any, status: int) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")


def _sign(secret: str, reply: Response) -> Response:
    nonce = request.headers.get("X-Channel-Nonce", "")
    reply.headers.update(signing.hmac_reply_headers(secret, nonce, reply.status_code, reply.get_data()))
    return reply


def _forge(reply: Response) -> None:
    reply.headers["X-Channel-Signature"] = "0" * 64
