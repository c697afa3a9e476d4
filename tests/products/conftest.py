"""Schemes, tried in the town of the enrolment tests."""

from __future__ import annotations

from tests.enrollment.conftest import town

__all__ = ["town"]
