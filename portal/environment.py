"""Reading the environment for settings.py. An empty value counts as not set; a bad one is refused, never guessed at.

Refusals are ImproperlyConfigured with one sentence for the operator and an id (docs/operating.md).
"""

from __future__ import annotations

import json
import os
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from core import partners

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
# Values that a container's secret file may hold instead of the environment: NAME_FILE.
_FROM_FILES = (
    "SECRET_KEY",
    "FIELD_KEYS",
    "BLIND_INDEX_KEY",
    "DECISION_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "FILES_OPTIONS",
)


def read() -> dict[str, str]:
    return partners.with_files(os.environ, _FROM_FILES)


_given = read()


def refused(code: str, sentence: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{code}: {sentence}")


def text(name: str, default: str = "") -> str:
    if name in _FROM_FILES and (reason := partners.unreadable(os.environ, name)):
        path = os.environ[f"{name}_FILE"]
        raise refused("portal.E004", f"{name}_FILE names {path}, which cannot be read: {reason}.")
    return _given.get(name) or default


def words(name: str, default: list[str]) -> list[str]:
    """Separated by commas."""
    given = [word.strip() for word in text(name).split(",") if word.strip()]
    return given or default


def choice(name: str, default: str, choices: list[str]) -> str:
    given = text(name, default)
    if given not in choices:
        raise refused("portal.E002", f"{name} must be one of {', '.join(choices)}.")
    return given


def flag(name: str, default: bool = False) -> bool:
    given = text(name).lower()
    if given and given not in _TRUE + _FALSE:
        raise refused("portal.E002", f"{name} must be 1 or 0.")
    return given in _TRUE if given else default


def whole(name: str, default: int) -> int:
    given = text(name)
    if given and not given.isdecimal():
        raise refused("portal.E002", f"{name} must be a whole number of digits only.")
    return int(given) if given else default


def number(name: str, default: float) -> float:
    try:
        return float(text(name) or default)
    except ValueError:
        raise refused("portal.E002", f"{name} must be a number.") from None


def json_object(name: str) -> dict[str, Any]:
    try:
        found = json.loads(text(name, "{}"))
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise refused("portal.E002", f'{name} must be a JSON object, such as {{"location": "/srv/files"}}.')
    return found


def database(name: str, url: str) -> dict[str, Any]:
    """url as Django wants it; what stands behind "?" becomes options of the connection, such as sslmode."""
    try:
        if url.startswith(("postgres://", "postgresql://")):
            found: dict[str, Any] = environ.Env.db_url_config(url)
            return found
    except ValueError:
        pass  # a port that is no number, for one: refused below like any other form
    raise refused("portal.E002", f"{name} must be of the form postgres://role:password@host:5432/database.")
