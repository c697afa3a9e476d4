from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from django_otp import verify_token
from django_otp.models import Device

from accounts.models import Authenticator, BackupCodeSheet, User
from core.errors import DomainError
from core.written import number_as_written


def verify_second_factor(*, user: User, token: str) -> Device:
    """The device that accepted six digits from the app, or a backup code.

    Raises DomainError: second_factor_wrong; second_factor_wait after wrong ones (1, 2, 4, 8 … seconds).
    """
    token = number_as_written(token)
    model = Authenticator if re.fullmatch("[0-9]{6}", token) else BackupCodeSheet
    device = model._default_manager.filter(user=user, confirmed=True).first()
    if device is not None:
        if not device.verify_is_allowed()[0]:
            raise DomainError(
                "second_factor_wait",
                _("After a wrong code there is a short wait. Please try again in a moment."),
                field="token",
                status=429,
            )
        accepted = verify_token(user, device.persistent_id, token)
        if accepted is not None:
            return accepted
    raise DomainError(
        "second_factor_wrong",
        _("This is not the code that the app shows now. Please wait for the next one and check the phone's time."),
        field="token",
    )
