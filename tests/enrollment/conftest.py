"""The enrolment room against the real sandbox."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from sandbox.testing import Sandbox
from tests.enrollment.helpers import Town
from tests.outside import connect


@pytest.fixture
def town(transactional_db: None, sandbox: Sandbox, settings: Settings) -> Town:
    connect(settings, sandbox)
    settings.PAYMENTS_STRICT_TRANSACTIONS = True
    sandbox.clock(settings.PORTAL_CLOCK)
    return Town(sandbox, settings)
