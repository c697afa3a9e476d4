"""Seed people and stays: from seed/people.yaml into SQLite, in the national platform's own field names.

The seed file is short: fee lines give quantity, price, class and rates; the amounts of lines and settlement are derived
here by the identities of the platform, and what is declared as the settlement's total must agree to the fen. `override`
writes over what was derived, of a stay or of a line: bills that do not add up.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sandbox.refusals import check_person, check_stay

PEOPLE_FILE = Path(__file__).parent / "seed" / "people.yaml"
CENT = Decimal("0.01")
FUNDS = {
    "hifp_pay": ("310100", "基本医疗保险统筹基金"), "hifob_pay": ("330100", "职工大额医疗费用补助基金"),
    "hifmi_pay": ("390200", "城乡居民大病医疗保险资金"), "cvlserv_pay": ("320100", "公务员医疗补助资金"),
    "maf_pay": ("610100", "医疗救助基金"), "hifes_pay": ("370100", "企业补充医疗保险基金"),
    "oth_pay": ("999996", "其他基金"),
}  # fmt: skip


@lru_cache
def load() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(PEOPLE_FILE.read_text(encoding="utf-8"))
    return content


def fill(db: sqlite3.Connection) -> None:
    content = load()
    for person in content["people"]:
        put_person(db, person)
    for number, authorisation in enumerate(content["authorisations"], start=1):
        db.execute(
            "INSERT INTO authorisation VALUES (?, ?, ?, ?, ?)",
            (authorisation["auth_no"], authorisation["payer"], authorisation["insured"], str(authorisation["rel_type"]),
             f"2025-10-{number:02d}T09:00:00+08:00"),
        )  # fmt: skip
    for account in content["bank_accounts"]:
        db.execute("INSERT INTO bank_account VALUES (?, ?, ?)",
                   (str(account["number"]), account["name"], account.get("state", "open")))  # fmt: skip
    for stay in content["stays"]:
        put_stay(db, stay)


def put_person(db: sqlite3.Connection, person: dict[str, Any], *, listed: bool = True, keep: bool = False) -> str:
    """Insert, or merge the given fields into the person with the same psn_no (or certno). Returns psn_no."""
    row = db.execute(
        "SELECT * FROM person WHERE psn_no = ? OR certno = ?", (person.get("psn_no"), person.get("certno"))
    ).fetchone()
    if row is not None and keep:
        return str(row["psn_no"])
    doc = {**(json.loads(row["doc"]) if row else {}), **person}
    phone, balance_fen = doc.pop("phone", None), doc.pop("balance_fen", None)
    certno = doc["certno"]
    check_person(doc)
    if row is None:
        db.execute(
            "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                doc["psn_no"],
                certno,
                doc["name"],
                phone or "",
                json.dumps(doc, ensure_ascii=False),
                balance_fen or 0,
                listed,
            ),
        )
    else:
        db.execute(
            "UPDATE person SET certno = ?, name = ?, phone = ?, doc = ?, balance_fen = ? WHERE psn_no = ?",
            (
                certno, doc["name"], row["phone"] if phone is None else phone, json.dumps(doc, ensure_ascii=False),
                row["balance_fen"] if balance_fen is None else balance_fen, doc["psn_no"],
            ),
        )  # fmt: skip
    return str(doc["psn_no"])


def put_stay(db: sqlite3.Connection, stay: dict[str, Any]) -> dict[str, Any]:
    row = db.execute("SELECT * FROM person WHERE psn_no = ?", (str(stay["psn_no"]),)).fetchone()
    if row is None:
        raise ValueError(f"no person {stay['psn_no']}")
    person = json.loads(row["doc"])
    check_stay(person, stay)
    doc = expand_stay(person, stay)
    _check_settled_once(db, doc["setlinfo"])
    db.execute(
        "INSERT OR REPLACE INTO stay VALUES (?, ?, ?, ?)",
        (stay["setl_id"], stay["mdtrt_id"], row["psn_no"], json.dumps(doc, ensure_ascii=False)),
    )
    return doc


def reverse_stay(db: sqlite3.Connection, setl_id: str) -> dict[str, Any]:
    """The hospital takes a settlement back (2305, 2208): it stays in the queries, marked as refunded."""
    row = db.execute("SELECT doc FROM stay WHERE setl_id = ?", (setl_id,)).fetchone()
    doc: dict[str, Any] = json.loads(row["doc"]) if row else {}
    if not doc:
        raise ValueError(f"no settlement {setl_id}")
    if doc["setlinfo"]["refd_setl_flag"] == "1":
        raise ValueError(f"{setl_id} is taken back already")
    doc["setlinfo"]["refd_setl_flag"] = "1"
    db.execute("UPDATE stay SET doc = ? WHERE setl_id = ?", (json.dumps(doc, ensure_ascii=False), setl_id))
    return doc


def _check_settled_once(db: sqlite3.Connection, settled: dict[str, Any]) -> None:
    """A visit is settled for each of its days once, unless the settlement of before was taken back."""
    others = db.execute("SELECT doc FROM stay WHERE mdtrt_id = ? AND setl_id <> ?",
                        (settled["mdtrt_id"], settled["setl_id"]))  # fmt: skip
    begins, ends = settled["begndate"], settled["enddate"]
    for other in (json.loads(row["doc"])["setlinfo"] for row in others):
        if other["refd_setl_flag"] == "1" or settled["refd_setl_flag"] == "1":
            continue
        begun, ended = other["begndate"], other["enddate"]
        if (begun, ended) == (begins, ends) or (begun < ends and begins < ended):
            raise ValueError(f"{settled['setl_id']}: the visit is settled already, by {other['setl_id']}")


def expand_stay(person: dict[str, Any], stay: dict[str, Any]) -> dict[str, Any]:
    """The seed's short form → the nodes of 5201, 5202, 5203 and 5204."""
    lines = [_fee_line(stay, number, line) for number, line in enumerate(stay["lines"], start=1)]
    settlement = _settlement(person, stay, lines)
    details = [
        {"fund_pay_type": code, "inscp_scp_amt": settlement["inscp_scp_amt"], "crt_payb_lmt_amt": "0.00",
         "fund_payamt": settlement[field], "fund_pay_type_name": name, "setl_proc_info": ""}
        for field, (code, name) in FUNDS.items() if settlement[field] not in ("0.00", "")
    ]  # fmt: skip
    return {
        "mdtrtinfo": _visit(person, stay),
        "diseinfo": [_diagnosis(stay, number, item) for number, item in enumerate(stay.get("diagnoses", []), start=1)],
        "setlinfo": settlement,
        "setldetail": details,
        "feedetail": [
            line | {name: str(value) for name, value in given.get("override", {}).items()}
            for line, given in zip(lines, stay["lines"], strict=True)
        ],
    }


