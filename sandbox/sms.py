"""SMS gateway: POST /sms/messages; outbox for people at /sms and for programs at /sms.json."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from sandbox import hmac_channel, signing
from sandbox.hmac_channel import Refused
from sandbox.world import world

blueprint = Blueprint("sms", __name__)


@blueprint.post("/sms/messages")
def send() -> Response:
    reference = str((request.get_json(silent=True) or {}).get("message_id", ""))
    return hmac_channel.operation("sms", "send", reference, _send)


def _send() -> dict[str, Any]:
    body = hmac_channel.body_json()
    message_id, phone, text = (str(body.get(name, "")).strip() for name in ("message_id", "phone", "text"))
    if not message_id or not text or len(text) > 500:
        raise Refused(400, "bad_message", "message_id、phone、text 均为必填，text 不超过 500 字")
    if not re.fullmatch("1[3-9][0-9]{9}", phone):
        raise Refused(422, "bad_phone", "手机号码格式不正确")
    digest = signing.request_hash(body)
    w = world()
    with w.store.write() as db:
        row = db.execute("SELECT * FROM sms WHERE message_id = ?", (message_id,)).fetchone()
        if row is not None and row["request_hash"] != digest:
            raise Refused(409, "message_id_reused", "同一消息编号的内容不一致")
        if row is None:
            serial = w.serial("SMS")
            db.execute(
                "INSERT INTO sms VALUES (?, ?, ?, ?, ?, ?)", (message_id, digest, serial, phone, text, w.stamp(db))
            )
            w.log(db, channel="sms", event="sent", reference=message_id, serial=serial, amount_fen=0,
                  counterparty=phone)  # fmt: skip
        else:
            serial = row["serial"]
    return {"message_id": message_id, "serial": serial, "state": "delivered"}


def outbox(phone: str) -> list[dict[str, Any]]:
    """Newest first; `phone` may be any part of a number."""
    with world().store.read() as db:
        rows = db.execute(
            "SELECT message_id, phone, text, at FROM sms WHERE phone LIKE ? ORDER BY rowid DESC LIMIT 500",
            (f"%{phone}%",),
        )
        return [dict(row) for row in rows]


@blueprint.get("/sms.json")
def outbox_json() -> Response:
    return jsonify(outbox(re.sub(r"\D", "", request.args.get("phone", ""))))


@blueprint.get("/sms")
def outbox_page() -> str:
    phone = re.sub(r"\D", "", request.args.get("phone", ""))
    return render_template("sms.html", messages=outbox(phone), phone=phone)
