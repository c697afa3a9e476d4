from __future__ import annotations

from accounts.copies import ACCOUNTS
from accounts.models import User
from privacy.fields import sealed_values


def record_name(*, user: User, name: str) -> None:
    """The name that the national platform has just confirmed, for an account that has none yet.

    A name already there stays: correcting one is a request that staff settle (`request_name_correction`).
    """
    if user.display_name:
        return
    ACCOUNTS.close(user.pk)
    User._base_manager.filter(pk=user.pk).update(**sealed_values(user, {"display_name": name}))
    user.display_name = name
