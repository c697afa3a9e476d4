"""A button that moves money, or decides about it, is bound to what the person saw when she pressed it.

The page puts a version of what it shows into the form (`{% seen version %}`): a keyed digest over named values, so that
it gives nothing away. The action takes it as `seen`, computes the version again under its lock, and refuses when the
two differ; the view then shows the page anew. A form without a version is one that nobody has seen.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from core import guards
from core.errors import Conflict

FIELD = "seen"
CODE = "changed_meanwhile"


def version(kind: str, /, **shown: object) -> str:
    """64 hex characters that change with any of the values. kind: so that no form passes for another's."""
    text = json.dumps([kind, shown], sort_keys=True, ensure_ascii=False, default=_plain)
    return salted_hmac("core.seen", text, algorithm="sha256").hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be part of a version")


def sent(request: HttpRequest) -> str:
    """What the form carried; "" when it carried nothing."""
    return request.POST.get(FIELD, "")


def require_unchanged(seen: str, *, is_now: str) -> None:
    """Call it under the lock that keeps the version as it is. Raises Conflict("changed_meanwhile")."""
    if guards.on("core.seen") and not constant_time_compare(seen, is_now):
        raise Conflict(CODE, _("Something here has changed since you opened the page. Please look again, then decide."))
