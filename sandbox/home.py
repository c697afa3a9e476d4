"""Home page for a person who tries the demonstration: who is there, what they have, where messages and money went."""

from __future__ import annotations

import json

from flask import Blueprint, render_template

from sandbox.nhsa_proof import voucher_password
from sandbox.world import world

blueprint = Blueprint("home", __name__)

INSURANCES = {"310": "职工医保", "330": "职工大额补助", "390": "居民医保"}
STATUSES = {"0": "未参保", "1": "正常参保", "2": "暂停参保", "3": "无效", "4": "终止"}
EVENTS = {
    ("account", "deducted"): "个人账户扣款", ("account", "refunded"): "个人账户退款", ("wechat", "paid"): "微信支付",
    ("wechat", "refunded"): "微信退款", ("bank", "accepted"): "银行受理转账", ("bank", "paid"): "银行付出",
    ("bank", "bounced"): "银行退票", ("bank", "rejected"): "银行拒绝", ("sms", "sent"): "短信送达",
    ("proof", "redeemed"): "本人核验",
}  # fmt: skip


@blueprint.get("/")
def home() -> str:
    w = world()
    w.run_ticks()
    with w.store.read() as db:
        people = [
            {
                **json.loads(row["doc"]),
                "phone": row["phone"],
                "balance_fen": row["balance_fen"],
                "password": voucher_password(row["psn_no"]) if row["phone"] else "",
            }
            for row in db.execute("SELECT * FROM person WHERE listed = 1 ORDER BY rowid")
        ]
        stays = {
            row["psn_no"]: row["n"] for row in db.execute("SELECT psn_no, count(*) AS n FROM stay GROUP BY psn_no")
        }
        orders = db.execute("SELECT * FROM wechat_order ORDER BY rowid DESC LIMIT 20").fetchall()
        log = db.execute("SELECT * FROM log ORDER BY seq DESC LIMIT 30").fetchall()
        cards = db.execute("SELECT * FROM bank_account ORDER BY rowid").fetchall()
        now = w.stamp(db)
    words = {"events": EVENTS, "insurances": INSURANCES, "statuses": STATUSES}
    facts = {"people": people, "stays": stays, "cards": cards, "orders": orders, "log": log, "now": now}
    return render_template("home.html", **facts, **words)


@blueprint.get("/healthz")
def healthz() -> str:
    return "ok"


@blueprint.app_template_filter("yuan")
def yuan(fen: int) -> str:
    sign, fen = ("−" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


@blueprint.app_template_filter("clock")
def clock_time(stamp: str) -> str:
    """2026-11-22T10:00:00+08:00 → 11月22日 10:00:00"""
    return f"{int(stamp[5:7])}月{int(stamp[8:10])}日 {stamp[11:19]}" if stamp else ""
