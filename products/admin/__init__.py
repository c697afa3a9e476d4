"""What staff see of plan years, filed lists and the plan workshop. Read-only: changes go through actions."""

from products.admin import comparisons, lists, plan_years, terms_drafts  # noqa: F401  (registering is the import)
