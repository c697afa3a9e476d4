"""Texts of messages by template name. Rooms add theirs in AppConfig.ready with `register`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from core.registry import Registry
from work.lanes import Lane


@dataclass(frozen=True, slots=True)
class SmsTemplate:
    """lane: whose workers send it; prompts of the campaign lane respect who declined them, all others go to everybody.
    secret: the text opens something, so it is erased here once it is sent.
    """

    text: str | Promise
    lane: Lane
    secret: bool = False

    @property
    def can_be_declined(self) -> bool:
        return self.lane is Lane.CAMPAIGN


_templates: Registry[SmsTemplate] = Registry("text message template")


def register(name: str, text: str | Promise, *, lane: Lane = Lane.NOTICES, secret: bool = False) -> None:
    """text: a lazy translation with %(name)s places, without the signature in front."""
    _templates.register(name, SmsTemplate(text, lane, secret))


def find(name: str) -> SmsTemplate | None:
    """None for the template of an old message whose room has gone."""
    return _templates.find(name)


def lane_of(name: str) -> Lane:
    """Raises NotRegistered."""
    return _templates.get(name).lane


def is_secret(name: str) -> bool:
    """Unknown templates count as secret: rather erase one too many."""
    template = _templates.find(name)
    return template is None or template.secret


def render(name: str, params: dict[str, Any], *, signature: str) -> str:
    """The finished text in the active language, with the sender in front as the carriers want it.

    Raises NotRegistered, or KeyError for a missing parameter.
    """
    text = str(_templates.get(name).text) % params
    return f"【{signature}】{text}"
