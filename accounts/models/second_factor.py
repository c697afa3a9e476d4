"""The second factor of staff: an authenticator app, and a sheet of backup codes for when the phone is lost.

django-otp's own devices keep secrets and codes in plain text; these keep the secret encrypted and the codes
as keyed digests, and are devices of django-otp otherwise.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b32decode, b32encode
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from core.written import number_as_written
from privacy.fields import EncryptedTextField
from work.row_ids import RowId

_STEP_SECONDS = 30
_DIGITS = 6
_TOLERATED_STEPS = 1


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 recommends and every authenticator app reads."""
    return b32encode(secrets.token_bytes(20)).decode()


class Authenticator(ThrottlingMixin, Device):  # type: ignore[misc]  # django-otp ships no types
    """A TOTP app (RFC 6238). `confirmed` once its first code was right; one confirmed per person."""

    id = RowId()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticators")
    secret = EncryptedTextField(default=new_secret)
    # The last step whose code was accepted: a code is good once, also for somebody who looked over a shoulder.
    last_step = models.BigIntegerField(default=-1)
    drift = models.SmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], name="one_confirmed_authenticator", condition=Q(confirmed=True))
        ]

    def verify_token(self, token: str) -> bool:
        """django-otp's contract: call inside a transaction with the row locked (django_otp.verify_token does)."""
        if not self.verify_is_allowed()[0]:
            return False
        totp = TOTP(b32decode(self.secret), _STEP_SECONDS, 0, _DIGITS, self.drift)
        # The real time: people's phones do not follow a clock that was shifted for demonstration.
        totp.time = time.time()
        well_formed = len(token) == _DIGITS and token.isascii() and token.isdigit()
        if not (well_formed and totp.verify(int(token), _TOLERATED_STEPS, self.last_step + 1)):
            self.throttle_increment(commit=True)
            return False
        self.last_step = totp.t()
        self.drift = totp.drift
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        """Wrong codes make one wait 1, 2, 4, 8 … seconds."""
        return 1

    @property
    def config_url(self) -> str:
        """What the QR code says (otpauth://)."""
        issuer = settings.OTP_TOTP_ISSUER.replace(":", "")
        label = quote(f"{issuer}:{self.user.get_username()}")
        query = urlencode({"secret": self.secret, "issuer": issuer, "digits": _DIGITS, "period": _STEP_SECONDS})
        return f"otpauth://totp/{label}?{query}"


class BackupCodeSheet(ThrottlingMixin, Device):  # type: ignore[misc]  # django-otp ships no types
    """Ten codes on paper, each good once. A new sheet replaces the old one."""

    CODES = 10

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="backup_code_sheets")

    def verify_token(self, token: str) -> bool:
        if not self.verify_is_allowed()[0]:
            return False
        digest = self.digest(token)
        unused = self.codes.filter(used_at__isnull=True)
        matching = [code.pk for code in unused if hmac.compare_digest(code.code_hash, digest)]
        if not (matching and self.codes.filter(pk__in=matching, used_at__isnull=True).update(used_at=timezone.now())):
            self.throttle_increment(commit=True)
            return False
        self.throttle_reset(commit=True)
        return True

    def get_throttle_factor(self) -> int:
        return 1

    def digest(self, code: str) -> str:
        readable = number_as_written(code).lower()
        return salted_hmac("accounts.backup-code", f"{self.pk}:{readable}", algorithm="sha256").hexdigest()


class BackupCode(models.Model):
    sheet = models.ForeignKey(BackupCodeSheet, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.pk}"
