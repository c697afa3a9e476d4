"""Notifications posted by the sandbox: signed, encrypted, retried on a short schedule, and broken on request.

The schedule (seconds after each failed attempt) is setting `notify_schedule`; WeChat's own is 15/15/30/180/… .
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from sandbox import faults
from sandbox.merchants import merchant
from sandbox.wechat_crypto import encrypt_resource, signature_headers
from sandbox.world import World

SCHEDULE = "1,2,4,8,15,30,60"
# Broken for the first `attempts` attempts only, then right: WeChat probes receivers with wrong signatures.
PROBES = {"notify_forged", "notify_tampered", "notify_stale"}


def enqueue(w: World, db: sqlite3.Connection, event: str, reference: str, url: str, resource: dict[str, Any]) -> None:
    """Joins the paying transaction: a payment without its notification cannot exist."""
    struck = faults.take(db, "wechat", "notify", reference, faults.NOTIFY)
    fault = struck[0] if struck else faults.Fault("", {})
    lost = fault.kind == "notify_lost"
    wait = fault.number("seconds", 3) if fault.kind == "notify_delay" else 0
    db.execute(
        "INSERT INTO notification (id, event, reference, url, resource, fault, fault_params, next_at, state,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            f"EV-{secrets.token_hex(14)}", event, reference, url, json.dumps(resource, ensure_ascii=False), fault.kind,
            json.dumps(fault.params), time.time() + wait, "lost" if lost else "waiting", w.stamp(db),
        ),
    )  # fmt: skip


def deliver_due(w: World) -> None:
    """Post what is due. Run by the background thread, one at a time, so no attempt is made twice."""
    with w.store.read() as db:
        due = db.execute(
            "SELECT * FROM notification WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at LIMIT 50",
            (time.time(),),
        ).fetchall()
    for row in due:
        status = deliver(w, row)
        with w.store.write() as db:
            schedule = [float(part) for part in w.setting(db, "notify_schedule", SCHEDULE).split(",")]
            attempts = row["attempts"] + 1
            done = status in ("200", "204")
            state = "delivered" if done else "waiting" if attempts <= len(schedule) else "given_up"
            next_at = time.time() + schedule[attempts - 1] if state == "waiting" else None
            db.execute(
                "UPDATE notification SET attempts = ?, state = ?, next_at = ?, last_status = ? WHERE id = ?",
                (attempts, state, next_at, status, row["id"]),
            )


def deliver(w: World, row: sqlite3.Row) -> str:
    """One attempt (or, for a duplicate, all copies at the same moment). Returns the last HTTP status or the error."""
    fault = faults.Fault(row["fault"], json.loads(row["fault_params"]))
    if fault.kind in PROBES and row["attempts"] >= fault.number("attempts", 1):
        fault = faults.Fault("", {})
    headers, body = _message(w, row, fault)
    copies = int(fault.number("copies", 2)) if fault.kind == "notify_duplicate" else 1
    with ThreadPoolExecutor(max_workers=copies) as pool:
        results = list(pool.map(lambda _: _post(row["url"], headers, body), range(copies)))
    return results[-1]


def _message(w: World, row: sqlite3.Row, fault: faults.Fault) -> tuple[dict[str, str], str]:
    resource = json.loads(row["resource"])
    keys = merchant(w, resource["mchid"])
    assert keys is not None
    if fault.kind == "notify_amount":
        resource["amount"]["total"] = resource["amount"]["payer_total"] = int(fault.number("amount_fen", 1))
    original_type = "refund" if row["event"].startswith("REFUND") else "transaction"
    message = {
        "id": row["id"],
        "create_time": row["created_at"],
        "resource_type": "encrypt-resource",
        "event_type": row["event"],
        "summary": "退款成功" if original_type == "refund" else "支付成功",
        "resource": encrypt_resource(keys["apiv3_key"], json.dumps(resource, ensure_ascii=False), original_type),
    }
    body = json.dumps(message, ensure_ascii=False)
    stale = int(time.time() - fault.number("seconds", 3600)) if fault.kind == "notify_stale" else None
    headers = {"Content-Type": "application/json", **signature_headers(w, body, timestamp=stale)}
    if fault.kind == "notify_forged":
        headers["Wechatpay-Signature"] = "A" * 342 + "=="
    if fault.kind == "notify_tampered":
        body = body.replace('"支付成功"', '"支付失败"').replace('"退款成功"', '"退款失败"')
    return headers, body


def _post(url: str, headers: dict[str, str], body: str) -> str:
    try:
        return str(httpx.post(url, content=body.encode(), headers=headers, timeout=5, trust_env=False).status_code)
    except httpx.HTTPError as error:
        return type(error).__name__
