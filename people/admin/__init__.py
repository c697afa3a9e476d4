"""What staff see of people and kinship. Read-only but for the household register, which is read here."""

from people.admin import kinships, people  # noqa: F401  (registering is the import)
