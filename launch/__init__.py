"""The servers beneath the portal on a machine that has none: PostgreSQL, Redis, and the supervisor that runs them.

Nothing in here imports Django: these modules run before the settings can be read.
"""
