"""Canaries: a phone, a name, a code and a password go through every door of this room; none shows up in a log,
in the outbox, or readable in a table."""

import io
import logging
import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import logs
from tests.accounts.people import PASSWORD, resident, signed_in, staff, texted_code
from tests.outside import connect
from work import outbox

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "13988800001"
NAME = "欧阳金丝雀"
WRONG_PASSWORD = "canary-password-77"
REASON = "canary reason"


@pytest.fixture
def everything_logged(settings, monkeypatch):
    """What the product logs with LOG_LEVEL=DEBUG, into one text, with the last line of defence taken away."""
    monkeypatch.setattr(logs, "_PERSONAL", re.compile("(?!)"))
    logs.configure(level="DEBUG", fmt="json")
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    logging.getLogger().addHandler(handler)
    yield heard
    logging.getLogger().removeHandler(handler)
    logs.configure(level=settings.LOG_LEVEL, fmt=settings.LOG_FORMAT)


def every_text_column() -> str:
    """All rows of all tables as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_canary_sings(everything_logged, sandbox, settings):
    connect(settings, sandbox)
    settings.CHANNEL_TIMEOUT_SECONDS = 2
    client = Client()

    client.post(reverse("accounts:sign_in"), {"phone": PHONE})
    code = texted_code(PHONE)
    sandbox.fault("sms", "send", "drop_reply")
    outbox.sweep()
    client.post(reverse("accounts:code"), {"code": "000000" if code != "000000" else "111111"})
    client.post(reverse("accounts:resend_code"))
    client.post(reverse("accounts:code"), {"code": code})
    client.post(reverse("accounts:notice"), {"answer": "agree"})
    client.post(reverse("accounts:correct_name"), {"name": NAME})
    client.post(reverse("accounts:my_data_copy"))

    wrong_door = Client()
    for username in (PHONE, "zhoumin"):
        wrong_door.post(reverse("admin:login"), {"username": username, "password": WRONG_PASSWORD})
    zhou = staff("zhoumin", "operator")
    for _ in range(6):
        wrong_door.post(reverse("admin:login"), {"username": "zhoumin", "password": WRONG_PASSWORD})
    her = User.objects.with_phone(PHONE)
    desk = signed_in(zhou)
    desk.post(reverse("accounts:reveal", args=["accounts.user", her.pk, "phone"]), {"reason": REASON})
    desk.post(reverse("accounts:reveal", args=["accounts.user", her.pk, "phone"]), {"reason": f"call {PHONE}"})
    resident("13988800002", NAME)

    logged, stored = everything_logged.getvalue(), every_text_column()
    assert "request" in logged, "the test does hear what is logged"
    assert REASON in stored, "and does read what is stored"
    for canary in (PHONE, NAME, WRONG_PASSWORD, PASSWORD):
        assert canary not in logged
        assert canary not in stored
        assert canary.encode("unicode_escape").decode() not in stored
    assert f" {code} " not in logged
