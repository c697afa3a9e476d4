"""Texts of messages by template name. Rooms add theirs in AppConfig.ready with `register`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class SmsTemplate:
    """secret: the text opens something, so it is erased here once it is sent."""

    text: str | Promise
    secret: bool = False


_templates: dict[str, SmsTemplate] = {
    "login_code": SmsTemplate(
        _(
            "[Huiminbao] Your sign-in code is %(code)s, valid for %(minutes)s minutes. "
            "Our staff will never ask you for it; please give it to nobody."
        ),
        secret=True,
    ),
    "name_corrected": SmsTemplate(_("[Huiminbao] The name on your account has been corrected as you asked.")),
}


def register(name: str, text: str | Promise, *, secret: bool = False) -> None:
    """text: a lazy translation with %(name)s places. Registering a known name with another text is an error."""
    template = SmsTemplate(text, secret)
    known = _templates.get(name)
    if known is not None and str(known.text) != str(text):
        raise RuntimeError(f"sms template {name} already exists")
    _templates[name] = template


def is_secret(name: str) -> bool:
    """Unknown templates count as secret: rather erase one too many."""
    return name not in _templates or _templates[name].secret


def render(name: str, params: dict[str, Any]) -> str:
    """The finished text in the active language. Raises KeyError for an unknown template or a missing parameter."""
    return str(_templates[name].text) % params
