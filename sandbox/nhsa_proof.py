"""Proof of person: HZ05 begin, HZ06 redeem a ticket, and the pages on which she herself confirms: /proof/{token}.

Medical e-voucher 医保电子凭证: she opens it with her own phone and its password. Face check 实人认证: the caller named
somebody; the camera compares. Either way the browser goes back with a ticket, the same in look whether she was
confirmed or not: only the caller learns which, server to server. HZ07 asks the civil register about a relation.

No national interface for these is public; transactions and fields are a model of our own in the national envelope.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import sqlite3
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox import signing
from sandbox.nhsa_account import RELATIONS
from sandbox.nhsa_errors import Refused
from sandbox.world import World, world

blueprint = Blueprint("proof", __name__)

VOUCHER, FACE = "1", "2"
TO_CONFIRM, TICKET_GOOD = timedelta(minutes=10), timedelta(minutes=5)
MOST_TRIES = 5
PROOF_NO = re.compile(r"[A-Za-z0-9_-]{16,64}")
# One answer for every way in which it was not she: which one it was is nobody's business.
NOT_PROVED = ("PROOF_REFUSED", "未能核验为本人")


def begin(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """HZ05. verf_type 1 e-voucher, 2 face (then certno and psn_name say who is expected). The same proof_no with the
    same content is the same proof; nothing is looked up yet, so the answer says nothing about anybody."""
    proof_no, method = str(data.get("proof_no", "")), str(data.get("verf_type", ""))
    back, nonce = str(data.get("return_url", "")), str(data.get("nonce", ""))
    if not PROOF_NO.fullmatch(proof_no) or method not in (VOUCHER, FACE) or len(nonce) < 16:
        raise Refused("INPUT_INVALID", "proof_no、verf_type 或 nonce 不符合要求")
    if urlsplit(back).scheme not in ("http", "https") or not urlsplit(back).netloc:
        raise Refused("INPUT_INVALID", "return_url 应为完整网址")
    certno, name = str(data.get("certno", "")).upper(), str(data.get("psn_name", ""))
    if (method == FACE) != bool(certno) or bool(certno) != bool(name):
        raise Refused("INPUT_INVALID", "人脸核验须提交姓名和证件号码，电子凭证则不提交")
    digest = signing.request_hash(["proof", data])
    with w.store.write() as db:
        row = _by(db, "proof_no", proof_no)
        if row is None:
            db.execute(
                "INSERT INTO person_proof (proof_no, caller, asked_by, request_hash, token, method, nonce, return_url,"
                " shown_to, certno, psn_name, state, psn_no, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', '', ?)",
                (proof_no, g.caller, g.asked_by, digest, secrets.token_urlsafe(24), method, nonce, back,
                 str(data.get("shown_to", ""))[:60], certno, name, w.stamp(db)),
            )  # fmt: skip
            row = _by(db, "proof_no", proof_no)
            assert row is not None
        if row["request_hash"] != digest:
            raise Refused("INPUT_INVALID", "同一 proof_no 的内容与首次提交不一致")
    return {"proofinfo": {"proof_no": proof_no, "auth_url": f"{w.public_url}/proof/{row['token']}"}}, ""


def redeem(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """HZ06. The ticket counts for the proof it was issued to, with that proof's nonce, for five minutes. Asked again by
    the same proof it gives the same answer (a reply may be lost on the way); to any other proof, and to another
    application than the one that began it, it is unknown."""
    with w.store.write() as db:
        row = _by(db, "proof_no", str(data.get("proof_no", "")))
        ticket = str(data.get("ticket", ""))
        if row is None or not row["ticket"] or not hmac.compare_digest(row["ticket"].encode(), ticket.encode()):
            raise Refused("PROOF_TICKET_UNKNOWN", "票据不存在")
        if row["caller"] != g.caller:
            raise Refused("PROOF_TICKET_UNKNOWN", "票据不存在")
        if not hmac.compare_digest(row["nonce"].encode(), str(data.get("nonce", "")).encode()):
            raise Refused("PROOF_TICKET_UNKNOWN", "票据不存在")
        if w.now(db) >= datetime.fromisoformat(row["done_at"]) + TICKET_GOOD:
            raise Refused("PROOF_EXPIRED", "票据已过期")
        if row["state"] != "confirmed":
            raise Refused(*NOT_PROVED)
        person = db.execute("SELECT * FROM person WHERE psn_no = ?", (row["psn_no"],)).fetchone()
        doc = json.loads(person["doc"])
        if not row["serial"]:
            serial = w.serial("SR")
            db.execute("UPDATE person_proof SET serial = ? WHERE proof_no = ?", (serial, row["proof_no"]))
            w.log(db, channel="proof", event="redeemed", reference=row["proof_no"], serial=serial, amount_fen=0,
                  counterparty=row["psn_no"], method=row["method"])  # fmt: skip
            row = _by(db, "proof_no", row["proof_no"])
            assert row is not None
    return {
        "proofinfo": {
            "proof_no": row["proof_no"], "verf_type": row["method"], "pltf_serl_no": row["serial"],
            "psn_no": doc["psn_no"], "psn_name": doc["name"], "psn_cert_type": doc["cert_type"],
            "certno": doc["certno"], "mob": person["phone"],
            "verf_time": row["done_at"][:19].replace("T", " "),
        }
    }, ""  # fmt: skip


def relation(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """HZ07. Whether the register shows that the named person is rel_type to psn_no. "0" for everything else: nobody of
    that number, another name, another relation."""
    kind = str(data.get("rel_type", ""))
    if kind not in RELATIONS or kind == "01":
        raise Refused("INPUT_INVALID", "rel_type 应为近亲属关系代码")
    with w.store.read() as db:
        asking = db.execute("SELECT * FROM person WHERE psn_no = ?", (str(data.get("psn_no")),)).fetchone()
        named = db.execute("SELECT * FROM person WHERE certno = ?", (str(data.get("certno", "")).upper(),)).fetchone()
    if asking is None:
        raise Refused("PSN_NOT_FOUND", "未查询到参保人员信息")
    is_known = named is not None and named["name"] == str(data.get("psn_name"))
    kin = json.loads(asking["doc"]).get("kin", {})
    return {"relainfo": {"rel_flag": "1" if is_known and kin.get(named["psn_no"]) == kind else "0"}}, ""


TRANSACTIONS = {"HZ05": begin, "HZ06": redeem, "HZ07": relation}


# what the person does ---------------------------------------------------------------------------------------


@blueprint.get("/proof/<token>")
def show(token: str) -> tuple[str, int]:
    with world().store.read() as db:
        row = _by(db, "token", token)
    return _page(row, "")


@blueprint.post("/proof/<token>")
def confirm(token: str) -> tuple[str, int] | BaseResponse:
    """Her own phone and password, or her own face: then back with a ticket. The form is the person; nobody else's
    phone opens this voucher, nobody else's face passes for hers."""
    w = world()
    with w.store.write() as db:
        row = _by(db, "token", token)
        if row is None or row["state"] != "waiting" or w.now(db) >= _ends(row):
            return _page(row, "")
        if "cancel" in request.form:
            psn_no: str | None = ""
        elif row["method"] == VOUCHER:
            psn_no = _voucher_holder(db, request.form.get("phone", ""), request.form.get("password", ""))
            tries = row["tries"] + 1
            db.execute("UPDATE person_proof SET tries = ? WHERE token = ?", (tries, token))
            if psn_no is None and tries < MOST_TRIES:
                problem = "手机号码或凭证密码不对，请再看一眼"
            else:
                problem, psn_no = "", psn_no or ""
        else:
            psn_no = _face_of(db, row, request.form.get("face", ""))
        if psn_no is not None:
            return redirect(_finish(w, db, row, psn_no), 303)
    return _page(row, problem)


