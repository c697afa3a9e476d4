"""How people prove who they are. Permissions are not looked up here but in the role table (User.permissions)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.session_store import account


class RoleBackend(BaseBackend):
    """Staff by user name and password, which is the first factor only. Residents have codes and no password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_other: Any
    ) -> User | None:
        if not username or password is None:
            return None
        user = User.objects.filter(username=username, kind=User.Kind.STAFF).first()
        if user is None:
            User().set_password(password)  # as much work as for a known name, so that names cannot be told by timing
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        user = account(user_id)
        return user if user is not None and user.is_active else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(user_obj.permissions)
