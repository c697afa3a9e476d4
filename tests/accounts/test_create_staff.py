"""The first two access officers are made on the command line; they give all other roles."""

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import install_officer, revoke_role
from accounts.models import RoleAssignment, User
from core import clock
from core.errors import NotAllowed
from tests.accounts.people import PASSWORD, staff

pytestmark = pytest.mark.django_db


def test_the_first_officer(monkeypatch, capsys):
    monkeypatch.setenv("STAFF_PASSWORD", PASSWORD)
    call_command("create_staff", "anquan", "--name", "吴刚", "--officer")
    wu = User.objects.get(username="anquan")
    assert wu.check_password(PASSWORD)
    assert "accounts.grant_role" in wu.permissions
    assert RoleAssignment.objects.get().granted_by is None
    assert "/admin/" in capsys.readouterr().out


def test_a_second_one_and_no_third(monkeypatch):
    monkeypatch.setenv("STAFF_PASSWORD", PASSWORD)
    call_command("create_staff", "anquan", "--officer")
    call_command("create_staff", "zhaomin", "--officer")
    with pytest.raises(CommandError, match="最初的两位权限管理员已经有了"):
        call_command("create_staff", "third", "--officer")
    assert User.objects.count() == 2


def test_the_place_of_one_who_left_is_free_again(monkeypatch):
    monkeypatch.setenv("STAFF_PASSWORD", PASSWORD)
    call_command("create_staff", "anquan", "--officer")
    call_command("create_staff", "zhaomin", "--officer")
    wu, zhao = User.objects.order_by("username")
    revoke_role(assignment=zhao.role_assignments.get(), actor=wu.actor(), now=clock.now())
    call_command("create_staff", "qianli", "--officer")
    assert "accounts.grant_role" in User.objects.get(username="qianli").permissions


def test_no_role_may_install_an_officer():
    with pytest.raises(NotAllowed):
        install_officer(user=staff("xinren"), actor=staff("anquan", "security").actor(), now=clock.now())


@pytest.mark.parametrize(
    ("username", "password"),
    [("anquan", "short"), ("An Quan", PASSWORD), ("13900001001", PASSWORD), ("taken", PASSWORD)],
)
def test_bad_input_makes_nobody(monkeypatch, username: str, password: str):
    User.objects.create_staff(username="taken", password=PASSWORD)
    monkeypatch.setenv("STAFF_PASSWORD", password)
    with pytest.raises(CommandError):
        call_command("create_staff", username, "--officer")
    assert User.objects.count() == 1
    assert not RoleAssignment.objects.exists()
