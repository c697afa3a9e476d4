"""WeChat orders and refunds: the state behind the merchant API, the cashier page and the notifications."""

from __future__ import annotations

import re
import secrets
import sqlite3
import time
from datetime import datetime
from typing import Any

from sandbox import signing, wechat_notify
from sandbox.merchants import merchant
from sandbox.world import World

TRADE_TYPES = {"h5": "MWEB", "native": "NATIVE"}
STATE_NAMES = {"NOTPAY": "订单未支付", "SUCCESS": "支付成功", "CLOSED": "订单已关闭", "REFUND": "转入退款"}
NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{6,64}")


class WechatError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def place(w: World, mchid: str, trade_type: str, body: dict[str, Any]) -> dict[str, Any]:
    """mchid: of the merchant who signed; here and in what follows she finds her own orders only."""
    keys, number = keys_of(w, mchid), str(body.get("out_trade_no", ""))
    amount = body.get("amount") or {}
    if trade_type not in TRADE_TYPES:
        raise WechatError(404, "NOT_FOUND", "不支持的下单方式")
    if body.get("mchid") != keys["mchid"] or body.get("appid") != keys["appid"]:
        raise WechatError(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配")
    if not re.fullmatch(r"[0-9A-Za-z_\-|*]{6,32}", number) or not body.get("description"):
        raise WechatError(400, "PARAM_ERROR", "out_trade_no 为 6-32 位，description 必填")
    if type(amount.get("total")) is not int or amount["total"] <= 0 or amount.get("currency", "CNY") != "CNY":
        raise WechatError(400, "PARAM_ERROR", "amount.total 为正整数（分）")
    if not re.match(r"https?://", str(body.get("notify_url", ""))):
        raise WechatError(400, "PARAM_ERROR", "notify_url 无效")
    if trade_type == "h5" and not (body.get("scene_info") or {}).get("payer_client_ip"):
        raise WechatError(400, "PARAM_ERROR", "scene_info.payer_client_ip 必填")
    digest = signing.request_hash([trade_type, body])
    with w.store.write() as db:
        row = find(db, "out_trade_no", number, mchid)
        if row is not None and row["state"] in ("SUCCESS", "REFUND"):
            raise WechatError(400, "ORDERPAID", "订单已支付")
        if row is not None and row["state"] == "CLOSED":
            raise WechatError(400, "ORDER_CLOSED", "订单已关闭")
        if row is not None and row["request_hash"] != digest:
            raise WechatError(403, "OUT_TRADE_NO_USED", "商户订单号重复，请求参数不一致")
        token = row["token"] if row else secrets.token_urlsafe(24)
        if row is None:
            db.execute(
                "INSERT INTO wechat_order (out_trade_no, mchid, request_hash, token, trade_type, description, attach,"
                " amount_fen, notify_url, expires_at, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number, mchid, digest, token, TRADE_TYPES[trade_type], body["description"], body.get("attach", ""),
                    amount["total"], body["notify_url"], body.get("time_expire", ""), "NOTPAY", w.stamp(db),
                ),
            )  # fmt: skip
    url = f"{w.public_url}/cashier/{token}"
    # A real native code is weixin://…; here it is a page, so that a click or any scanner opens it.
    return {"h5_url": url} if trade_type == "h5" else {"code_url": url}


def pay(w: World, token: str, payer: str) -> sqlite3.Row:
    """What the payer's confirmation does. Raises WechatError when the order can no longer be paid."""
    with w.store.write() as db:
        row = find(db, "token", token)
        if row is None:
            raise WechatError(404, "ORDER_NOT_EXIST", "订单不存在")
        if row["state"] != "NOTPAY":
            raise WechatError(409, row["state"], STATE_NAMES[row["state"]])
        if row["expires_at"] and datetime.fromisoformat(row["expires_at"]) <= w.now(db):
            raise WechatError(409, "EXPIRED", "订单已超过支付时间")
        transaction_id = f"42000{secrets.randbelow(10**23):023d}"
        paid = db.execute(
            "UPDATE wechat_order SET state = 'SUCCESS', transaction_id = ?, paid_at = ?, payer = ?"
            " WHERE token = ? AND state = 'NOTPAY'",
            (transaction_id, w.stamp(db), payer, token),
        )
        assert paid.rowcount == 1
        row = find(db, "token", token)
        assert row is not None
        w.log(db, channel="wechat", event="paid", reference=row["out_trade_no"], serial=transaction_id,
              amount_fen=row["amount_fen"], counterparty=payer, mchid=row["mchid"])  # fmt: skip
        wechat_notify.enqueue(w, db, "TRANSACTION.SUCCESS", row["out_trade_no"], row["notify_url"], shape(w, row))
    w.wake.set()
    return row


