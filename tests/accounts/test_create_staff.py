"""The first administrator is made on the command line."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import RoleAssignment, User
from tests.accounts.people import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_first_administrator(monkeypatch, capsys):
    monkeypatch.setenv("STAFF_PASSWORD", PASSWORD)
    call_command("create_staff", "anquan", "--name", "吴刚", "--role", "security")
    wu = User.objects.get(username="anquan")
    assert wu.check_password(PASSWORD)
    assert "accounts.grant_role" in wu.permissions
    assert RoleAssignment.objects.get().granted_by is None
    assert "/admin/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("username", "password"),
    [("anquan", "short"), ("An Quan", PASSWORD), ("13900001001", PASSWORD), ("taken", PASSWORD)],
)
def test_bad_input_makes_nobody(monkeypatch, username: str, password: str):
    User.objects.create_staff(username="taken", password=PASSWORD)
    monkeypatch.setenv("STAFF_PASSWORD", password)
    with pytest.raises(CommandError):
        call_command("create_staff", username, "--role", "security")
    assert User.objects.count() == 1
    assert not RoleAssignment.objects.exists()
