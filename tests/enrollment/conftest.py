"""The enrolment room against the real sandbox."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from sandbox.testing import Sandbox
from tests.enrollment.helpers import Town


@pytest.fixture
def town(transactional_db: None, sandbox: Sandbox, settings: Settings) -> Town:
    settings.SANDBOX_URL = sandbox.base_url
    settings.SANDBOX_KEYS = str(sandbox.key_file)
    settings.PAYMENTS_STRICT_TRANSACTIONS = True
    sandbox.clock(settings.PORTAL_CLOCK)
    return Town(sandbox, settings)