def query(w: World, mchid: str, *, out_trade_no: str = "", transaction_id: str = "") -> dict[str, Any]:
    by = ("out_trade_no", out_trade_no) if out_trade_no else ("transaction_id", transaction_id)
    with w.store.read() as db:
        row = find(db, *by, mchid)
    if row is None:
        raise WechatError(404, "ORDER_NOT_EXIST", "订单不存在")
    return shape(w, row)


def close(w: World, mchid: str, out_trade_no: str) -> None:
    with w.store.write() as db:
        row = find(db, "out_trade_no", out_trade_no, mchid)
        if row is None:
            raise WechatError(404, "ORDER_NOT_EXIST", "订单不存在")
        if row["state"] in ("SUCCESS", "REFUND"):
            raise WechatError(400, "ORDERPAID", "订单已支付")
        db.execute("UPDATE wechat_order SET state = 'CLOSED' WHERE out_trade_no = ?", (out_trade_no,))


def refund(w: World, mchid: str, body: dict[str, Any]) -> dict[str, Any]:
    """Accepted as PROCESSING; the money moves when `settle_due` finds it due. Several refunds up to the total."""
    number, amount = str(body.get("out_refund_no", "")), body.get("amount") or {}
    if not NUMBER.fullmatch(number) or type(amount.get("refund")) is not int or amount["refund"] <= 0:
        raise WechatError(400, "PARAM_ERROR", "out_refund_no 或 amount.refund 无效")
    digest = signing.request_hash(body)
    with w.store.write() as db:
        existing = db.execute("SELECT * FROM wechat_refund WHERE out_refund_no = ?", (number,)).fetchone()
        if existing is not None and existing["request_hash"] != digest:
            raise WechatError(403, "INVALID_REQUEST", "退款单号重复，请求参数不一致")
        if existing is None:
            order = (
                find(db, "transaction_id", str(body["transaction_id"]), mchid)
                if body.get("transaction_id")
                else find(db, "out_trade_no", str(body.get("out_trade_no", "")), mchid)
            )
            if order is None or order["state"] not in ("SUCCESS", "REFUND"):
                raise WechatError(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
            taken = db.execute(
                "SELECT coalesce(sum(amount_fen), 0) FROM wechat_refund WHERE out_trade_no = ?",
                (order["out_trade_no"],),
            ).fetchone()[0]
            if amount.get("total") != order["amount_fen"] or taken + amount["refund"] > order["amount_fen"]:
                raise WechatError(400, "PARAM_ERROR", "退款金额超过可退金额，或订单金额不一致")
            wait = float(w.setting(db, "wechat_refund_seconds", "0"))
            db.execute(
                "INSERT INTO wechat_refund VALUES (?, ?, ?, ?, ?, ?, ?, 'PROCESSING', ?, ?, NULL)",
                (
                    number, digest, f"50000{secrets.randbelow(10**23):023d}", order["out_trade_no"], amount["refund"],
                    body.get("reason", ""), body.get("notify_url", ""), w.stamp(db), time.time() + wait,
                ),
            )  # fmt: skip
            db.execute("UPDATE wechat_order SET state = 'REFUND' WHERE out_trade_no = ?", (order["out_trade_no"],))
        return _refund_shape(db, number)


def query_refund(w: World, mchid: str, out_refund_no: str) -> dict[str, Any]:
    settle_due(w)
    own = "SELECT 1 FROM wechat_refund JOIN wechat_order USING (out_trade_no) WHERE out_refund_no = ? AND mchid = ?"
    with w.store.read() as db:
        if db.execute(own, (out_refund_no, mchid)).fetchone() is None:
            raise WechatError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return _refund_shape(db, out_refund_no)


def settle_due(w: World) -> None:
    with w.store.read() as db:
        due = db.execute(
            "SELECT 1 FROM wechat_refund WHERE state = 'PROCESSING' AND settle_after <= ?", (time.time(),)
        ).fetchone()
    if due is None:
        return
    with w.store.write() as db:
        for row in db.execute(
            "SELECT * FROM wechat_refund WHERE state = 'PROCESSING' AND settle_after <= ?", (time.time(),)
        ).fetchall():
            number = row["out_refund_no"]
            order = find(db, "out_trade_no", row["out_trade_no"])
            assert order is not None
            db.execute(
                "UPDATE wechat_refund SET state = 'SUCCESS', done_at = ? WHERE out_refund_no = ?", (w.stamp(db), number)
            )
            w.log(db, channel="wechat", event="refunded", reference=number, serial=row["refund_id"],
                  amount_fen=-row["amount_fen"], counterparty="demo-payer", original=row["out_trade_no"],
                  mchid=order["mchid"])  # fmt: skip
            if row["notify_url"]:
                resource = {"mchid": order["mchid"], **_refund_shape(db, number), "refund_status": "SUCCESS"}
                wechat_notify.enqueue(w, db, "REFUND.SUCCESS", number, row["notify_url"], resource)
    w.wake.set()


def find(db: sqlite3.Connection, column: str, value: str, mchid: str = "") -> sqlite3.Row | None:
    """mchid: only an order of this merchant."""
    assert column in ("out_trade_no", "transaction_id", "token")
    row: sqlite3.Row | None = db.execute(f"SELECT * FROM wechat_order WHERE {column} = ?", (value,)).fetchone()
    return None if row is not None and mchid and row["mchid"] != mchid else row


def keys_of(w: World, mchid: str) -> dict[str, Any]:
    keys = merchant(w, mchid)
    assert keys is not None, mchid
    return keys


def shape(w: World, row: sqlite3.Row) -> dict[str, Any]:
    keys = keys_of(w, row["mchid"])
    value: dict[str, Any] = {
        "appid": keys["appid"], "mchid": keys["mchid"], "out_trade_no": row["out_trade_no"],
        "trade_type": row["trade_type"], "trade_state": row["state"], "trade_state_desc": STATE_NAMES[row["state"]],
        "attach": row["attach"], "amount": {"total": row["amount_fen"], "currency": "CNY"},
    }  # fmt: skip
    if row["transaction_id"]:
        value |= {"transaction_id": row["transaction_id"], "bank_type": "OTHERS", "success_time": row["paid_at"],
                  "payer": {"openid": row["payer"]}}  # fmt: skip
        value["amount"] |= {"payer_total": row["amount_fen"], "payer_currency": "CNY"}
    return value


def _refund_shape(db: sqlite3.Connection, number: str) -> dict[str, Any]:
    row = db.execute("SELECT * FROM wechat_refund WHERE out_refund_no = ?", (number,)).fetchone()
    order = find(db, "out_trade_no", row["out_trade_no"])
    assert order is not None
    value = {
        "refund_id": row["refund_id"], "out_refund_no": number, "transaction_id": order["transaction_id"],
        "out_trade_no": order["out_trade_no"], "channel": "ORIGINAL", "user_received_account": "支付用户零钱",
        "create_time": row["created_at"], "status": row["state"], "funds_account": "AVAILABLE",
        "amount": {"total": order["amount_fen"], "refund": row["amount_fen"], "payer_total": order["amount_fen"],
                   "payer_refund": row["amount_fen"], "settlement_refund": row["amount_fen"],
                   "settlement_total": order["amount_fen"], "discount_refund": 0, "currency": "CNY"},
    }  # fmt: skip
    if row["done_at"]:
        value["success_time"] = row["done_at"]
    return value
