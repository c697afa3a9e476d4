"""Compiles translation catalogues with polib: a fresh machine has no GNU gettext."""

from pathlib import Path

import polib

from launch.places import CHECKOUT

# <room>/locale/<language>/LC_MESSAGES/django.po; a payment channel is one folder, with its own words in it
PLACES = ("*/locale/*/LC_MESSAGES", "payments/channels/*/locale/*/LC_MESSAGES")


def catalogues(root: Path = CHECKOUT) -> list[Path]:
    """Every django.po of the product: one per room, and per payment channel, and language."""
    return sorted(_found(root, "*.po"))


def compile_catalogues(root: Path = CHECKOUT) -> int:
    """Writes each .mo that is older than its .po, and removes one whose .po is gone: Django would go on reading it.

    How many were written. Fuzzy entries are left out.
    """
    written = 0
    for source in catalogues(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(".mo.new")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
        draft.replace(target)
        written += 1
    for target in _found(root, "*.mo"):
        if not target.with_suffix(".po").exists():
            target.unlink()
    return written


def _found(root: Path, name: str) -> list[Path]:
    return [path for place in PLACES for path in root.glob(f"{place}/{name}")]
