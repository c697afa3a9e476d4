"""Forms as a browser without scripts finds them on a page."""

from __future__ import annotations

import re
from html import unescape

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r'<input\b[^>]*type="hidden"[^>]*>')


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def hidden_fields(page: str, *, action: str = "") -> dict[str, str]:
    """The hidden fields of the form that carries a version of what was shown; action: the end of its address."""
    for attributes, inside in _FORM.findall(page):
        if not _attribute(attributes, "action").endswith(action):
            continue
        fields = {_attribute(tag, "name"): _attribute(tag, "value") for tag in _HIDDEN.findall(inside)}
        if "seen" in fields:
            return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}
    raise AssertionError(f"no form with a version for {action or 'this page'}")


def seen_in(page: str, *, action: str = "") -> str:
    return hidden_fields(page, action=action)["seen"]
