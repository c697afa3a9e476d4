"""The process: goes on where it stopped, leaves nothing behind, and strikes with a fault asked for in a header."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from sandbox import testing
from sandbox.testing import Sandbox
from tests.sandbox.wire import bank, transfer_body


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_after_a_restart_balances_log_and_keys_are_what_they_were(tmp_path: Path) -> None:
    first, process = testing.start(tmp_path)
    bank(first, "POST", "/bank/transfers", transfer_body(first))
    keys, log = first.keys, first.log()
    testing.stop(process)
    second, process = testing.start(tmp_path)
    try:
        assert second.log() == log
        assert second.keys["bank"]["secret"] == keys["bank"]["secret"]
        assert second.keys["base_url"] == second.base_url
    finally:
        testing.stop(process)


def test_stopping_it_leaves_no_process(tmp_path: Path) -> None:
    _, process = testing.start(tmp_path)
    family = [process.pid, *_children(process.pid)]
    assert len(family) == 2
    testing.stop(process)
    for pid in family:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_state_of_an_older_release_is_kept_aside_and_a_new_epoch_begins(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "epoch-000001.sqlite3")) as db:
        db.execute("CREATE TABLE log (seq INTEGER)")
    running, process = testing.start(tmp_path)
    try:
        assert running.control("GET", "log")["epoch"] == 2
        assert (tmp_path / "epoch-000001.sqlite3").exists()
    finally:
        testing.stop(process)


def test_a_fault_can_be_asked_for_by_one_request(sandbox: Sandbox) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox), headers={"X-Sandbox-Fault": "drop_reply"})
    assert [row["event"] for row in sandbox.log("bank")] == ["accepted", "paid"]


def test_a_fault_waits_for_the_number_it_names(sandbox: Sandbox) -> None:
    sandbox.fault("bank", "transfer", "error_before", reference="PO-2026-0002")
    assert bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox)).status_code == 200
    assert bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox, "PO-2026-0002")).status_code == 503
    assert bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox, "PO-2026-0002")).status_code == 200


def test_a_fault_nobody_knows_is_refused_with_the_list_of_kinds(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="drop_reply"):
        sandbox.fault("bank", "transfer", "explode")
