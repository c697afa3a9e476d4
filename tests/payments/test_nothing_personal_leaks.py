"""Names, numbers of persons and cards stay in their encrypted columns: not in logs, broker, outbox or events."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable

import psycopg
import pytest
import redis
from django.test import Client

from tests.payments.orders import open_order
from tests.payments.till import CARD, LI, NOTIFY, PAYEE, WANG, Till
from tests.payments.wechat_desk import WechatDesk
from work.lanes import Lane

CANARIES = (LI, WANG, PAYEE, CARD, "oTestPayer")


@pytest.mark.faults
def test_after_payments_faults_refunds_and_payouts_no_canary_is_found(
    till: Till,
    later: Callable[..., None],
    client: Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    redis_client: redis.Redis,
    owner_connection: psycopg.Connection,
) -> None:
    till.sandbox.fault("nhsa", "deduct", "error_after")
    till.sandbox.fault("bank", "transfer", "garbage")
    till.sandbox.fault("bank", "transfer", "reject", reason=f"户名{PAYEE}与账号{CARD}不符")
    account = till.pay_from_account()
    wechat = till.pay_by_wechat(open_order("order-2"))
    till.pay_out()
    till.pay_out(open_order("claim-2"))
    till.work()
    headers, body = WechatDesk(till.sandbox).paid(wechat)
    client.post(NOTIFY, body, content_type="application/json", headers=headers)
    client.post(NOTIFY, body + b" ", content_type="application/json", headers=headers)
    later(seconds=5)
    till.work()
    till.refund(account, 10_000)
    till.work()

    said = caplog.text + "".join(capfd.readouterr())
    messages = [json.loads(message) for lane in Lane for message in redis_client.lrange(lane, 0, -1)]
    broker = "".join(f"{message} {b64decode(message['body']).decode()}" for message in messages)
    assert "money.recorded" in said
    assert "work.tasks.look" in broker
    for canary in CANARIES:
        assert canary not in said
        assert canary not in broker
        assert _columns_with(owner_connection, canary) == []


def _columns_with(owner: psycopg.Connection, text: str) -> list[str]:
    """Every column of every table of the portal in which the text can be read."""
    columns = owner.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea')"
    ).fetchall()
    found = []
    for table, column, kind in columns:
        read = f'"{column}"' if kind == "bytea" else f"convert_to(\"{column}\"::text, 'UTF8')"
        query = f'SELECT 1 FROM "{table}" WHERE position(%s::bytea in {read}) > 0 LIMIT 1'
        if owner.execute(query, [text.encode()]).fetchone():
            found.append(f"{table}.{column}")
    return found
