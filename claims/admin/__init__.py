"""The review desk in the Django admin: a queue and, per claim, documents beside the computation."""

from claims.admin.queue import ClaimAdmin

__all__ = ["ClaimAdmin"]
