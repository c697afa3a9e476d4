"""Celery adapters of this room."""

from __future__ import annotations

from celery import shared_task

from accounts import limits
from accounts.models import LoginCode
from core import clock


@shared_task
def forget_old_login_codes() -> int:
    """Rows of sign-in codes are kept only as long as the rate limits count them."""
    deleted, _by_model = LoginCode.objects.filter(created_at__lt=clock.now() - limits.KEEP_CODES_FOR).delete()
    return deleted
