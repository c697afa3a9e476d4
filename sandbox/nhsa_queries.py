"""National platform: 1101 person, 5201 visits, 5202 diagnoses, 5203 settlements, 5204 fee lines, 5206 accumulations."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.nhsa_errors import Refused
from sandbox.world import World

# What region 410100 calls the same amounts: it kept the names of the settlement transaction in the query.
REGION_NAMES: dict[str, dict[str, str]] = {
    "410100": {"psn_pay": "psn_part_amt", "cash_payamt": "psn_cash_pay", "insu_optins": "insu_admdvs"}
}


def person_query(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """1101. Certificate type 02 (identity number) only: what a portal without card reader can send."""
    if data.get("mdtrt_cert_type") != "02":
        raise Refused("CERT_TYPE_UNSUPPORTED", "仅支持以证件号码查询")
    certno, name = str(data.get("certno") or data.get("mdtrt_cert_no") or "").upper(), str(data.get("psn_name") or "")
    with w.store.read() as db:
        row = db.execute("SELECT * FROM person WHERE certno = ?", (certno,)).fetchone()
        today = w.now(db).date()
    if row is None:
        raise Refused("PSN_NOT_FOUND", "未查询到参保人员信息")
    doc = json.loads(row["doc"])
    if name != doc["name"] or (data.get("psn_cert_type") and data["psn_cert_type"] != doc["cert_type"]):
        raise Refused("PSN_MISMATCH", "姓名、证件类型与证件号码不一致")
    born = date.fromisoformat(doc["born"])
    insurances = [
        {
            "balc": _yuan(row["balance_fen"]) if item["type"] == "310" else "0.00",
            "insutype": item["type"],
            "psn_type": item["psn_type"],
            "psn_insu_stas": item["status"],
            "psn_insu_date": item.get("since"),
            "paus_insu_date": item.get("paused_on"),
            "cvlserv_flag": "1" if item.get("civil_servant") else "0",
            "insuplc_admdvs": item["area"],
            "emp_name": item.get("employer", ""),
        }
        for item in doc["insurances"]
    ]
    identities = [
        {"psn_idet_type": item["code"], "psn_type_lv": item.get("level", ""), "memo": item.get("name", ""),
         "begntime": f"{item['since']} 00:00:00", "endtime": f"{item['until']} 00:00:00" if item.get("until") else ""}
        for item in doc.get("identities", [])
    ]  # fmt: skip
    base = {
        "psn_no": doc["psn_no"], "psn_cert_type": doc["cert_type"], "certno": doc["certno"], "psn_name": doc["name"],
        "gend": doc["gender"], "naty": "01", "brdy": doc["born"], "age": round((today - born).days / 365.25, 1),
        "expContent": "",
    }  # fmt: skip
    area = insurances[0]["insuplc_admdvs"] if insurances else ""
    return {"baseinfo": base, "insuinfo": insurances, "idetinfo": identities}, area


def visits(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """5201. begntime/endtime bound the visit's own interval (overlap); med_type "" means any."""
    begin, end = _moment(data, "begntime").date().isoformat(), _moment(data, "endtime").date().isoformat()
    found = {
        stay["mdtrtinfo"]["mdtrt_id"]: stay["mdtrtinfo"]
        for stay in _stays(w, data)
        if stay["mdtrtinfo"]["begntime"][:10] <= end
        and stay["mdtrtinfo"]["endtime"][:10] >= begin
        and data.get("med_type") in ("", None, stay["mdtrtinfo"]["med_type"])
    }
    return {"mdtrtinfo": list(found.values())}, _area(w, data)


def diagnoses(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    _require(data, "psn_no", "mdtrt_id")
    lines = {line["diag_info_id"]: line for stay in _stays(w, data) for line in stay["diseinfo"]}
    return {"diseinfo": list(lines.values())}, _area(w, data)


def settlements(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """5203 under its own names (psn_pay, cash_payamt), reversed settlements included with refd_setl_flag 1.

    Of one visit, and of one settlement when setl_id names it: the platform lists nobody's without a visit.
    """
    _require(data, "psn_no", "mdtrt_id")
    area = _area(w, data)
    names = REGION_NAMES.get(area, {})
    stays = _stays(w, data)
    output = {"setlinfo": [{names.get(k, k): v for k, v in stay["setlinfo"].items()} for stay in stays]}
    output["setldetail"] = stays[0]["setldetail"] if len(stays) == 1 else []
    return output, area


def fee_lines(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """5204, of one visit; setl_id may narrow it to one settlement."""
    _require(data, "psn_no", "mdtrt_id")
    return [line for stay in _stays(w, data) for line in stay["feedetail"]], _area(w, data)


def accumulations(w: World, data: dict[str, Any]) -> tuple[Any, str]:
    """5206. Sums of what was settled and not reversed, per insurance and year; cum_type_code is this region's own."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for stay in _stays(w, data):
        settlement = stay["setlinfo"]
        if settlement["refd_setl_flag"] == "1":
            continue
        for field in ("medfee_sumamt", "inscp_scp_amt", "act_pay_dedc", "fund_pay_sumamt", "psn_pay"):
            sums[settlement["insutype"], settlement["year"], field] += Decimal(settlement[field] or "0")
    rows = [
        {"insutype": insutype, "year": year, "cum_ym": f"{year}12", "cum_type_code": field, "cum": str(total)}
        for (insutype, year, field), total in sorted(sums.items())
    ]
    return {"cuminfo": rows}, _area(w, data)


def _stays(w: World, data: dict[str, Any]) -> list[dict[str, Any]]:
    with w.store.read() as db:
        _known(db, data)
        rows = db.execute("SELECT * FROM stay WHERE psn_no = ? ORDER BY rowid", (data.get("psn_no"),)).fetchall()
    wanted = [(name, data[name]) for name in ("mdtrt_id", "setl_id") if data.get(name)]
    return [json.loads(row["doc"]) for row in rows if all(row[name] == value for name, value in wanted)]


def _require(data: dict[str, Any], *names: str) -> None:
    for name in names:
        if not data.get(name):
            raise Refused("INPUT_INVALID", f"{name} 不能为空")


def _known(db: sqlite3.Connection, data: dict[str, Any]) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM person WHERE psn_no = ?", (data.get("psn_no"),)).fetchone()
    if row is None:
        raise Refused("PSN_NOT_FOUND", "未查询到参保人员信息")
    return row


def _area(w: World, data: dict[str, Any]) -> str:
    with w.store.read() as db:
        doc = json.loads(_known(db, data)["doc"])
    return str(doc["insurances"][0]["area"]) if doc["insurances"] else ""


def _moment(data: dict[str, Any], name: str) -> datetime:
    try:
        return datetime.strptime(str(data.get(name)), "%Y-%m-%d %H:%M:%S")
    except ValueError:
        raise Refused("INPUT_INVALID", f"{name} 格式为 yyyy-MM-dd HH:mm:ss") from None


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


TRANSACTIONS = {
    "1101": person_query,
    "5201": visits,
    "5202": diagnoses,
    "5203": settlements,
    "5204": fee_lines,
    "5206": accumulations,
}
