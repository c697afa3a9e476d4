"""The real client against the real sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nhsa.client import Client
from nhsa.conf import client_from
from sandbox.testing import Sandbox
from tests.outside import platform


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    client = client_from(platform(sandbox))
    yield client
    client.close()