def _fee_line(stay: dict[str, Any], number: int, line: dict[str, Any]) -> dict[str, Any]:
    count, price = Decimal(str(line["cnt"])), Decimal(str(line["pric"]))
    total, over = _cents(count * price), _cents(Decimal(str(line.get("overlmt", 0))))
    level, share = str(line["lv"]), Decimal(str(line.get("prop", 0)))
    original = f"{stay['setl_id']}{int(line['returns']):04d}" if line.get("returns") else ""
    own = total if level == "03" else Decimal(0)
    first = _cents((total - over) * share) if level == "02" else Decimal(0)
    return {
        "mdtrt_id": stay["mdtrt_id"], "setl_id": stay["setl_id"], "init_feedetl_sn": original,
        "feedetl_sn": f"{stay['setl_id']}{number:04d}", "rx_drord_no": f"{number:06d}", "med_type": stay["med_type"],
        "fee_ocur_time": f"{line.get('on', stay['begin'])} 10:00:00", "cnt": str(count), "pric": str(price),
        "det_item_fee_sumamt": _text(total), "pric_uplmt_amt": str(line.get("uplmt", "")),
        "selfpay_prop": "1.0000" if level == "03" else f"{share:.4f}",
        "fulamt_ownpay_amt": _text(own), "overlmt_amt": _text(over), "preselfpay_amt": _text(first),
        "inscp_scp_amt": _text(total - own - over - first), "chrgitm_lv": level,
        "hilist_code": line["code"], "hilist_name": line["name"], "list_type": str(line["list_type"]),
        "med_list_codg": line.get("med_list", line["code"]), "medins_list_codg": f"Y{number:05d}",
        "medins_list_name": line["name"],
        "med_chrgitm_type": str(line["item_type"]), "prodname": "", "spec": line.get("spec", ""),
        "dosform_name": line.get("dosform", "无"), "bilg_dept_name": stay.get("dept", ""), "lmt_used_flag": "0",
        "hi_nego_drug_flag": "1" if line.get("negotiated") else "0", "dscg_tkdrug_flag": "0", "memo": "",
    }  # fmt: skip


