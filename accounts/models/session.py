"""A browser that is signed in, or about to be."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """user: who signed in; read with the session in one statement, and what "all sessions of an account" means."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, editable=False, related_name="sessions"
    )

    def __str__(self) -> str:
        return f"session of {self.user_id or 'nobody yet'}"

    @classmethod
    def get_session_store_class(cls) -> type:
        # By the setting, as Django finds it: the store is made of this class.
        store: type = import_module(settings.SESSION_ENGINE).SessionStore
        return store
