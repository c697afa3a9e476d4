"""Sessions in the database, with a copy beside it: who is signed in costs a page no statement (SESSION_ENGINE).

Copies are made of residents' sessions and accounts alone. Whoever may hold a role is looked up in the database by every
request: a role that is taken away has gone with the next click.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.copies import ACCOUNTS, SESSIONS
from accounts.models import Session, User
from work.asked import asked
from work.beside import RowsBeside
from work.writes import insert_together

# The session of the request that is being answered: the backend that loads users is not given the request.
current: ContextVar[SessionStore | None] = ContextVar("accounts.session_store.current", default=None)

_accounts = RowsBeside(User, ACCOUNTS)


_UPDATE = """
    UPDATE accounts_session SET session_key = %s, session_data = %s, expire_date = %s, user_id = %s
     WHERE session_key = %s
"""


@asked
def _account(pk: Any) -> QuerySet[User]:
    accounts: QuerySet[User] = User.objects.filter(pk=pk)
    return accounts


class SessionStore(db.SessionStore):
    """user: whoever is signed in, once the database has told it."""

    user: User | None = None
    # The row's key, while the session has a new one that is not saved yet.
    _saved_under: str | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        if (copy := SESSIONS.get_with_account(self.session_key)) is not None:
            data, expires = json.loads(copy)
            if datetime.fromisoformat(expires) > timezone.now():
                return dict(data)
        # Sessions live by the machine's clock, not by the demonstration's.
        living = Session.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now())
        row = living.select_related("user").first()
        if row is None:
            self._session_key = None
            return {}
        self.user, data = row.user, self.decode(row.session_data)
        if _may_be_copied(row.user):
            SESSIONS.keep(row.session_key, _copy_of(data, row.expire_date))
            if row.user is not None:
                _accounts.keep(row.user.pk, row.user)
        return data

    def cycle_key(self) -> None:
        """Another key from the next save on, by which the row itself gets it: the old one then opens nothing."""
        self._get_session()  # type: ignore[attr-defined]  # not in the stubs
        if self.session_key is not None:
            self._saved_under = self._saved_under or self.session_key
            self._session_key = self._get_new_session_key()
        self.modified = True

    def _get_new_session_key(self) -> str:
        # Not looked for beforehand: should it be taken after all, the table says so.
        return get_random_string(32, VALID_KEY_CHARS)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError when the row has gone meanwhile, CreateError when the key of a new one is taken."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in the stubs
        row = self.create_model_instance(data)
        if must_create:
            if not insert_together(row, unless_known=True):
                raise CreateError
        elif not self._update(row):
            raise UpdateError
        if row.user_id is None or (self.user is not None and self.user.pk == row.user_id and _may_be_copied(self.user)):
            SESSIONS.put(row.session_key, _copy_of(data, row.expire_date))
        else:
            SESSIONS.close(row.session_key)

    def _update(self, row: Session) -> int:
        before, self._saved_under = self._saved_under, None
        if before is not None:
            SESSIONS.close(before)
        with connection.cursor() as cursor:
            cursor.execute(
                _UPDATE,
                [row.session_key, row.session_data, row.expire_date, row.user_id, before or row.session_key],
            )
            return int(cursor.rowcount)

    def delete(self, session_key: str | None = None) -> None:
        keys = [session_key] if session_key else [key for key in (self.session_key, self._saved_under) if key]
        if keys:
            SESSIONS.close(*keys)
            Session.objects.filter(session_key__in=keys).delete()


def _may_be_copied(user: User | None) -> bool:
    """Of nobody yet, and of residents. Of staff nothing."""
    return user is None or not user.is_staff_account


def _copy_of(data: dict[str, Any], expires: datetime) -> str:
    """Whose it is in front: nobody's yet begins with the bar."""
    return f"{data.get(SESSION_KEY, '')}|{json.dumps([data, expires.isoformat()])}"


def account(user_id: int) -> User | None:
    """The account of this id: as it came with the session of this request, else its copy, else from the database."""
    session = current.get()
    user = session.user if session is not None else None
    if user is not None and user.pk == user_id:
        return user
    user = _accounts.get(user_id)
    if user is None:
        user = _account.first(pk=user_id)
        if user is not None and _may_be_copied(user):
            _accounts.keep(user_id, user)
    if session is not None:
        session.user = user
    return user
