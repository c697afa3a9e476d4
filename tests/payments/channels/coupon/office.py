"""The other side of the coupons, over real HTTP: what it carried out stands in `movements`, once per number."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from core import clock
from core.signed import signature
from payments.channels.base import Arrived
from tests.counterparty import Answer, Asked, answering
from tests.payments.channels.coupon import CHANNEL
from tests.payments.channels.coupon.channel import message_mark

HOLDER, SECRET = "41120000000000000000001001", "s" * 32


class Office:
    def __init__(self) -> None:
        self.channel: Any = CHANNEL
        self.url = ""
        self.movements: dict[str, dict[str, Any]] = {}
        self.bodies: dict[str, bytes] = {}
        self.faults: list[tuple[str, str]] = []

    def variables(self) -> dict[str, str]:
        return {"COUPON_BASE_URL": self.url, "COUPON_CLIENT_ID": "huiminbao", "COUPON_SECRET": SECRET}

    # What the contract asks of it

    def details(self) -> dict[str, Any]:
        return {"holder": HOLDER}

    def fault(self, operation: str, kind: str) -> None:
        self.faults.append((operation, kind))

    def payer_confirms(self, number: str) -> None:
        """Nowhere: a coupon is spent at once."""

    def executed(self) -> list[tuple[str, int]]:
        return [(number, moved["fen"]) for number, moved in self.movements.items()]

    def message(self, number: str) -> Arrived:
        """What it posts when a coupon was spent."""
        moved, at = self.movements[number], str(int(time.time()))
        body = json.dumps({**moved, "id": f"spent-{number}"}).encode()
        return Arrived({"Coupon-Time": at, "Coupon-Mark": message_mark(SECRET, at, body)}, body, datetime.now(UTC))

    # The wire

    def answer(self, asked: Asked) -> Answer | None:
        fault = self._fault_of(asked)
        if fault in ("drop_before", "error_before"):
            return None if fault == "drop_before" else Answer.of(b"busy", 503)
        status, said = (422, {"code": "no_coupon"}) if fault == "refuse" else self._carry_out(asked)
        if fault == "drop_reply":
            return None
        if fault == "error_after":
            return Answer.of(b"bad gateway", 502)
        if fault == "garbage":
            return Answer.of(b"<html>")
        return self._signed(asked, status, said, secret="f" * 32 if fault == "forge_reply" else SECRET)

    def _fault_of(self, asked: Asked) -> str:
        part = asked.target.partition("?")[0].split("/")[1]
        name = {"spent": "charge", "returned": "refund", "days": "bill"}[part]
        operation = "query" if asked.method == "GET" and name != "bill" else name
        found = next((one for one in self.faults if one[0] == operation), None)
        if found:
            self.faults.remove(found)
        return found[1] if found else ""

    def _carry_out(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if asked.target.startswith("/days"):
            day = asked.target.partition("=")[2]
            of_day = [moved for moved in self.movements.values() if clock.civil_date(_at(moved)).isoformat() == day]
            return 200, {"lines": of_day}
        if asked.method == "GET":
            moved = self.movements.get(asked.target.split("/")[2])
            return (200, moved) if moved else (404, {"code": "not_known"})
        wanted = json.loads(asked.body)
        number = wanted["number"]
        if self.bodies.setdefault(number, asked.body) != asked.body:
            return 409, {"code": "number_used"}
        if number not in self.movements:
            fen = wanted["fen"]
            if "of" in wanted:
                if fen > self.movements[wanted["of"]]["fen"]:
                    return 422, {"code": "more_than_was_spent"}
                fen = -fen
            now = clock.now().isoformat()
            self.movements[number] = {"number": number, "serial": secrets.token_hex(8), "fen": fen, "at": now}
        return 200, self.movements[number]

    def _signed(self, asked: Asked, status: int, said: dict[str, Any], *, secret: str) -> Answer:
        body, at = json.dumps(said).encode(), str(int(time.time()))
        nonce = asked.headers["X-Channel-Nonce"]
        mark = signature(secret, str(status), at, nonce, hashlib.sha256(body).hexdigest())
        return Answer(status, (body,), {"X-Channel-Timestamp": at, "X-Channel-Signature": mark})


@contextmanager
def open_office() -> Iterator[Office]:
    office = Office()
    with answering(office.answer) as office.url:
        yield office


def _at(moved: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(moved["at"])
