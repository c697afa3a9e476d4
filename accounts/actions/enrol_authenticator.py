from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp import verify_token

from accounts.models import Authenticator, BackupCode, BackupCodeSheet, User
from core.errors import Conflict, DomainError

# Without letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def prepare_authenticator(*, user: User) -> Authenticator:
    """The authenticator to be enrolled: the same one until its first code was right, so a page may be reloaded.

    Raises Conflict("authenticator_exists"): a second one is only set up after the first was reset by somebody
    else, or whoever has the password could bring her own.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if Authenticator.objects.filter(user=user, confirmed=True).exists():
            raise Conflict(
                "authenticator_exists",
                _("Your account already has an authenticator app. Is the phone lost? Your administrator can reset it."),
            )
        prepared = Authenticator.objects.get_or_create(user=user, confirmed=False, defaults={"name": "totp"})
    device: Authenticator = prepared[0]
    return device


def confirm_authenticator(*, user: User, token: str, now: datetime) -> tuple[Authenticator, list[str]]:
    """The first right code makes the authenticator count. Returns it and ten backup codes, shown this once.

    Raises DomainError("second_factor_wrong"), Conflict("authenticator_exists").
    """
    prepared = prepare_authenticator(user=user)
    device = verify_token(user, prepared.persistent_id, token)
    if device is None:
        raise DomainError(
            "second_factor_wrong",
            _("This is not the code that the app shows now. Please wait for the next one and check the phone's time."),
            field="token",
        )
    with transaction.atomic():
        Authenticator.objects.filter(pk=device.pk).update(confirmed=True, confirmed_at=now)
        codes = _new_sheet(user)
    device.refresh_from_db()
    return device, codes


def _new_sheet(user: User) -> list[str]:
    BackupCodeSheet.objects.filter(user=user).delete()
    sheet = BackupCodeSheet.objects.create(user=user, name="backup codes")
    raw = ["".join(secrets.choice(_ALPHABET) for _ in range(8)) for _ in range(BackupCodeSheet.CODES)]
    BackupCode.objects.bulk_create(BackupCode(sheet=sheet, code_hash=sheet.digest(code)) for code in raw)
    return [f"{code[:4]}-{code[4:]}" for code in raw]
