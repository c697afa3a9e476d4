"""The campaign's queue: filled by COPY, counted, and the plan by which a batch of it is claimed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast
from uuid import uuid4

if TYPE_CHECKING:
    from privacy.fields import EncryptedTextField

TEXT = "【三门峡惠民保】明年的惠民保已经开始参保，12月31日截止。参保请打开网站或到社区服务中心办理。回复R退订。"
TEMPLATE = "bench_prompt"
_BLOCK = 1000
# Rows of one COPY: well within the product's own limit for a statement.
_PART = 50_000
MESSAGE = "id, message_id, key, template, to_phone, text, segments, state, created_at, gateway_reference, refusal_code"
OUTBOX = "topic, lane, key, payload, created_at, next_attempt_at, attempts, fencing_token, last_error"


def connect() -> None:
    """Django on the bench portal's database and keys, which stand in the environment."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()


def fill(count: int) -> None:
    """That many prompts as send_sms writes them: message rows sealed one by one, and their outbox rows."""
    from django.db import connection

    from core import clock
    from messaging.models import SmsMessage

    phone, text = (cast("EncryptedTextField", SmsMessage._meta.get_field(name)) for name in ("to_phone", "text"))
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('work_row_id_block') FROM generate_series(1, %s)", [-(-count // _BLOCK)])
        ids = [block * _BLOCK + place for (block,) in cursor.fetchall() for place in range(_BLOCK)][:count]
        for part in (ids[place : place + _PART] for place in range(0, count, _PART)):
            with cursor.copy(f"COPY messaging_smsmessage ({MESSAGE}) FROM STDIN") as copy:
                for row in part:
                    sealed = phone.seal(f"138{row % 100_000_000:08d}", row=row), text.seal(TEXT, row=row)
                    tokens = [value.token for value in sealed]
                    copy.write_row((row, uuid4(), f"bench:{row}", TEMPLATE, *tokens, 1, "QUEUED", now, "", ""))
        for part in (ids[place : place + _PART] for place in range(0, count, _PART)):
            with cursor.copy(f"COPY work_outboxmessage ({OUTBOX}) FROM STDIN") as copy:
                for row in part:
                    copy.write_row(("sms.send", "campaign", f"bench:{row}", f'{{"sms_id": {row}}}', now, now, 0, 0, ""))


def _one(statement: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def waiting() -> int:
    """Messages that are due now, in all lanes."""
    return _one("SELECT count(*) FROM work_outboxmessage WHERE next_attempt_at IS NOT NULL")


def sent() -> int:
    """Prompts that the gateway has had so far."""
    return _one("SELECT count(*) FROM work_outboxmessage WHERE done_at IS NOT NULL AND key LIKE 'bench:%'")


def plan_of_a_claim() -> str:
    """What it reads to find the next fifty of a lane, and a code among all of them."""
    from django.db import connection

    from core import clock
    from work.leases import due_rows
    from work.models import OutboxMessage

    lines = []
    for lane, limit in (("campaign", 50), ("codes", 4)):
        due = due_rows(OutboxMessage.objects.filter(lane=lane), now=clock.now()).order_by("next_attempt_at", "pk")
        which, values = due.values("pk")[:limit].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {which} FOR UPDATE SKIP LOCKED", values)
            plan = [line for (line,) in cursor.fetchall()]
        read = next((line.strip() for line in plan if "Buffers" in line), "no buffers")
        lines.append(f"claim of {lane}: {read}; {plan[-1].strip()}")
    return "\n".join(lines)
