"""Compiles translation catalogues with Babel: a fresh machine has no GNU gettext."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.services.places import CHECKOUT

LOCALES = CHECKOUT / "locale"


def catalogues() -> list[Path]:
    """Every django.po of the product."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


def compile_catalogues() -> int:
    """Writes each .mo that is older than its .po; how many were written. Fuzzy entries are left out."""
    written = 0
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        draft = target.with_suffix(".mo.new")
        with draft.open("wb") as out:
            write_mo(out, catalogue)
        draft.replace(target)
        written += 1
    return written
