"""One call to the national platform: send, verify, and tell refusal from not knowing."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from nhsa import envelope as wire
from nhsa.errors import (
    NhsaError,
    NhsaGatewayRejected,
    NhsaInstructionConflict,
    NhsaNotFound,
    NhsaRefused,
    NhsaUnknownOutcome,
)

logger = logging.getLogger("nhsa")

_CODED = re.compile(r"\[([A-Za-z0-9_]{1,40})\]\s*(.*)", re.DOTALL)
NOT_FOUND_CODES = frozenset({"psn_not_found", "acct_instr_not_found"})
CONFLICT_CODES = frozenset({"acct_instr_reused"})
# About the message itself, before anything in it was looked at.
MESSAGE_CODES = frozenset({"envelope_incomplete", "msgid_invalid", "inf_time_invalid", "infno_unknown"})


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Client:
    """Address, identity and patience. Safe to share between threads; the connection pool belongs to it.

    path: how a region routes a transaction under base_url. timeouts in seconds.
    """

    base_url: str
    caller: wire.Caller
    path: str = "/{infno}"
    connect_timeout: float = 3.0
    read_timeout: float = 15.0
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    # Without what a client does around it (cookies, redirects, credentials): the platform has none of that.
    _http: httpx.HTTPTransport = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # trust_env off: a proxy of the machine must not see or redirect these calls.
        http = httpx.HTTPTransport(trust_env=False)
        object.__setattr__(self, "_http", http)
        # Whoever forgets to close it leaves no connection open either.
        weakref.finalize(self, http.close)

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        infno: str,
        data: Mapping[str, Any],
        *,
        insured_area: str = "",
        opter: str = "portal",
        opter_name: str = "惠民保平台",
        seconds: float | None = None,
    ) -> Any:
        """The transaction's `output`, parsed whether it came as an object or as a JSON string.

        seconds: less patience than the client's own, for a page that somebody waits for; none left is a time-out.
        Raises NhsaRefused / NhsaNotFound (definitive), NhsaInstructionConflict, NhsaGatewayRejected,
        NhsaUnknownOutcome (may have been executed).
        """
        envelope = wire.build(
            self.caller, infno, data, insured_area=insured_area, opter=opter, opter_name=opter_name, wall=time.time()
        )
        nonce = secrets.token_hex(16)
        try:
            output = self._exchange(infno, envelope, nonce, self._patience(seconds))
        except NhsaError as error:
            logger.warning("nhsa %s infno=%s msgid=%s", error.code, infno, envelope["msgid"])
            raise
        logger.info("nhsa ok infno=%s msgid=%s", infno, envelope["msgid"])
        return output

    def _patience(self, seconds: float | None) -> httpx.Timeout:
        read, connect = self.read_timeout, self.connect_timeout
        if seconds is not None:
            read, connect = min(read, max(seconds, 0.0)), min(connect, max(seconds, 0.0))
        return httpx.Timeout(read, connect=connect)

    def _exchange(self, infno: str, envelope: dict[str, Any], nonce: str, patience: httpx.Timeout) -> Any:
        msgid: str = envelope["msgid"]
        if not patience.read:
            raise NhsaUnknownOutcome("timeout", infno=infno, msgid=msgid)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            **self.extra_headers,
            **wire.gateway_headers(self.caller, timestamp=int(time.time()), nonce=nonce),
        }
        body = json.dumps(envelope, ensure_ascii=False).encode()
        url = self.base_url.rstrip("/") + self.path.format(infno=infno)
        try:
            asked = {"timeout": patience.as_dict()}
            request = httpx.Request("POST", url, content=body, headers=headers, extensions=asked)
            reply = self._http.handle_request(request)
            reply.read()
        except httpx.ConnectError:
            # Nothing reached the platform with this message; earlier messages of the same instruction may have.
            raise NhsaUnknownOutcome("unreachable", infno=infno, msgid=msgid) from None
        except httpx.TimeoutException:
            raise NhsaUnknownOutcome("timeout", infno=infno, msgid=msgid) from None
        except httpx.HTTPError:
            raise NhsaUnknownOutcome("connection_lost", infno=infno, msgid=msgid) from None
        if 400 <= reply.status_code < 500:
            raise NhsaGatewayRejected(_gateway_code(reply), infno=infno, msgid=msgid)
        if reply.status_code != 200:
            raise NhsaUnknownOutcome(f"http_{reply.status_code}", infno=infno, msgid=msgid)
        try:
            content = wire.check_reply(self.caller, envelope, nonce, reply.headers, reply.content)
        except wire.BadReply as bad:
            raise NhsaUnknownOutcome(bad.code, infno=infno, msgid=msgid) from None
        return _outcome(content, infno, msgid)


def _outcome(reply: dict[str, Any], infno: str, msgid: str) -> Any:
    # Regions send infcode as a number or as text.
    infcode = str(reply.get("infcode"))
    if infcode == "0":
        return _parsed(reply.get("output"), infno, msgid)
    if infcode != "-1":
        raise NhsaUnknownOutcome("infcode_unknown", infno=infno, msgid=msgid)
    coded = _CODED.match(str(reply.get("err_msg", "")))
    code, message = (coded[1].lower(), coded[2]) if coded else ("refused", str(reply.get("err_msg", "")))
    kind: type[NhsaError] = NhsaRefused
    if code in NOT_FOUND_CODES:
        kind = NhsaNotFound
    elif code in CONFLICT_CODES:
        kind = NhsaInstructionConflict
    elif code in MESSAGE_CODES:
        kind = NhsaGatewayRejected
    raise kind(code, infno=infno, msgid=msgid, message=message)


def _parsed(output: Any, infno: str, msgid: str) -> Any:
    if not isinstance(output, str):
        return output
    try:
        return json.loads(output, parse_float=Decimal)
    except ValueError:
        raise NhsaUnknownOutcome("output_unreadable", infno=infno, msgid=msgid) from None


def _gateway_code(reply: httpx.Response) -> str:
    """A stable code from the gateway's refusal; nothing else of its text is used, since its body is not signed."""
    try:
        code = reply.json().get("code", "")
    except (ValueError, AttributeError):
        code = ""
    safe = code if isinstance(code, str) and re.fullmatch(r"[a-z0-9_]{1,40}", code) else f"http_{reply.status_code}"
    return f"gateway_{safe}"
