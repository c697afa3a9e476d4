"""What every part of the sandbox shares: store, keys, business clock, log, background work."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from flask import current_app, g, has_request_context

from sandbox import clock, seed
from sandbox.clock import SHANGHAI
from sandbox.keys import load_or_create_keys
from sandbox.store import Store

logger = logging.getLogger("sandbox")


class World:
    """One per process. `tick` functions are registered by the channels and run by the background thread."""

    def __init__(self, data_dir: Path, public_url: str) -> None:
        self.public_url = public_url.rstrip("/")
        self.store = Store(data_dir)
        self.keys = load_or_create_keys(data_dir, self.public_url)
        self.wake = threading.Event()
        self.ticks: list[Callable[[World], None]] = []  # idempotent: queries run them too
        self.deliveries: list[Callable[[World], None]] = []  # only the background thread runs these
        # A restart goes on where it stopped.
        if not self.store.usable:
            self.reset()

    def reset(self) -> int:
        return self.store.new_epoch(seed.fill)

    def now(self, db: sqlite3.Connection) -> datetime:
        """Business time in Asia/Shanghai; the wire's timestamps use time.time()."""
        configured = os.environ.get("SANDBOX_CLOCK") or os.environ.get("PORTAL_CLOCK", "")
        return datetime.now(SHANGHAI) + clock.shift(self.setting(db, "clock", configured))

    def stamp(self, db: sqlite3.Connection) -> str:
        return self.now(db).isoformat(timespec="seconds")

    def setting(self, db: sqlite3.Connection, name: str, default: str) -> str:
        row = db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return str(row["value"]) if row else default

    def set_setting(self, db: sqlite3.Connection, name: str, value: str) -> None:
        db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def log(
        self,
        db: sqlite3.Connection,
        *,
        channel: str,
        event: str,
        reference: str,
        serial: str,
        amount_fen: int,
        counterparty: str,
        **detail: Any,
    ) -> None:
        """Append what is executed, in the transaction that executes it. amount_fen: + to the insurer, − from it.
        The detail says whose keys signed the call, where a call did it."""
        if has_request_context() and "caller" in g:
            detail = {"caller": g.caller, **detail}
        db.execute(
            "INSERT INTO log (at, channel, event, reference, serial, amount_fen, counterparty, detail)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.stamp(db), channel, event, reference, serial, amount_fen, counterparty,
                json.dumps(detail, ensure_ascii=False, sort_keys=True),
            ),
        )  # fmt: skip

    def log_refusal(self, channel: str, caller: str, code: str) -> None:
        """Somebody spoke under this name with a signature that is not good for it; nothing was executed."""
        with self.store.write() as db:
            self.log(db, channel=channel, event="refused", reference=self.serial("REFUSED"), serial="", amount_fen=0,
                     counterparty=caller, code=code)  # fmt: skip

    def serial(self, prefix: str) -> str:
        """A number of the other side's own; random so that nobody can build on its shape."""
        return f"{prefix}{datetime.now(SHANGHAI):%Y%m%d%H%M%S}{secrets.randbelow(10**10):010d}"

    def run_ticks(self) -> None:
        for tick in self.ticks:
            tick(self)

    def start_background(self) -> None:
        threading.Thread(target=self._background, name="sandbox-background", daemon=True).start()

    def _background(self) -> None:
        while True:
            try:
                self.run_ticks()
                for delivery in self.deliveries:
                    delivery(self)
            except Exception:
                # A tick that fails (a reset in between, a full disk) must not stop later deliveries; it is reported.
                logger.exception("background work failed; trying again")
                time.sleep(0.5)
            self.wake.wait(0.2)
            self.wake.clear()


def world() -> World:
    return cast(World, current_app.extensions["sandbox"])
