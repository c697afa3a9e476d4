"""Sessions in the database that bring their user along: one statement where Django takes two (SESSION_ENGINE)."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts.models import Session, User

# The session of the request that is being answered: the backend that loads users is not given the request.
current: ContextVar[SessionStore | None] = ContextVar("accounts.session_store.current", default=None)


class SessionStore(db.SessionStore):
    user: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        # Sessions live by the machine's clock, not by the demonstration's.
        living = Session.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now())
        row = living.select_related("user").first()
        if row is None:
            self._session_key = None
            return {}
        self.user = row.user
        return self.decode(row.session_data)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row


def user_of_current(user_id: int) -> User | None:
    """The user that came with the session of this request, if it is she. None: nobody came, ask the database."""
    session = current.get()
    user = session.user if session is not None else None
    return user if user is not None and user.pk == user_id else None
