"""Bank: transfers by instruction number, query, list and day file. accepted → paid → bounced, or rejected."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import time
from typing import Any

from flask import Blueprint, Response, request

from sandbox import faults, hmac_channel, signing
from sandbox.hmac_channel import Refused
from sandbox.merchants import payer_accounts
from sandbox.world import World, world

blueprint = Blueprint("bank", __name__, url_prefix="/bank")

REQUIRED = ("instruction_no", "payer_account", "payee_name", "payee_account", "purpose")


@blueprint.post("/transfers")
def transfer() -> Response:
    reference = str((request.get_json(silent=True) or {}).get("instruction_no", ""))
    return hmac_channel.operation("bank", "transfer", reference, _transfer)


@blueprint.get("/transfers/<instruction_no>")
def query(instruction_no: str) -> Response:
    def run() -> dict[str, Any]:
        settle_due(world())
        with world().store.read() as db:
            row = _row(db, instruction_no)
        if row is None or faults.requested("not_found"):
            raise Refused(404, "transfer_not_found", "没有这笔转账指令")
        reported = _shape(row)
        if fault := faults.requested("other_amount"):
            reported["amount_fen"] = int(fault.number("amount_fen", 0))
        return reported

    return hmac_channel.operation("bank", "query", instruction_no, run)


@blueprint.get("/transfers")
def listing() -> Response:
    def run() -> dict[str, Any]:
        return {"transfers": [_shape(row) for row in _of_day(_day(request.args.get("date", "")))]}

    return hmac_channel.operation("bank", "list", "", run)


@blueprint.get("/files/<day>.csv")
def day_file(day: str) -> Response:
    """Every movement of the day: a payment on the day it was paid, a return on the day it bounced. Amounts in yuan."""
    return hmac_channel.operation("bank", "day_file", day, lambda: _day_file(_day(day)))


def _transfer() -> dict[str, Any]:
    body = hmac_channel.body_json()
    instruction_no, amount_fen = str(body.get("instruction_no", "")), body.get("amount_fen")
    missing = [name for name in REQUIRED if not str(body.get(name, "")).strip()]
    if missing or not re.fullmatch(r"[A-Za-z0-9_-]{6,64}", instruction_no):
        raise Refused(400, "bad_transfer", f"缺少或格式不正确：{'、'.join(missing) or 'instruction_no'}")
    if not isinstance(amount_fen, int) or isinstance(amount_fen, bool) or amount_fen <= 0:
        raise Refused(400, "bad_amount", "amount_fen 应为正整数（分）")
    digest = signing.request_hash(body)
    w = world()
    with w.store.write() as db:
        row = _row(db, instruction_no)
        if row is None:
            _accept(w, db, body, amount_fen, digest)
            row = _row(db, instruction_no)
        elif row["request_hash"] != digest:
            raise Refused(409, "instruction_no_reused", "同一指令编号的内容与首次提交不一致，未执行")
        assert row is not None
        return _shape(row)


def _accept(w: World, db: sqlite3.Connection, body: dict[str, Any], amount_fen: int, digest: str) -> None:
    account = str(body["payee_account"]).replace(" ", "")
    state, reason = "accepted", ""
    if str(body["payer_account"]) not in payer_accounts(w):
        raise Refused(422, "unknown_payer_account", "付款账户不属于本客户")
    if not re.fullmatch("[0-9]{12,22}", account):
        state, reason = "rejected", "收款账号格式不正确"
    if fault := faults.requested("reject"):
        state, reason = "rejected", str(fault.params.get("reason", "收款行拒收"))
    known = db.execute("SELECT * FROM bank_account WHERE number = ?", (account,)).fetchone()
    bounce_after, bounce_reason = None, ""
    if known is not None and known["state"] == "closed":
        bounce_after, bounce_reason = 0.0, "收款账户已销户"
    elif known is not None and known["name"] != body["payee_name"]:
        bounce_after, bounce_reason = 0.0, "收款户名与账号不符"
    if fault := faults.requested("bounce"):
        bounce_after, bounce_reason = fault.number("seconds", 0), str(fault.params.get("reason", "收款行退票"))
    pay_after = time.time() + float(w.setting(db, "bank_settle_seconds", "0"))
    serial = w.serial("BK")
    db.execute(
        "INSERT INTO transfer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?)",
        (
            body["instruction_no"], str(body["payer_account"]), digest, serial, state, amount_fen, body["payee_name"],
            account, str(body.get("payee_bank", "")), body["purpose"], reason, w.stamp(db), pay_after,
            None if bounce_after is None else pay_after + bounce_after, bounce_reason,
        ),
    )  # fmt: skip
    w.log(db, channel="bank", event=state, reference=body["instruction_no"], serial=serial, amount_fen=0,
          counterparty=account, transfer_fen=amount_fen, reason=reason)  # fmt: skip


def settle_due(w: World) -> None:
    """Pay what is due and return what bounces. Run by every query and by the background thread."""
    now = time.time()
    with w.store.read() as db:
        due = db.execute(
            "SELECT 1 FROM transfer WHERE (state = 'accepted' AND pay_after <= ?)"
            " OR (state IN ('accepted', 'paid') AND bounce_after <= ?) LIMIT 1",
            (now, now),
        ).fetchone()
    if due is None:
        return
    with w.store.write() as db:
        for row in db.execute("SELECT * FROM transfer WHERE state = 'accepted' AND pay_after <= ?", (now,)).fetchall():
            db.execute("UPDATE transfer SET state = 'paid', paid_at = ? WHERE instruction_no = ?",
                       (w.stamp(db), row["instruction_no"]))  # fmt: skip
            _log_movement(w, db, row, "paid", -row["amount_fen"])
        for row in db.execute("SELECT * FROM transfer WHERE state = 'paid' AND bounce_after <= ?", (now,)).fetchall():
            db.execute(
                "UPDATE transfer SET state = 'bounced', bounced_at = ?, reason = bounce_reason"
                " WHERE instruction_no = ?",
                (w.stamp(db), row["instruction_no"]),
            )
            _log_movement(w, db, row, "bounced", row["amount_fen"])


def _log_movement(w: World, db: sqlite3.Connection, row: sqlite3.Row, event: str, amount_fen: int) -> None:
    w.log(db, channel="bank", event=event, reference=row["instruction_no"], serial=row["serial"],
          amount_fen=amount_fen, counterparty=row["payee_account"], payer_account=row["payer_account"])  # fmt: skip


def _row(db: sqlite3.Connection, instruction_no: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM transfer WHERE instruction_no = ?", (instruction_no,)
    ).fetchone()
    return row


def _shape(row: sqlite3.Row) -> dict[str, Any]:
    names = ("instruction_no", "serial", "state", "amount_fen", "reason", "accepted_at", "paid_at", "bounced_at")
    return {name: row[name] for name in names}


def _day(value: str) -> str:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise Refused(400, "bad_date", "日期格式为 yyyy-mm-dd")
    return value


def _of_day(day: str) -> list[sqlite3.Row]:
    settle_due(world())
    with world().store.read() as db:
        return db.execute(
            "SELECT * FROM transfer WHERE substr(accepted_at, 1, 10) = ? ORDER BY rowid", (day,)
        ).fetchall()


def _day_file(day: str) -> Response:
    settle_due(world())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["交易时间", "银行流水号", "指令编号", "借贷", "金额", "对方账号", "对方户名", "摘要"])
    with world().store.read() as db:
        rows = db.execute("SELECT * FROM transfer WHERE paid_at IS NOT NULL ORDER BY rowid").fetchall()
    count = 0
    for row in rows:
        yuan = f"{row['amount_fen'] // 100}.{row['amount_fen'] % 100:02d}"
        returned = f"退票 {row['reason']}"
        for at, side, note in ((row["paid_at"], "借", row["purpose"]), (row["bounced_at"], "贷", returned)):
            if at and at[:10] == day:
                count += 1
                writer.writerow([at, row["serial"], row["instruction_no"], side, yuan, row["payee_account"],
                                 row["payee_name"], note])  # fmt: skip
    writer.writerow(["合计", count])
    return Response(out.getvalue().encode("utf-8-sig"), 200, content_type="text/csv; charset=utf-8")
