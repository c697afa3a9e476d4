from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.actors import Actor
from core.errors import NotAllowed


def set_active(*, user: User, active: bool, actor: Actor) -> User:
    """Block an account or open it again; open sessions of a blocked one end with their next request.

    Raises NotAllowed: not_allowed, own_account, account_is_deleted.
    """
    actor.require("accounts.manage_staff", user)
    if actor.user_id == user.pk:
        raise NotAllowed("own_account", _("You cannot block or open your own account."))
    if user.closed_at is not None:
        raise NotAllowed("account_is_deleted", _("This account was deleted by its owner and stays so."))
    user.is_active = active
    user.save(update_fields=["is_active"])
    return user
