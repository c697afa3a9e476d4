"""A session brings its user along, and belongs to nobody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import session_store
from accounts.models import Session, User
from tests.accounts.people import resident, signed_in

pytestmark = pytest.mark.django_db


def test_who_is_signed_in_costs_one_statement() -> None:
    client = signed_in(resident("13988800001", "李秀兰"))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("accounts:my_data")).status_code == 200
    read = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    about = [sql for sql in read if 'FROM "accounts_session"' in sql or 'FROM "accounts_user"' in sql]
    assert len(about) == 1, about


def test_a_session_knows_whose_it_is_and_forgets_it_on_signing_out() -> None:
    li = resident("13988800001", "李秀兰")
    client = signed_in(li)
    assert Session.objects.get().user == li
    client.post(reverse("accounts:sign_out"))
    assert not Session.objects.filter(user=li).exists()


def test_an_account_that_was_closed_meanwhile_is_signed_out_at_once() -> None:
    li = resident("13988800001", "李秀兰")
    client = signed_in(li)
    User.objects.filter(pk=li.pk).update(is_active=False)
    assert client.get(reverse("accounts:my_data")).status_code == 302


def test_a_made_up_session_is_nobody() -> None:
    resident("13988800001", "李秀兰")
    client = Client()
    client.cookies["sessionid"] = "k" * 32
    assert client.get(reverse("accounts:my_data")).status_code == 302


def test_after_the_answer_the_thread_remembers_nobody() -> None:
    client = signed_in(resident("13988800001", "李秀兰"))
    assert client.get(reverse("accounts:my_data")).status_code == 200
    assert session_store.current.get() is None
