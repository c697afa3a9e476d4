"""What a session remembers about signing in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from accounts.models import User
from privacy.crypto import CannotDecrypt, as_text, decrypt, encrypt, from_text

_BACKEND = "accounts.backends.RoleBackend"

_SEEN_AT = "seen_at"
_BEGAN_AT = "began_at"
_IDLE_NOTICE = "signed_out_idle"
_PENDING_PHONE = "sign_in_phone"
_NEXT = "sign_in_next"
_OWES_NOTICE = "owes_notice"
_PHONE_CONTEXT = "accounts.session.phone"
# A busy page must not write its session row on every request.
_SEEN_RESOLUTION = timedelta(seconds=30)


def sign_in(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Start a session of its own (new key) for this user. Staff still owe the second factor."""
    if user.is_staff_account:
        login(request, user, backend=_BACKEND)
    else:
        _sign_in_resident(request, user)
    request.session[_SEEN_AT] = now.timestamp()
    go_on(request.session, now=now)


def _sign_in_resident(request: HttpRequest, user: User) -> None:
    """What Django's login does, without telling who counts wrong passwords: she has none."""
    session = request.session
    if session.get(SESSION_KEY, str(user.pk)) != str(user.pk):
        session.flush()  # nothing of another account's goes on
    session.cycle_key()
    session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: _BACKEND})
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.user = request.user = user  # type: ignore[attr-defined]  # the store of the settings
    rotate_token(request)


def go_on(session: SessionBase, *, now: datetime) -> None:
    """This session counts as begun now: the one from which all others of the account were ended."""
    session[_BEGAN_AT] = now.timestamp()


def is_over(session: SessionBase, user: User) -> bool:
    """True when the account's sessions were ended after this one began."""
    if user.sessions_since is None:
        return False
    return float(session.get(_BEGAN_AT, 0)) < user.sessions_since.timestamp()


def idle_limit(user: User) -> timedelta:
    limit: timedelta = settings.STAFF_IDLE_TIMEOUT if user.is_staff_account else settings.RESIDENT_IDLE_TIMEOUT
    return limit


def is_idle(session: SessionBase, user: User, *, now: datetime) -> bool:
    """True when nothing was heard for longer than the limit; otherwise remembers that something was."""
    seen_at: Any = session.get(_SEEN_AT)
    if seen_at is None:
        session[_SEEN_AT] = now.timestamp()
        return False
    quiet = timedelta(seconds=now.timestamp() - float(seen_at))
    if quiet >= idle_limit(user):
        return True
    if quiet >= _SEEN_RESOLUTION:
        session[_SEEN_AT] = now.timestamp()
    return False


def note_idle_sign_out(session: SessionBase) -> None:
    session[_IDLE_NOTICE] = True


def take_idle_notice(session: SessionBase) -> bool:
    """Whether the last session ended by itself; said once."""
    return bool(session.pop(_IDLE_NOTICE, False))


def remember_phone(session: SessionBase, phone: str) -> None:
    """Between asking for a code and typing it. Encrypted: session rows are only encoded."""
    session[_PENDING_PHONE] = as_text(encrypt(phone, context=_PHONE_CONTEXT))


def pending_phone(session: SessionBase) -> str | None:
    token = session.get(_PENDING_PHONE)
    if not token:
        return None
    try:
        return decrypt(from_text(token), context=_PHONE_CONTEXT)
    except CannotDecrypt:  # the key was rotated away meanwhile: she asks for another code
        return None


def forget_phone(session: SessionBase) -> None:
    session.pop(_PENDING_PHONE, None)


def remember_next(session: SessionBase, address: str) -> None:
    if session.get(_NEXT, "") != address:
        session[_NEXT] = address


def take_next(session: SessionBase) -> str:
    return str(session.pop(_NEXT, ""))


def owe_notice(session: SessionBase) -> None:
    """Nothing but the privacy notice opens until it is answered."""
    session[_OWES_NOTICE] = True


def owes_notice(session: SessionBase) -> bool:
    return bool(session.get(_OWES_NOTICE, False))


def notice_answered(session: SessionBase) -> None:
    session.pop(_OWES_NOTICE, None)