def _voucher_holder(db: sqlite3.Connection, phone: str, password: str) -> str | None:
    if not phone.strip():
        return None
    for person in db.execute("SELECT * FROM person WHERE phone = ?", (phone.strip(),)):
        if hmac.compare_digest(voucher_password(person["psn_no"]).encode(), password.strip().encode()):
            return str(person["psn_no"])
    return None


def _face_of(db: sqlite3.Connection, row: sqlite3.Row, psn_no: str) -> str:
    """The person before the camera, if it is the one whom the caller expects; else nobody."""
    person = db.execute("SELECT * FROM person WHERE psn_no = ?", (psn_no,)).fetchone()
    is_expected = person is not None and (person["certno"], person["name"]) == (row["certno"], row["psn_name"])
    return psn_no if is_expected else ""


def _finish(w: World, db: sqlite3.Connection, row: sqlite3.Row, psn_no: str) -> str:
    ticket = secrets.token_urlsafe(32)
    db.execute(
        "UPDATE person_proof SET state = ?, psn_no = ?, ticket = ?, done_at = ? WHERE token = ? AND state = 'waiting'",
        ("confirmed" if psn_no else "refused", psn_no, ticket, w.stamp(db), row["token"]),
    )
    back = str(row["return_url"])
    return f"{back}{'&' if urlsplit(back).query else '?'}ticket={ticket}"


def _page(row: sqlite3.Row | None, problem: str) -> tuple[str, int]:
    w = world()
    with w.store.read() as db:
        is_open = row is not None and row["state"] == "waiting" and w.now(db) < _ends(row)
        people = db.execute("SELECT psn_no, name FROM person WHERE listed = 1 ORDER BY rowid").fetchall()
    if row is None or not is_open:
        return render_template("proof.html", proof=None), 404 if row is None else 410
    page = render_template("proof.html", proof=row, people=people, problem=problem, phone=request.form.get("phone", ""))
    return page, 403 if problem else 200


def voucher_password(psn_no: str) -> str:
    """Made up from the person number, so that whoever tries the demonstration finds it on the home page."""
    return psn_no[-6:]


def _ends(row: sqlite3.Row) -> datetime:
    return datetime.fromisoformat(row["created_at"]) + TO_CONFIRM


def _by(db: sqlite3.Connection, column: str, value: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(f"SELECT * FROM person_proof WHERE {column} = ?", (value,)).fetchone()
    return row
