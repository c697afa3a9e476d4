"""Notices that people agree to, by purpose: text, version, and the digest that a consent refers to.

The binding texts are data in both languages, not interface strings: a better translation of the interface
must not change what somebody has agreed to. A changed text needs a new version; a test keeps the digests of
published ones. Rooms add theirs in AppConfig.ready with `register`.
Source: PIPL 14 (consent anew when the purpose changes), 17 (what a notice must say).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.utils.translation import get_language

from core.registry import Registry

ACCOUNT = "account"
REMINDERS = "reminders"


@dataclass(frozen=True)
class Notice:
    """folder holds <purpose>.<version>.zh.txt and .en.txt: the title, then paragraphs, with blank lines between."""

    purpose: str
    version: str
    folder: Path
    needed_for_account: bool = False

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        return {
            language: (self.folder / f"{self.purpose}.{self.version}.{language}.txt")
            .read_text(encoding="utf-8")
            .strip()
            .split("\n\n")
            for language in ("zh", "en")
        }

    @property
    def _text(self) -> list[str]:
        return self._texts["en" if (get_language() or "").startswith("en") else "zh"]

    @property
    def title(self) -> str:
        return self._text[0]

    @property
    def paragraphs(self) -> list[str]:
        return self._text[1:]

    @cached_property
    def sha256(self) -> str:
        """Over the Chinese text, which is the binding one, whatever language was on the screen."""
        return hashlib.sha256("\n\n".join([self.purpose, self.version, *self._texts["zh"]]).encode()).hexdigest()


_notices: Registry[Notice] = Registry("notice")


def register(notice: Notice) -> None:
    """Make this the current notice of its purpose."""
    _notices.register(notice.purpose, notice)


def notice_for(purpose: str) -> Notice | None:
    """The current notice, or None for a purpose that no installed room asks for any more."""
    return _notices.find(purpose)


def account_notice() -> Notice:
    """What everybody agrees to who has an account."""
    return _notices.get(ACCOUNT)


_HERE = Path(__file__).parent / "texts"
register(Notice(ACCOUNT, "2026-12", _HERE, needed_for_account=True))
register(Notice(REMINDERS, "2026-09", _HERE))
