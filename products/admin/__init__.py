"""What staff see of plan years. Read-only: changes go through actions."""

from products.admin import plan_years  # noqa: F401  (registering is the import)
