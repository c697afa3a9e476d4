"""The notice to which a person agrees before we ask the national platform about her (PIPL 14, 17, 29)."""

from __future__ import annotations

from pathlib import Path

from accounts import notices

IDENTITY_CHECK = "people.identity_check"


def register() -> None:
    notices.register(notices.Notice(IDENTITY_CHECK, "2026-11", Path(__file__).parent / "texts"))
