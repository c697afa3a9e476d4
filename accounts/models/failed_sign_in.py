from __future__ import annotations

from axes.models import AccessAttempt
from django.utils.translation import gettext_lazy as _


class FailedSignIn(AccessAttempt):  # type: ignore[misc]  # axes ships no types
    """Wrong passwords of staff, counted by axes; in this room's words for the admin."""

    class Meta:
        proxy = True
        verbose_name = _("failed staff sign-in")
        verbose_name_plural = _("failed staff sign-ins")
