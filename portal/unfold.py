"""The admin in the colours of the product (static/css/tokens.css, `docs/look.md`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

# Steps of the jade of the pages: 600 is --act of the light mode, 500 that of the dark one, 800 is --act-ink.
JADE = {
    "50": "#f0f7f4",
    "100": "#e6f2ed",
    "200": "#c7e3d8",
    "300": "#9bcdb9",
    "400": "#65b495",
    "500": "#3aa682",
    "600": "#0a6b50",
    "700": "#085640",
    "800": "#064635",
    "900": "#053a2c",
    "950": "#03241b",
}

# Greys with a little of the same green, between the ground of the light mode and that of the dark one.
STONE = {
    "50": "#f4f6f4",
    "100": "#ecefec",
    "200": "#dfe5e1",
    "300": "#c8d1cc",
    "400": "#94a39b",
    "500": "#55635d",
    "600": "#44514b",
    "700": "#333f3a",
    "800": "#222c28",
    "900": "#18201d",
    "950": "#0f1513",
}


def _static(path: str) -> Callable[[HttpRequest], str]:
    """Looked up when a page is drawn: the hashed names of static files are not known while settings load."""
    return lambda request: static(path)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Huiminbao desk"),
    "SITE_HEADER": _("Huiminbao desk"),
    "SITE_URL": "/",
    "SITE_ICON": _static("img/logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _static("img/logo.svg")}],
    "BORDER_RADIUS": "10px",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "COLORS": {"base": STONE, "primary": JADE},
    "STYLES": [_static(f"css/{name}.css") for name in ("tokens", "dark", "components", "admin")],
    "SCRIPTS": [_static("js/admin.js")],
    "SIDEBAR": {"show_search": True, "show_all_applications": False},
}