def _settlement(person: dict[str, Any], stay: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    total, own, over, first, scope = (
        sum((Decimal(line[name]) for line in lines), Decimal(0))
        for name in ("det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
    )
    if total != Decimal(str(stay.get("total", total))):
        raise ValueError(f"{stay['setl_id']}: fee lines sum to {total}, the stay declares {stay['total']}")
    if total < 0:
        raise ValueError(f"{stay['setl_id']}: more is returned than was charged")
    funds = {name: _cents(Decimal(str(stay.get("funds", {}).get(name, 0)))) for name in FUNDS}
    paid_by_funds = sum(funds.values(), Decimal(0))
    personal, account = total - paid_by_funds, _cents(Decimal(str(stay.get("account", 0))))
    insurance, hospital = _insurance(person, stay), _hospital(stay)
    amounts = {
        "medfee_sumamt": total, "fulamt_ownpay_amt": own, "overlmt_selfpay": over, "preselfpay_amt": first,
        "inscp_scp_amt": scope, "act_pay_dedc": Decimal(str(stay.get("deductible", 0))), **funds,
        "fund_pay_sumamt": paid_by_funds, "psn_pay": personal, "acct_pay": account, "cash_payamt": personal - account,
        "balc": Decimal(0), "acct_mulaid_pay": Decimal(0),
    }  # fmt: skip
    value = {
        "setl_id": stay["setl_id"], "mdtrt_id": stay["mdtrt_id"], **_who(person), "insutype": insurance["type"],
        "psn_type": insurance["psn_type"], "cvlserv_flag": "1" if insurance.get("civil_servant") else "0",
        "flxempe_flag": "0", "nwb_flag": "0", "insu_optins": insurance["area"],
        "emp_name": insurance.get("employer", ""), "pay_loc": "2",
        "fixmedins_code": hospital["code"],
        "fixmedins_name": hospital["name"], "hosp_lv": hospital["level"], "fixmedins_poolarea": hospital["area"],
        "lmtpric_hosp_lv": hospital["level"], "dedc_hosp_lv": hospital["level"], "begndate": str(stay["begin"]),
        "enddate": str(stay["end"]), "setl_time": f"{stay.get('settled', stay['end'])} 15:30:00",
        "mdtrt_cert_type": "02", "med_type": stay["med_type"], "clr_type": "21" if stay["med_type"][0] == "2" else "11",
        "clr_way": "1", "clr_optins": insurance["area"], "pool_prop_selfpay": str(stay.get("pool_prop", "0.0000")),
        **{name: _text(amount) for name, amount in amounts.items()},
        "medins_setl_id": f"{hospital['code']}{str(stay['end']).replace('-', '')}1530000001",
        "refd_setl_flag": "1" if stay.get("refunded") else "0", "year": str(stay.get("year", stay["end"]))[:4],
        "dise_codg": stay.get("dise_codg", ""), "dise_name": stay.get("dise_name", ""),
        "invono": stay.get("invoice", ""), "opter_id": "", "opter_name": "", "opt_time": "",
    }  # fmt: skip
    value |= dict.fromkeys(stay.get("blank", []), "")
    return value | {name: str(amount) for name, amount in stay.get("override", {}).items()}


def _visit(person: dict[str, Any], stay: dict[str, Any]) -> dict[str, Any]:
    begin, end = date.fromisoformat(str(stay["begin"])), date.fromisoformat(str(stay["end"]))
    main = next(iter(stay.get("diagnoses", [])), {"code": "", "name": ""})
    insurance = _insurance(person, stay)
    return {
        "mdtrt_id": stay["mdtrt_id"], **_who(person), "insutype": insurance["type"], "psn_type": insurance["psn_type"],
        "maf_psn_flag": "1" if person.get("identities") else "0", "cvlserv_flag": "0", "insu_optins": insurance["area"],
        "begntime": f"{begin} 09:00:00", "endtime": f"{end} 15:00:00", "mdtrt_cert_type": "02",
        "med_type": stay["med_type"], "ars_year_ipt_flag": "1" if begin.year != end.year else "0",
        "ipt_otp_no": f"ZY{stay['mdtrt_id'][-8:]}", "adm_dept_name": stay.get("dept", ""),
        "dscg_maindiag_code": main["code"], "dscg_maindiag_name": main["name"], "dscg_dept_name": stay.get("dept", ""),
        "dscg_way": "1", "inhosp_stas": "0", "ipt_days": max((end - begin).days, 1), "memo": "",
    }  # fmt: skip


def _diagnosis(stay: dict[str, Any], number: int, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "diag_info_id": f"{stay['mdtrt_id']}{number:02d}", "mdtrt_id": stay["mdtrt_id"], "psn_no": str(stay["psn_no"]),
        "inout_diag_type": "2", "diag_type": "1", "maindiag_flag": "1" if number == 1 else "0", "diag_srt_no": number,
        "diag_code": item["code"], "diag_name": item["name"], "adm_cond": "", "diag_dept": stay.get("dept", ""),
        "dise_dor_no": "D411202000123", "dise_dor_name": "测试医师", "diag_time": f"{stay['begin']} 10:00:00",
    }  # fmt: skip


def _insurance(person: dict[str, Any], stay: dict[str, Any]) -> dict[str, Any]:
    """By which it was settled: the first one, or the one that the stay names."""
    wanted = str(stay.get("insutype", person["insurances"][0]["type"]))
    found: dict[str, Any] | None = next((item for item in person["insurances"] if item["type"] == wanted), None)
    if found is None:
        raise ValueError(f"{stay['setl_id']}: the person has no insurance {wanted}")
    return found


def _hospital(stay: dict[str, Any]) -> dict[str, str]:
    """One of the seed by its code, or any: {code, name, level, area}."""
    if isinstance(stay["hospital"], dict):
        return {name: str(stay["hospital"][name]) for name in ("code", "name", "level", "area")}
    if stay["hospital"] not in load()["hospitals"]:
        raise ValueError(f"{stay['setl_id']}: no hospital {stay['hospital']} here")
    return {"code": stay["hospital"], **load()["hospitals"][stay["hospital"]]}


def _who(person: dict[str, Any]) -> dict[str, Any]:
    return {"psn_no": person["psn_no"], "psn_name": person["name"], "psn_cert_type": person["cert_type"],
            "certno": person["certno"], "gend": person["gender"], "naty": "01", "brdy": person["born"]}  # fmt: skip


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _text(value: Decimal) -> str:
    return str(value.quantize(CENT))
