from __future__ import annotations

from django.db import transaction

from accounts.models import User


@transaction.atomic
def record_name(*, user: User, name: str) -> User:
    """The name that the national platform has just confirmed, for an account that has none yet.

    A name already there stays: correcting one is a request that staff settle (`request_name_correction`).
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.display_name:
        locked.display_name = name
        locked.save(update_fields=["display_name"])
    return locked
