"""What kinds of transactions are called. The rooms that post them say so at start; the books know no business."""

from __future__ import annotations

from django.utils.functional import Promise

from core.registry import Registry

KINDS: Registry[str | Promise] = Registry("kind of ledger transaction")


def name_of(kind: str) -> str:
    """In the reader's language; the code itself for a kind that nobody named."""
    return str(KINDS.find(kind) or kind)
