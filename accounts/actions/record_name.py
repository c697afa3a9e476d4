from __future__ import annotations

from accounts.copies import ACCOUNTS
from accounts.models import User
from privacy.fields import sealed_values
from work.writes import Sql, update_sql


def record_name(*, user: User, name: str) -> list[Sql]:
    """The name that the national platform has just confirmed, for an account that has none yet: what is to be written
    (work.writes), in the statement of whoever writes more.

    A name already there stays: correcting one is a request that staff settle (`request_name_correction`).
    """
    if user.display_name:
        return []
    ACCOUNTS.close(user.pk)
    user.display_name = name
    return [update_sql(User._base_manager.filter(pk=user.pk), sealed_values(user, {"display_name": name}))]
