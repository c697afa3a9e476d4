from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Authenticator, BackupCodeSheet, User
from core.actors import Actor
from core.errors import NotAllowed


def reset_second_factor(*, user: User, actor: Actor) -> None:
    """Forget a colleague's authenticator and backup codes; she sets up a new one at her next sign-in.

    Open sessions lose their second factor with the device. Raises NotAllowed: not_allowed, own_second_factor.
    """
    actor.require("accounts.manage_staff", user)
    if actor.user_id == user.pk:
        raise NotAllowed(
            "own_second_factor", _("You cannot reset your own second factor. Please ask another administrator.")
        )
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        BackupCodeSheet.objects.filter(user=user).delete()
