"""Claims against the real sandbox: its national platform knows the stays, its bank pays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in
from tests.claims.people import Family


@pytest.fixture
def outside(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> Sandbox:
    """The sandbox, at the portal's time; files go to a folder of this test."""
    settings.SANDBOX_URL = sandbox.base_url
    settings.SANDBOX_KEYS = str(sandbox.key_file)
    settings.MEDIA_ROOT = tmp_path / "documents"
    sandbox.clock(settings.PORTAL_CLOCK)
    return sandbox


@pytest.fixture
def family(db: None, outside: Sandbox) -> Family:
    return Family()


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    return signed_in
