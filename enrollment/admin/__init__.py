"""What staff see: orders, policies and sales steps. All read-only: changes go through actions."""

from enrollment.admin import orders, policies, sales  # noqa: F401  (registering is the import)
