"""Writes the register of personal fields into docs/personal-data.md: `python -m scripts.personal_docs [--check]`."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "personal-data.md"
HEAD = """# Personal data

Every personal field, written from `*/personal.py` by `make docs`; `make lint` fails when this page and the register
differ, a test when a model has a field that is not in it. For who answers for data protection, and for who asks.

Names, numbers, accounts and what hospitals did lie in the database as ciphertext, sealed for their row; files lie
sealed in a storage. A field of `work.lifecycleevent` stands for that of every lifecycle's event rows.
"""
COLUMNS = """| field | what it is | on screens | in the copy of "my data" | corrected | kept |
|---|---|---|---|---|---|
"""


def render() -> str:
    from privacy.register import Personal, fields

    rows = sorted((name, found) for name, found in fields.items() if isinstance(found, Personal))
    sections = [HEAD]
    for room, members in groupby(rows, key=lambda row: row[0].partition(".")[0]):
        lines = [_line(name.partition(".")[2], found) for name, found in members]
        sections.append(f"## {room}\n\n{COLUMNS}{''.join(lines)}")
    return "\n".join(sections)


def _line(name: str, found: object) -> str:
    from privacy.register import Exported, Personal

    assert isinstance(found, Personal)
    copy = f"`{found.exported.path}`" if isinstance(found.exported, Exported) else f"no: {found.exported.why}"
    cells = (f"`{name}`", found.what, found.shown.value, copy, found.corrected.words, found.kept.words)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_DEMO", "1")
    import django

    django.setup()
    page = render()
    if "--check" in sys.argv:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != page:
            print("docs/personal-data.md is not what the register says: run `make docs`")
            return 1
        return 0
    TARGET.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
