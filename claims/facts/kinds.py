"""What a reviewer can find of a fact: how it is asked at the desk, and how an answer is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from claims import errors
from core.errors import DomainError
from core.money import format_yuan, parse_yuan

Choices = tuple[tuple[str, str | Promise], ...]


@dataclass(frozen=True)
class Kind:
    """choices: (value of the form, label); empty for one that is typed. read: what the form carries → the value kept
    with the finding; raises DomainError finding_not_understood. shown: a value in words.
    """

    choices: Choices
    read: Callable[[str], Any]
    shown: Callable[[Any], str]


_YES_NO: Choices = (("yes", pgettext_lazy("finding", "Yes")), ("no", pgettext_lazy("finding", "No")))


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise errors.finding_not_understood()
    return text == "yes"


def _yes_no_shown(value: Any) -> str:
    return str(dict(_YES_NO)["yes" if value else "no"])


YES_NO = Kind(_YES_NO, _yes_no, _yes_no_shown)


def one_of(choices: Choices) -> Kind:
    def read(text: str) -> str:
        if text not in dict(choices):
            raise errors.finding_not_understood()
        return text

    return Kind(choices, read, lambda value: str(dict(choices).get(value, value)))


def _fen(text: str) -> int:
    try:
        fen = parse_yuan(text)
    except (DomainError, ValueError):
        raise errors.finding_not_understood() from None
    if fen < 0:
        raise errors.finding_not_understood()
    return fen


AMOUNT = Kind((), _fen, format_yuan)


def _classes(text: str) -> list[str]:
    """ "特困、低保" or "none"."""
    names = [name.strip() for name in text.replace("，", "、").replace(",", "、").split("、") if name.strip()]
    if not names:
        raise errors.finding_not_understood()
    return [] if names in (["none"], ["无"]) else names


CLASSES = Kind((), _classes, lambda names: "、".join(sorted(names)) or str(pgettext("finding", "none")))
