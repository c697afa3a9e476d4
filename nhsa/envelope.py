"""The envelope of the national platform: message id, gateway headers, body signature; both directions.

Source: facts/nhsa_fields.json "envelope": x-tif-signature = hex SHA256(timestamp + token + nonce + timestamp),
msgid = institution(12) + yyyyMMddHHmmss + sequence(4). That signature does not cover the body; the envelope's own field
for a digital signature, `cainfo`, does: HMAC-SHA256 here, SM2/SM3 in regions that ask for it (signtype tells).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

CIVIL_TIME = timezone(timedelta(hours=8))
SIGN_TYPE = "HMACSHA256"
TOLERANCE_SECONDS = 300
SIGNED_FIELDS = ("infno", "msgid", "inf_time", "mdtrtarea_admvs", "insuplc_admdvs", "fixmedins_code", "opter")


class BadReply(Exception):
    """The reply cannot be trusted or read; code says why, nothing of the content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Caller:
    """Who we are to the platform. token and body_key are secrets."""

    paasid: str
    token: str
    body_key: str
    institution_code: str
    institution_name: str
    area: str

    def __repr__(self) -> str:
        return f"Caller({self.paasid!r}, {self.institution_code!r})"


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks, non-ASCII kept: what both sides sign."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def new_msgid(institution_code: str, moment: datetime) -> str:
    return f"{institution_code[:12]}{moment:%Y%m%d%H%M%S}{secrets.randbelow(10**4):04d}"


def gateway_signature(token: str, timestamp: str, nonce: str) -> str:
    return hashlib.sha256(f"{timestamp}{token}{nonce}{timestamp}".encode()).hexdigest()


def gateway_headers(caller: Caller, *, timestamp: int, nonce: str) -> dict[str, str]:
    return {
        "x-tif-paasid": caller.paasid,
        "x-tif-timestamp": str(timestamp),
        "x-tif-nonce": nonce,
        "x-tif-signature": gateway_signature(caller.token, str(timestamp), nonce),
    }


def body_signature(body_key: str, *lines: str) -> str:
    return hmac.new(body_key.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def build(
    caller: Caller, infno: str, data: Mapping[str, Any], *, insured_area: str, opter: str, opter_name: str, wall: float
) -> dict[str, Any]:
    """The signed envelope. wall: real time in seconds (time.time()), whatever the demonstration clock says."""
    moment = datetime.fromtimestamp(wall, CIVIL_TIME)
    envelope: dict[str, Any] = {
        "infno": infno,
        "msgid": new_msgid(caller.institution_code, moment),
        "mdtrtarea_admvs": caller.area,
        "insuplc_admdvs": insured_area,
        "recer_sys_code": "YBXT",
        "dev_no": "",
        "dev_safe_info": "",
        "signtype": SIGN_TYPE,
        "infver": "V1.0",
        "opter_type": "3",
        "opter": opter,
        "opter_name": opter_name,
        "inf_time": f"{moment:%Y-%m-%d %H:%M:%S}",
        "fixmedins_code": caller.institution_code,
        "fixmedins_name": caller.institution_name,
        "sign_no": "",
        "input": {"data": dict(data)},
    }
    lines = [str(envelope[name]) for name in SIGNED_FIELDS]
    envelope["cainfo"] = body_signature(caller.body_key, "request", *lines, canonical(envelope["input"]))
    return envelope


def check_reply(caller: Caller, envelope: Mapping[str, Any], nonce: str, headers: Mapping[str, str], raw: bytes) -> Any:
    """The reply's JSON object, once gateway signature, freshness, binding to our request and body signature hold.

    Raises BadReply(reply_signature | reply_stale | reply_unreadable).
    """
    timestamp = headers.get("x-tif-timestamp", "")
    expected = gateway_signature(caller.token, timestamp, nonce)
    if not hmac.compare_digest(expected, headers.get("x-tif-signature", "")):
        raise BadReply("reply_signature")
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadReply("reply_stale")
    try:
        reply = json.loads(raw)
    except ValueError:
        raise BadReply("reply_unreadable") from None
    if not isinstance(reply, dict):
        raise BadReply("reply_unreadable")
    output = reply.get("output")
    lines = (
        "reply",
        str(envelope["msgid"]),
        str(reply.get("inf_refmsgid", "")),
        str(reply.get("infcode", "")),
        str(reply.get("respond_time", "")),
        str(reply.get("err_msg", "")),
        output if isinstance(output, str) else canonical(output),
    )
    if not hmac.compare_digest(body_signature(caller.body_key, *lines), str(reply.get("cainfo", ""))):
        raise BadReply("reply_signature")
    # Read again for use: amounts sent as JSON numbers become Decimal, not float.
    return json.loads(raw, parse_float=Decimal)
