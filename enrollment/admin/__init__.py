"""What staff see: plan years, orders, policies, people and sales steps. All read-only: changes go through actions."""

from enrollment.admin import kinships, orders, people, plan_years, policies, sales  # noqa: F401  (registering is the import)
