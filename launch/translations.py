"""Compiles translation catalogues with polib: a fresh machine has no GNU gettext."""

from pathlib import Path

import polib

from launch.places import CHECKOUT

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
        draft = target.with_suffix(".mo.new")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
        draft.replace(target)
        written += 1
    return written
