"""WeChat Pay APIv3, merchant side: h5 and native order, query, close, refund, refund query, trade bill.

Mounted under /wechat, signed as if at the root: the SDK signs the path without its gateway. Public-key mode
(PUB_KEY_ID_…); every reply is signed, refusals too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox import faults, signing, wechat_bill, wechat_orders
from sandbox.merchants import merchant
from sandbox.wechat_crypto import signature_headers
from sandbox.wechat_orders import WechatError
from sandbox.world import world

blueprint = Blueprint("wechat", __name__, url_prefix="/wechat")

_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')


def operation(name: str, reference: str, run: Callable[[], Any]) -> Response:
    """Verify, strike before, run, sign, strike after. `run` returns a JSON-able, or None for 204."""
    w = world()
    try:
        _verify()
    except signing.SignatureRefused as refusal:
        return _sign(_error(WechatError(401, "SIGN_ERROR", f"签名错误：{refusal.code}")))
    with w.store.write() as db:
        faults.gather(db, "wechat", name, reference)
    if struck := faults.strike_before():
        return struck
    try:
        if fault := faults.requested("refuse"):
            code, message = fault.params.get("code", "PARAM_ERROR"), fault.params.get("message", "参数错误")
            raise WechatError(int(fault.number("status", 400)), str(code), str(message))
        result = run()
        reply = Response(status=204) if result is None else _json(result, 200)
    except WechatError as error:
        reply = _error(error)
    w.wake.set()
    return faults.strike_after(_sign(reply), _forge)


@blueprint.post("/v3/pay/transactions/<trade_type>")
def order(trade_type: str) -> Response:
    body = _body()
    return operation(
        "order", str(body.get("out_trade_no", "")), lambda: wechat_orders.place(world(), g.mchid, trade_type, body)
    )


@blueprint.get("/v3/pay/transactions/out-trade-no/<out_trade_no>")
def query(out_trade_no: str) -> Response:
    def run() -> dict[str, Any]:
        if faults.requested("not_found"):
            raise WechatError(404, "ORDER_NOT_EXIST", "订单不存在")
        mchid = _own_merchant(request.args.get("mchid"))
        return wechat_orders.query(world(), mchid, out_trade_no=out_trade_no)

    return operation("query", out_trade_no, run)


@blueprint.get("/v3/pay/transactions/id/<transaction_id>")
def query_by_id(transaction_id: str) -> Response:
    def run() -> dict[str, Any]:
        if faults.requested("not_found"):
            raise WechatError(404, "ORDER_NOT_EXIST", "订单不存在")
        mchid = _own_merchant(request.args.get("mchid"))
        return wechat_orders.query(world(), mchid, transaction_id=transaction_id)

    return operation("query", transaction_id, run)


@blueprint.post("/v3/pay/transactions/out-trade-no/<out_trade_no>/close")
def close(out_trade_no: str) -> Response:
    def run() -> None:
        wechat_orders.close(world(), _own_merchant(_body().get("mchid")), out_trade_no)

    return operation("close", out_trade_no, run)


@blueprint.post("/v3/refund/domestic/refunds")
def refund() -> Response:
    body = _body()
    return operation("refund", str(body.get("out_refund_no", "")), lambda: wechat_orders.refund(world(), g.mchid, body))


@blueprint.get("/v3/refund/domestic/refunds/<out_refund_no>")
def refund_query(out_refund_no: str) -> Response:
    def run() -> dict[str, Any]:
        if faults.requested("not_found"):
            raise WechatError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return wechat_orders.query_refund(world(), g.mchid, out_refund_no)

    return operation("refund_query", out_refund_no, run)


@blueprint.get("/v3/bill/tradebill")
def trade_bill() -> Response:
    day, tar_type = request.args.get("bill_date", ""), request.args.get("tar_type", "")
    return operation("bill", day, lambda: wechat_bill.announce(world(), g.mchid, day, tar_type))


@blueprint.get("/v3/billdownload/file")
def bill_file() -> Response:
    """The real one is not signed in its reply either; its hash came signed with the announcement."""
    try:
        _verify()
        content = wechat_bill.content_of(world(), g.mchid, request.args.get("token", ""))
    except signing.SignatureRefused as refusal:
        return _sign(_error(WechatError(401, "SIGN_ERROR", f"签名错误：{refusal.code}")))
    except WechatError as error:
        return _sign(_error(error))
    return Response(content, 200, content_type="application/octet-stream")


def _body() -> dict[str, Any]:
    value = request.get_json(silent=True, force=True) if request.get_data() else {}
    return value if isinstance(value, dict) else {}


def _own_merchant(mchid: Any) -> str:
    """The number that is asked about is that of the merchant who signed."""
    if mchid != g.mchid:
        raise WechatError(400, "MCH_NOT_EXISTS", "商户号不存在")
    return str(mchid)


def _verify() -> None:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    given = dict(_AUTHORIZATION.findall(rest))
    keys = merchant(world(), given.get("mchid"))
    if scheme != "WECHATPAY2-SHA256-RSA2048" or keys is None or not given.get("nonce_str"):
        raise signing.SignatureRefused("missing")
    if given.get("serial_no") != keys["merchant_serial_no"]:
        raise signing.SignatureRefused("forged")
    signing.check_fresh(given.get("timestamp", ""))
    target = (request.full_path if request.query_string else request.path).removeprefix("/wechat")
    lines = (request.method, target, given["timestamp"], given["nonce_str"], request.get_data(as_text=True))
    public_key = world().keys["private"]["wechat_merchant_public_keys"][keys["mchid"]]
    signing.rsa_check(public_key, given.get("signature", ""), *lines)
    with world().store.write() as db:
        signing.check_nonce(db, f"wechat:{keys['mchid']}", given["nonce_str"])
    g.mchid = keys["mchid"]


def _json(value: Any, status: int) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def _error(error: WechatError) -> Response:
    return _json({"code": error.code, "message": error.message}, error.status)


def _sign(reply: Response) -> Response:
    reply.headers.update(signature_headers(world(), reply.get_data(as_text=True)))
    return reply


def _forge(reply: Response) -> None:
    reply.headers["Wechatpay-Signature"] = "A" * 342 + "=="
