"""The portal under test is told of the sandbox as a real portal is told of its partners: by named variables."""

from __future__ import annotations

from typing import Any

from launch import demo_partners
from nhsa.conf import NHSA
from sandbox.testing import Sandbox


def connect(settings: Any, sandbox: Sandbox) -> None:
    settings.SANDBOX_URL = sandbox.base_url
    settings.PARTNERS = demo_partners.variables(sandbox.key_file)


def environment(sandbox: Sandbox) -> dict[str, str]:
    """The same for a process of its own."""
    return {"SANDBOX_URL": sandbox.base_url, **demo_partners.variables(sandbox.key_file)}


def platform(sandbox: Sandbox, **other: str) -> dict[str, str]:
    """What `nhsa.conf.client_from` takes for this sandbox's platform; other: fields that are given another value."""
    told = demo_partners.variables(sandbox.key_file)
    fields = [variable.field for variable in NHSA.variables if f"NHSA_{variable.field}" in told]
    return {"PATH": "/{infno}", **{field: told[f"NHSA_{field}"] for field in fields}, **other}
