"""Faults on demand: by request header, or as rules set through the control endpoint.

A rule names channel, operation ("*" for any), kind, how often it strikes (-1 = until cleared), optionally the
instruction/order number it waits for, and parameters. Each kind strikes at one point of an operation:

before executing    error_before (status=503), drop_before, delay_before (seconds), refuse (code, message)
after executing     error_after (status=502), drop_reply, delay (seconds), garbage, forge_reply,
                    tamper_reply (one digit changed after signing)
queries             not_found: the query says it knows no such number; other_amount (amount_fen): the bank's says it
                    moved another amount than was instructed
notifications       notify_duplicate (copies=2), notify_lost, notify_delay (seconds), notify_forged, notify_tampered,
                    notify_amount (amount_fen), notify_stale
bank                bounce (seconds, reason): paid first, returned by the payee's bank later; reject (reason)
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request

BEFORE = {"error_before", "drop_before", "delay_before", "refuse"}
AFTER = {"error_after", "drop_reply", "delay", "garbage", "tamper_reply", "forge_reply"}
INSIDE = {"not_found", "other_amount", "bounce", "reject"}
NOTIFY = {
    "notify_duplicate", "notify_lost", "notify_delay", "notify_forged", "notify_tampered", "notify_amount",
    "notify_stale",
}  # fmt: skip
KINDS = BEFORE | AFTER | INSIDE | NOTIFY
HEADER = "X-Sandbox-Fault"


@dataclass(frozen=True)
class Fault:
    kind: str
    params: dict[str, Any]

    def number(self, name: str, default: float) -> float:
        return float(self.params.get(name, default))


def parse_header(value: str) -> list[Fault]:
    """`drop_reply, delay;seconds=2` → two faults."""
    faults = []
    for part in filter(None, (piece.strip() for piece in value.split(","))):
        kind, *pairs = (piece.strip() for piece in part.split(";"))
        if kind in KINDS:
            faults.append(Fault(kind, dict(pair.split("=", 1) for pair in pairs if "=" in pair)))
    return faults


def add_rule(db: sqlite3.Connection, rule: dict[str, Any]) -> int:
    known = {"channel", "operation", "kind", "count", "reference"}
    if rule.get("kind") not in KINDS:
        raise ValueError(f"unknown fault kind {rule.get('kind')!r}; one of {', '.join(sorted(KINDS))}")
    if rule.get("channel") not in {"nhsa", "wechat", "bank", "sms", "*"}:
        raise ValueError("channel must be nhsa, wechat, bank, sms or *")
    cursor = db.execute(
        "INSERT INTO fault (channel, operation, kind, reference, remaining, params) VALUES (?, ?, ?, ?, ?, ?)",
        (
            rule["channel"], str(rule.get("operation", "*")), rule["kind"], str(rule.get("reference", "")),
            int(rule.get("count", 1)), json.dumps({k: v for k, v in rule.items() if k not in known}),
        ),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def take(db: sqlite3.Connection, channel: str, operation: str, reference: str, kinds: set[str]) -> list[Fault]:
    """Matching rules, oldest first, each used up by one. Must run in a write transaction."""
    rows = db.execute(
        "SELECT * FROM fault WHERE remaining <> 0 AND channel IN (?, '*') AND operation IN (?, '*')"
        " AND reference IN ('', ?) ORDER BY id",
        (channel, operation, reference),
    ).fetchall()
    faults = []
    for row in rows:
        if row["kind"] in kinds:
            db.execute(
                "UPDATE fault SET used = used + 1, remaining = remaining - (remaining > 0) WHERE id = ?", (row["id"],)
            )
            faults.append(Fault(row["kind"], json.loads(row["params"])))
    return faults


def requested(kind: str) -> Fault | None:
    """The fault of this kind that strikes the current request, if any."""
    return next((fault for fault in g.get("faults", []) if fault.kind == kind), None)


def gather(db: sqlite3.Connection, channel: str, operation: str, reference: str) -> None:
    g.faults = parse_header(request.headers.get(HEADER, ""))
    g.faults += take(db, channel, operation, reference, BEFORE | AFTER | INSIDE)


def strike_before() -> Response | None:
    if fault := requested("delay_before"):
        time.sleep(fault.number("seconds", 1))
    if requested("drop_before"):
        return cut_connection()
    if fault := requested("error_before"):
        return plain_error(int(fault.number("status", 503)))
    return None


def strike_after(response: Response, forge: Callable[[Response], None]) -> Response:
    """`forge(response)` replaces the channel's signature by a wrong one of the right shape."""
    if fault := requested("delay"):
        time.sleep(fault.number("seconds", 1))
    if requested("drop_reply"):
        return cut_connection()
    if fault := requested("error_after"):
        return plain_error(int(fault.number("status", 502)))
    if requested("garbage"):
        return Response("<html><body>网关繁忙</body></html>", 200, content_type="text/html; charset=utf-8")
    if requested("forge_reply"):
        forge(response)
    if requested("tamper_reply"):
        response.set_data(
            re.sub(rb"\d", lambda digit: b"2" if digit[0] == b"1" else b"1", response.get_data(), count=1)
        )
    return response


def plain_error(status: int) -> Response:
    return Response("upstream error", status, content_type="text/plain")


def cut_connection() -> Response:
    """A reply that announces more bytes than come: the server closes the connection under the caller's eyes."""

    def broken() -> Iterator[bytes]:
        yield b" "
        raise ConnectionAbortedError("reply cut by a requested fault")

    return Response(broken(), 200, headers={"Content-Length": "4096"}, content_type="application/json")
