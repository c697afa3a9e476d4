"""Celery adapters of this room."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from core import clock
from work import files, outbox
from work.models import Submission


@shared_task
def sweep_outbox() -> int:
    return outbox.sweep()


@shared_task
def forget_old_submissions() -> int:
    """Submitted forms are remembered for two days; longer than any browser keeps one open in practice."""
    deleted, _ = Submission.objects.filter(created_at__lt=clock.now() - timedelta(days=2)).delete()
    return deleted


@shared_task
def sweep_files() -> int:
    """Objects that no row names, and rows whose object is gone; each shelf once a day."""
    return files.sweep_files(now=clock.now())
