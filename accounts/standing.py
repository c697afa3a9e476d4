"""What stands above every page of the admin until somebody has seen to it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext

from accounts.lifecycle import RoleState
from accounts.selectors import roles_to_confirm
from core.actors import Actor


def roles_that_wait(actor: Actor) -> tuple[str, str] | None:
    """(sentence, address) while roles that a colleague proposed wait for this officer."""
    count = roles_to_confirm(actor).count()
    if not count:
        return None
    text = ngettext(
        "%(count)s role waits for your confirmation.", "%(count)s roles wait for your confirmation.", count
    ) % {"count": count}
    roles = reverse("admin:accounts_roleassignment_changelist")
    return text, f"{roles}?{urlencode({'state__exact': RoleState.PROPOSED})}"
