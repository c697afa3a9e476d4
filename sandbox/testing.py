"""Pytest plugin: `pytest_plugins = ["sandbox.testing"]` gives a fixture `sandbox` on a real process.

The process lives for the session; every test that uses the fixture starts in a new epoch (fresh people, empty log).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent


class Sandbox:
    """A running sandbox. `keys` is sandbox-keys.json; `key_file` its path."""

    def __init__(self, base_url: str, data_dir: Path) -> None:
        self.base_url = base_url
        self.data_dir = data_dir
        self.http = httpx.Client(base_url=base_url, timeout=30, trust_env=False)

    @property
    def key_file(self) -> Path:
        return self.data_dir / "sandbox-keys.json"

    @property
    def keys(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.key_file.read_text(encoding="utf-8"))
        return content

    def control(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        reply = self.http.request(method, f"/control/{path}", json=body, params=params)
        if reply.status_code >= 400:
            raise ValueError(f"{path}: {reply.text}")
        return reply.json()

    def reset(self) -> None:
        """A new epoch: seed people, no faults, empty log, real clock."""
        self.control("POST", "reset")

    def fault(self, channel: str, operation: str, kind: str, *, count: int = 1, **params: Any) -> None:
        """`sandbox.fault("bank", "transfer", "drop_reply")`; see sandbox/faults.py for kinds and parameters."""
        rule = {"channel": channel, "operation": operation, "kind": kind, "count": count, **params}
        self.control("POST", "faults", rule)

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def log(self, channel: str = "", *, event: str = "", reference: str = "", since: int = 0) -> list[dict[str, Any]]:
        """What was executed, oldest first."""
        found = self.control("GET", "log", channel=channel, event=event, reference=reference, since=since)
        rows: list[dict[str, Any]] = found["rows"]
        return rows

    def total_fen(self, channel: str = "") -> int:
        """Net money the insurer received by a channel (or all): what the ledger must agree with."""
        return sum(row["amount_fen"] for row in self.log(channel))

    def sms(self, phone: str = "") -> list[dict[str, Any]]:
        """Messages, newest first: message_id, phone, text, at."""
        messages: list[dict[str, Any]] = self.http.get("/sms.json", params={"phone": phone}).json()
        return messages

    def people(self) -> list[dict[str, Any]]:
        people: list[dict[str, Any]] = self.control("GET", "people")
        return people

    def person(self, name: str) -> dict[str, Any]:
        return next(person for person in self.people() if person["name"] == name)

    def put_person(self, **fields: Any) -> None:
        """Add a person, or change fields of the one with this psn_no or certno."""
        self.control("POST", "people", fields)

    def put_stay(self, **stay: Any) -> dict[str, Any]:
        """Add a stay in the seed file's form, or write it anew; the settlement as 5203 shows it."""
        settled: dict[str, Any] = self.control("POST", "stays", stay)
        return settled

    def reverse(self, setl_id: str) -> dict[str, Any]:
        """The hospital takes a settlement back."""
        settled: dict[str, Any] = self.control("POST", f"stays/{setl_id}/reverse")
        return settled

    def generate(self, n: int, *, seed: int = 1, first: int = 0) -> list[dict[str, Any]]:
        people: list[dict[str, Any]] = self.control("POST", "people/generate", {"n": n, "seed": seed, "first": first})
        return people

    def settings(self, **values: Any) -> None:
        self.control("POST", "settings", values)

    def clock(self, value: str) -> None:
        self.control("POST", "clock", {"clock": value})

    def pay_wechat(self, out_trade_no: str) -> str:
        """The payer confirms on the cashier page; returns WeChat's transaction id."""
        return str(self.control("POST", "wechat/pay", {"out_trade_no": out_trade_no})["transaction_id"])

    def confirm_person(self, auth_url: str, name: str = "", *, method: str = "voucher", **form: str) -> str:
        """What a person does on the platform's page: open her voucher, or hold her face into the camera ("" cancels).
        Returns the address to which the browser is sent back, with the ticket."""
        answers: dict[str, str] = {"cancel": "1"}
        if name:
            person = self.person(name)
            voucher = {"phone": person["phone"], "password": person["psn_no"][-6:]}
            answers = (voucher if method == "voucher" else {"face": person["psn_no"]}) | form
        reply = httpx.post(auth_url, data=answers, trust_env=False)
        if reply.status_code != 303:
            raise ValueError(f"the platform's page answered {reply.status_code}")
        return reply.headers["Location"]

    def notifications(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.control("GET", "notifications")
        return rows

    def replay(self, notification_id: str) -> str:
        return str(self.control("POST", f"notifications/{notification_id}/replay")["status"])

    def bounce(self, instruction_no: str, reason: str = "收款账户已销户") -> None:
        self.control("POST", "bank/bounce", {"instruction_no": instruction_no, "reason": reason})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data_dir: Path) -> tuple[Sandbox, subprocess.Popen[bytes]]:
    """Start `python -m sandbox` on a free port and wait until it answers."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if name not in ("SANDBOX_CLOCK", "PORTAL_CLOCK")}
    with (data_dir / "sandbox.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(data_dir), "--die-with-parent"],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{base_url}/healthz", timeout=2, trust_env=False).status_code == 200:
                return Sandbox(base_url, data_dir), process
        except httpx.HTTPError:
            time.sleep(0.05)
    process.terminate()
    raise RuntimeError(f"the sandbox did not start: {(data_dir / 'sandbox.log').read_text(encoding='utf-8')[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running, process = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.http.close()
    stop(process)


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    sandbox_process.reset()
    return sandbox_process
