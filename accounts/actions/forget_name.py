from __future__ import annotations

from accounts.models import User


def forget_name(*, user: User) -> None:
    """The account no longer stands for the person of this name."""
    User.objects.filter(pk=user.pk).update(display_name="")
    user.display_name = ""
