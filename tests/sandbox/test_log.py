"""The log is the oracle: append-only, one row an execution, and a reset begins a new epoch instead of erasing one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.testing import Sandbox
from tests.sandbox.wire import bank, transfer_body


def _newest(sandbox: Sandbox) -> Path:
    return max(sandbox.data_dir.glob("epoch-*.sqlite3"))


@pytest.mark.parametrize("statement", ["UPDATE log SET amount_fen = 1", "DELETE FROM log"])
def test_the_database_refuses_to_change_the_log(sandbox: Sandbox, statement: str) -> None:
    bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox))
    with closing(sqlite3.connect(_newest(sandbox))) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)


def test_the_database_refuses_to_log_one_execution_twice(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox))
    with closing(sqlite3.connect(_newest(sandbox))) as db, pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        db.execute(
            "INSERT INTO log (at, channel, event, reference, serial, amount_fen, counterparty, detail)"
            " SELECT at, channel, event, reference, 'another', amount_fen, counterparty, detail FROM log"
        )


def test_reading_since_a_row_gives_what_came_after_it(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox))
    seen = sandbox.log()[-1]["seq"]
    assert sandbox.log(since=seen) == []
    bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox, "PO-2026-0002"))
    assert [row["reference"] for row in sandbox.log(since=seen)] == ["PO-2026-0002", "PO-2026-0002"]
    assert [row["event"] for row in sandbox.log("bank", reference="PO-2026-0001")] == ["accepted", "paid"]


def test_a_reset_begins_a_new_epoch_and_leaves_the_old_log_as_it_was(sandbox: Sandbox) -> None:
    bank(sandbox, "POST", "/bank/transfers", transfer_body(sandbox))
    sandbox.log()
    before = _newest(sandbox)
    sandbox.reset()
    assert sandbox.log() == []
    with closing(sqlite3.connect(before)) as db:
        assert db.execute("SELECT count(*) FROM log").fetchone()[0] == 2


def test_keys_survive_a_reset(sandbox: Sandbox) -> None:
    before = sandbox.keys
    sandbox.reset()
    assert sandbox.keys == before
    assert "private" not in before
    assert "platform_private_key" not in before["wechat"]
    assert sandbox.key_file.stat().st_mode & 0o077 == 0
