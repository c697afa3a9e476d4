"""Personal account 个人账户 and its family use 共济: HZ01 deduct, HZ02 query, HZ03 refund, HZ04 authorise.

There is no public national API for this. These transaction numbers and fields are a model of our own, kept in the
national envelope: payer and insured by psn_no, their relation, the authorisation number, and the caller's instruction
number. The same number with the same input returns the first outcome; with another input it is refused.
"""

from __future__ import annotations

import json
import re
import sqlite3
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import g

from sandbox import faults, signing
from sandbox.nhsa_errors import Refused
from sandbox.world import World

# GB/T 4761 family relations, by tens: what the insured is to the payer. 五(一): close relatives only.
RELATIONS = {"01": "本人", "10": "配偶", "20": "子女", "40": "孙子女或外孙子女", "50": "父母", "60": "祖父母或外祖父母",
             "70": "兄弟姐妹"}  # fmt: skip
INSTRUCTION_NO = re.compile(r"[A-Za-z0-9_-]{6,64}")


def deduct(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    instr_no, amount_fen = _instruction_no(data), _amount(data, "pay_amt")
    insured = _insured(data, amount_fen)
    digest = signing.request_hash(["deduct", data])
    with w.store.write() as db:
        row = _replayed(db, instr_no, digest)
        if row is None:
            code, message = _deduction_refusal(db, data, insured, amount_fen)
            payer_no = str(data.get("payer_psn_no"))
            if not code:
                db.execute("UPDATE person SET balance_fen = balance_fen - ? WHERE psn_no = ?", (amount_fen, payer_no))
            row = _record(w, db, "deduct", instr_no, digest, code, message, payer_no, insured, amount_fen, "")
            if not code:
                w.log(db, channel="account", event="deducted", reference=instr_no, serial=row["serial"],
                      amount_fen=amount_fen, counterparty=payer_no, insured=insured,
                      institution=g.institution)  # fmt: skip
    return _outcome(row)


def _insured(data: dict[str, Any], amount_fen: int) -> list[dict[str, str]]:
    """Whom one deduction pays for, all or none: `insulist`, parts summing to pay_amt; or the one named by psn_no."""
    names = ("psn_no", "rel_type", "auth_no", "pay_amt")
    listed = data.get("insulist", [data])
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise Refused("INPUT_INVALID", "insulist 至少一人")
    people = [{name: str(one.get(name, "")) for name in names} for one in listed]
    if (
        len({one["psn_no"] for one in people}) != len(people)
        or sum(_amount(p, "pay_amt") for p in people) != amount_fen
    ):
        raise Refused("INPUT_INVALID", "insulist 不得重复，且各人金额之和等于 pay_amt")
    return people


def refund(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """Give back all or part of a deduction to the account it came from."""
    instr_no, amount_fen = _instruction_no(data), _amount(data, "refd_amt")
    original_no, digest = str(data.get("orig_instr_no", "")), signing.request_hash(["refund", data])
    with w.store.write() as db:
        row = _replayed(db, instr_no, digest)
        if row is None:
            original = _instruction(db, original_no)
            if original is None or original["kind"] != "deduct" or original["state"] != "done":
                raise Refused("ACCT_ORIGINAL_NOT_FOUND", "没有可退的原扣款")
            refunded = db.execute(
                "SELECT coalesce(sum(amount_fen), 0) FROM account_instruction"
                " WHERE kind = 'refund' AND state = 'done' AND original_instr_no = ?",
                (original_no,),
            ).fetchone()[0]
            exceeds = refunded + amount_fen > original["amount_fen"]
            code, message = ("ACCT_REFUND_EXCEEDS", "退款金额超过可退金额") if exceeds else ("", "")
            payer_no = original["payer_psn_no"]
            if not code:
                db.execute("UPDATE person SET balance_fen = balance_fen + ? WHERE psn_no = ?", (amount_fen, payer_no))
            row = _record(w, db, "refund", instr_no, digest, code, message, payer_no, [], amount_fen, original_no)
            if not code:
                w.log(db, channel="account", event="refunded", reference=instr_no, serial=row["serial"],
                      amount_fen=-amount_fen, counterparty=payer_no, original=original_no,
                      institution=g.institution)  # fmt: skip
    return _outcome(row)


def query(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """The outcome of a deduction or refund by the caller's instruction number, refused ones included (stas 2)."""
    with w.store.read() as db:
        row = _instruction(db, _instruction_no(data))
    if row is None or faults.requested("not_found"):
        raise Refused("ACCT_INSTR_NOT_FOUND", "没有这笔指令")
    return {"acctinfo": _shape(row)}, ""


def authorise(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """Family authorisation 共济授权: granted when the civil register knows the relation; the same when asked again."""
    payer_no, psn_no, relation = (str(data.get(name, "")) for name in ("payer_psn_no", "psn_no", "rel_type"))
    with w.store.write() as db:
        payer = _person(db, payer_no)
        if payer is None or _person(db, psn_no) is None:
            raise Refused("PSN_NOT_FOUND", "未查询到参保人员信息")
        if relation not in RELATIONS or relation == "01":
            raise Refused("ACCT_RELATION_NOT_ALLOWED", "共济仅限近亲属")
        if json.loads(payer["doc"]).get("kin", {}).get(psn_no) != relation:
            raise Refused("ACCT_KIN_UNKNOWN", "未查询到所填亲属关系")
        row = db.execute(
            "SELECT * FROM authorisation WHERE payer_psn_no = ? AND psn_no = ?", (payer_no, psn_no)
        ).fetchone()
        auth_no = row["auth_no"] if row else w.serial("GJ")
        if row is None:
            db.execute("INSERT INTO authorisation VALUES (?, ?, ?, ?, ?)",
                       (auth_no, payer_no, psn_no, relation, w.stamp(db)))  # fmt: skip
    return {"authinfo": {"auth_no": auth_no, "payer_psn_no": payer_no, "psn_no": psn_no, "rel_type": relation}}, ""


def _deduction_refusal(
    db: sqlite3.Connection, data: dict[str, Any], insured: list[dict[str, str]], amount_fen: int
) -> tuple[str, str]:
    payer = _person(db, str(data.get("payer_psn_no")))
    if payer is None:
        return "PSN_NOT_FOUND", "未查询到参保人员信息"
    active = [i for i in json.loads(payer["doc"])["insurances"] if i["type"] == "310" and i["status"] == "1"]
    if not active:
        return "ACCT_NO_ACCOUNT", "付款人没有正常状态的职工医保个人账户"
    for one in insured:
        if refusal := _relative_refusal(db, payer["psn_no"], one):
            return refusal
    if payer["balance_fen"] < amount_fen:
        return "ACCT_BALANCE", "个人账户余额不足"
    return "", ""


def _relative_refusal(db: sqlite3.Connection, payer_no: str, one: dict[str, str]) -> tuple[str, str] | None:
    if _person(db, one["psn_no"]) is None:
        return "PSN_NOT_FOUND", "未查询到参保人员信息"
    is_self = one["psn_no"] == payer_no
    if one["rel_type"] not in RELATIONS or (one["rel_type"] == "01") != is_self:
        return "ACCT_RELATION_NOT_ALLOWED", "个人账户仅可为本人及近亲属支付"
    granted = db.execute(
        "SELECT 1 FROM authorisation WHERE auth_no = ? AND payer_psn_no = ? AND psn_no = ? AND rel_type = ?",
        (one["auth_no"], payer_no, one["psn_no"], one["rel_type"]),
    ).fetchone()
    if not is_self and granted is None:
        return "ACCT_AUTH_INVALID", "共济授权不存在或与付款人、被保险人不符"
    return None


def _record(
    w: World, db: sqlite3.Connection, kind: str, instr_no: str, digest: str, code: str, message: str, payer_no: str,
    insured: list[dict[str, str]], amount_fen: int, original_no: str,
) -> sqlite3.Row:  # fmt: skip
    payer = _person(db, payer_no)
    db.execute(
        "INSERT INTO account_instruction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            instr_no, kind, digest, "refused" if code else "done", code, message, w.serial("GZ"), payer_no,
            json.dumps(insured), amount_fen, payer["balance_fen"] if payer else 0, original_no, w.stamp(db),
        ),
    )  # fmt: skip
    row = _instruction(db, instr_no)
    assert row is not None
    return row


def _replayed(db: sqlite3.Connection, instr_no: str, digest: str) -> sqlite3.Row | None:
    row = _instruction(db, instr_no)
    if row is not None and row["request_hash"] != digest:
        raise Refused("ACCT_INSTR_REUSED", "同一指令编号的内容与首次提交不一致，未执行")
    return row


def _outcome(row: sqlite3.Row) -> tuple[Any, str]:
    if row["state"] == "refused":
        raise Refused(row["code"], row["message"])
    return {"acctinfo": _shape(row)}, ""


def _shape(row: sqlite3.Row) -> dict[str, Any]:
    insured = json.loads(row["insured"])
    family_fen = sum(_amount(one, "pay_amt") for one in insured if one["rel_type"] != "01")
    amount = _yuan(row["amount_fen"])
    return {
        "instr_no": row["instr_no"], "trns_type": "1" if row["kind"] == "deduct" else "2",
        "stas": "1" if row["state"] == "done" else "2", "rchk_code": row["code"], "rchk_msg": row["message"],
        "pltf_serl_no": row["serial"], "payer_psn_no": row["payer_psn_no"], "insulist": insured, "pay_amt": amount,
        "acct_pay": amount, "acct_mulaid_pay": _yuan(family_fen), "balc": _yuan(row["balance_fen"]),
        "orig_instr_no": row["original_instr_no"], "trns_time": row["at"][:19].replace("T", " "),
    }  # fmt: skip


def _instruction(db: sqlite3.Connection, instr_no: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM account_instruction WHERE instr_no = ?", (instr_no,)).fetchone()
    return row


def _person(db: sqlite3.Connection, psn_no: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM person WHERE psn_no = ?", (psn_no,)).fetchone()
    return row


def _instruction_no(data: dict[str, Any]) -> str:
    instr_no = str(data.get("instr_no", ""))
    if not INSTRUCTION_NO.fullmatch(instr_no):
        raise Refused("INPUT_INVALID", "instr_no 为 6-64 位字母、数字、下划线或连字符")
    return instr_no


def _amount(data: dict[str, Any], name: str) -> int:
    text = str(data.get(name, ""))
    try:
        fen = Decimal(text) * 100 if re.fullmatch(r"[0-9]{1,12}\.[0-9]{2}", text) else Decimal(0)
    except InvalidOperation:
        fen = Decimal(0)
    if fen <= 0:
        raise Refused("INPUT_INVALID", f"{name} 为大于零、两位小数的金额（元）")
    return int(fen)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


TRANSACTIONS = {"HZ01": deduct, "HZ02": query, "HZ03": refund, "HZ04": authorise}
