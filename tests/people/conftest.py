"""The people's room against the real sandbox. The town has its shops too: who somebody is shows in what she may buy."""

from __future__ import annotations

from tests.enrollment.conftest import town  # noqa: F401  (a fixture)
