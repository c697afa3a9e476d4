"""Trade bill: announced with SHA-1 and a download address, ready on the next day after 10:00, gzip or plain CSV."""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
from datetime import date, timedelta

from sandbox.wechat_orders import WechatError, keys_of, settle_due
from sandbox.world import World

COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def announce(w: World, mchid: str, day: str, tar_type: str) -> dict[str, str]:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise WechatError(400, "PARAM_ERROR", "bill_date 格式为 yyyy-MM-dd")
    with w.store.write() as db:
        now = w.now(db)
        ready_on = date.fromisoformat(day) + timedelta(days=1)
        early = w.setting(db, "wechat_bill_early", "0") == "1"
        if not early and (now.date(), now.hour) < (ready_on, 10):
            raise WechatError(400, "STATEMENT_CREATING", "账单生成中，请于次日 10 点后获取")
        token = secrets.token_urlsafe(24)
        db.execute("INSERT INTO bill_token VALUES (?, ?, ?)", (token, day, tar_type))
    plain = _csv(w, mchid, day)
    return {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(
            plain, usedforsecurity=False
        ).hexdigest(),  # of the unpacked file, as WeChat defines it
        "download_url": f"{w.public_url}/wechat/v3/billdownload/file?token={token}",
    }


def content_of(w: World, mchid: str, token: str) -> bytes:
    with w.store.read() as db:
        row = db.execute("SELECT * FROM bill_token WHERE token = ?", (token,)).fetchone()
    if row is None:
        raise WechatError(404, "NOT_FOUND", "账单下载地址无效")
    plain = _csv(w, mchid, row["bill_date"])
    return gzip.compress(plain, mtime=0) if row["tar_type"] == "GZIP" else plain


def _csv(w: World, mchid: str, day: str) -> bytes:
    settle_due(w)
    keys, lines = keys_of(w, mchid), []
    paid_fen = refunded_fen = 0
    with w.store.read() as db:
        orders = db.execute(
            "SELECT * FROM wechat_order WHERE substr(paid_at, 1, 10) = ? AND mchid = ? ORDER BY paid_at", (day, mchid)
        )
        for row in orders.fetchall():
            paid_fen += row["amount_fen"]
            lines.append(_line(keys, row, row["paid_at"], "SUCCESS", row["amount_fen"], "0", "0", 0, ""))
        refunds = db.execute(
            "SELECT o.*, r.refund_id, r.out_refund_no, r.amount_fen AS refund_fen, r.done_at FROM wechat_refund r"
            " JOIN wechat_order o USING (out_trade_no) WHERE substr(r.done_at, 1, 10) = ? AND o.mchid = ?"
            " ORDER BY r.done_at",
            (day, mchid),
        )
        for row in refunds.fetchall():
            refunded_fen += row["refund_fen"]
            lines.append(_line(keys, row, row["done_at"], "REFUND", 0, row["refund_id"], row["out_refund_no"],
                               row["refund_fen"], "SUCCESS"))  # fmt: skip
    totals = (str(len(lines)), _yuan(paid_fen), _yuan(refunded_fen), "0.00", "0.00000", _yuan(paid_fen),
              _yuan(refunded_fen))  # fmt: skip
    body = [COLUMNS, *lines, TOTALS, ",".join(f"`{value}" for value in totals)]
    return ("\r\n".join(body) + "\r\n").encode("utf-8-sig")


def _line(keys, row, at, state, settled_fen, refund_id, out_refund_no, refund_fen, refund_state) -> str:  # type: ignore[no-untyped-def]  # a row of 27 columns, read together with COLUMNS
    values = (
        at[:19].replace("T", " "), keys["appid"], keys["mchid"], "0", "", row["transaction_id"], row["out_trade_no"],
        row["payer"], row["trade_type"], state, "OTHERS", "CNY", _yuan(settled_fen), "0.00", refund_id, out_refund_no,
        _yuan(refund_fen), "0.00", "ORIGINAL" if refund_fen else "", refund_state, row["description"], row["attach"],
        "0.00000", "0.60%", _yuan(settled_fen), _yuan(refund_fen), "",
    )  # fmt: skip
    return ",".join(f"`{value}" for value in values)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
