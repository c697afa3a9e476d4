"""The admin's theme."""

from typing import Any

UNFOLD: dict[str, Any] = {"SITE_TITLE": "惠民保"}
