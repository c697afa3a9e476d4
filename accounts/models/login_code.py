from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class LoginCode(models.Model):
    """A sign-in code that was sent. Neither the phone nor the code nor the address is kept, only keyed digests.

    The row of a used, expired or exhausted code stays for a while: the rate limits count rows.
    """

    MAX_ATTEMPTS = 5

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    phone_index = models.CharField(max_length=64)
    ip_index = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_index", "created_at"], name="login_code_by_phone"),
            models.Index(fields=["ip_index", "created_at"], name="login_code_by_address"),
        ]
        constraints = [
            models.CheckConstraint(name="login_code_at_most_five_attempts", condition=Q(attempts__lte=5)),
            models.CheckConstraint(name="login_code_expires_later", condition=Q(expires_at__gt=F("created_at"))),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
