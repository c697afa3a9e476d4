from __future__ import annotations

from datetime import datetime

from accounts.models import User


def end_sessions(*, user: User, now: datetime) -> None:
    """Whoever signed in as this account before now is signed out, on every device, at the next request."""
    User.objects.filter(pk=user.pk).update(sessions_since=now)
    user.sessions_since = now
