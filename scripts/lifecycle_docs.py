"""Draws every lifecycle into docs/lifecycles.md: `python -m scripts.lifecycle_docs [--check]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "lifecycles.md"
HEAD = """# Lifecycles

Drawn from the tables in `*/lifecycle.py` by `make docs`; `make lint` fails when this page and the tables differ.
Every edge is one guarded update, one event row and one rule of a trigger in the database.
"""


def render() -> str:
    """The whole page as Markdown with Mermaid drawings, one section per model that declares a lifecycle."""
    from django.apps import apps
    from django.utils import translation

    sections = [HEAD]
    with translation.override("en"):
        for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
            lifecycle = getattr(model, "lifecycle", None)
            if lifecycle is None or model.__module__.startswith("tests."):
                continue
            sections.append(f"## {model._meta.label}\n\n```mermaid\n{lifecycle.mermaid()}\n```\n")
    return "\n".join(sections)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_DEMO", "1")
    import django

    django.setup()
    page = render()
    if "--check" in sys.argv:
        if TARGET.read_text() != page:
            print("docs/lifecycles.md is not what the tables say: run `make docs`")
            return 1
        return 0
    TARGET.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
