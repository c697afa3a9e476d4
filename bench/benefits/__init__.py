"""Speed of the rules against their budgets, and against OpenFisca-core on the same tiers."""
