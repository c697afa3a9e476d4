from __future__ import annotations

from typing import Any

import pytest

from claims import stays
from sandbox.testing import Sandbox
from tests.outside import connect
from tests.portal.matrix.world import World


@pytest.fixture
def world(db: None, sandbox: Sandbox, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    connect(settings, sandbox)
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 20.0)
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = tmp_path / "files", tmp_path / "quarantine"
    sandbox.clock(settings.PORTAL_CLOCK)
    return World()
