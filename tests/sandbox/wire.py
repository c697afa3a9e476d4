"""Hand-made clients of the sandbox, written with hashlib alone: what a second implementation would send."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from sandbox.testing import Sandbox


def bank(
    sandbox: Sandbox,
    method: str,
    path: str,
    body: Any = None,
    *,
    channel: str = "bank",
    headers: dict[str, str] | None = None,
    at: float | None = None,
    nonce: str = "",
    secret: str = "",
    sent: bytes | None = None,
) -> httpx.Response:
    """A signed call; `sent` replaces the body after signing, `at` and `secret` make it stale or forged."""
    keys = sandbox.keys[channel]
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    stamp, nonce = str(int(at or time.time())), nonce or secrets.token_hex(8)
    lines = [method, path, stamp, nonce, hashlib.sha256(content).hexdigest()]
    signature = hmac.new((secret or keys["secret"]).encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    signed = {
        "X-Channel-Client": keys["client_id"],
        "X-Channel-Timestamp": stamp,
        "X-Channel-Nonce": nonce,
        "X-Channel-Signature": signature,
        "Content-Type": "application/json",
        **(headers or {}),
    }
    return httpx.request(
        method, sandbox.base_url + path, content=content if sent is None else sent, headers=signed, trust_env=False
    )


def transfer_body(sandbox: Sandbox, number: str = "PO-2026-0001", **changes: Any) -> dict[str, Any]:
    """12,080.00 yuan to Li Xiulan's own card."""
    return {
        "instruction_no": number,
        "payer_account": sandbox.keys["bank"]["payer_account"],
        "payee_name": "李秀兰",
        "payee_account": "6217002510001000009",
        "payee_bank": "中国建设银行三门峡分行",
        "amount_fen": 1_208_000,
        "purpose": "惠民保赔款",
        **changes,
    }


def nhsa_envelope(sandbox: Sandbox, infno: str, data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An envelope with its body signature, from the README's description."""
    keys = sandbox.keys["nhsa"]
    now = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600))
    envelope: dict[str, Any] = {
        "infno": infno,
        "msgid": f"{keys['institution_code']}{now}{secrets.randbelow(10_000):04d}",
        "mdtrtarea_admvs": "411200",
        "insuplc_admdvs": "",
        "recer_sys_code": "YBXT",
        "infver": "V1.0",
        "opter_type": "3",
        "opter": "test",
        "opter_name": "测试",
        "inf_time": f"{now[:4]}-{now[4:6]}-{now[6:8]} {now[8:10]}:{now[10:12]}:{now[12:]}",
        "fixmedins_code": keys["institution_code"],
        "fixmedins_name": keys["institution_name"],
        "signtype": "HMACSHA256",
        "input": {"data": dict(data)},
        **changes,
    }
    order = ("infno", "msgid", "inf_time", "mdtrtarea_admvs", "insuplc_admdvs", "fixmedins_code", "opter")
    text = json.dumps(envelope["input"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines = "\n".join(["request", *(envelope[name] for name in order), text])
    envelope["cainfo"] = hmac.new(keys["body_key"].encode(), lines.encode(), hashlib.sha256).hexdigest()
    return envelope


def nhsa_headers(sandbox: Sandbox, *, at: float | None = None, nonce: str = "", token: str = "") -> dict[str, str]:
    keys = sandbox.keys["nhsa"]
    stamp, nonce, token = str(int(at or time.time())), nonce or secrets.token_hex(8), token or keys["token"]
    return {
        "x-tif-paasid": keys["paasid"],
        "x-tif-timestamp": stamp,
        "x-tif-nonce": nonce,
        "x-tif-signature": hashlib.sha256(f"{stamp}{token}{nonce}{stamp}".encode()).hexdigest(),
    }


def nhsa(sandbox: Sandbox, infno: str, data: dict[str, Any], **headers: Any) -> httpx.Response:
    return httpx.post(
        f"{sandbox.keys['nhsa']['base_url']}/{infno}",
        json=nhsa_envelope(sandbox, infno, data),
        headers=nhsa_headers(sandbox, **headers),
        trust_env=False,
    )


class Receiver:
    """A merchant's notify_url: records what arrives, answers what `answers` says next, then 200."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver._arrived:
                    receiver.received.append((dict(self.headers), body))
                    status = receiver.answers.pop(0) if receiver.answers else 200
                    receiver._arrived.notify_all()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/notify"

    def wait_for(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, timeout=20), "no notification came"
            return list(self.received)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()
