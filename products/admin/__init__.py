"""What staff see of plan years and filed lists. Read-only: changes go through actions."""

from products.admin import lists, plan_years  # noqa: F401  (registering is the import)
