"""`css/components.css`: all files of static/css/components/, one after the other.

One file per component is for who writes them; one request is for a phone. There is no build step to remember: whoever
asks Django for its static files (`collectstatic`, the tests' server) gets the file as the sources are now.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

BUNDLE = "css/components.css"
SOURCES = Path(settings.BASE_DIR) / "static" / "css" / "components"


def bundled(sources: Path = SOURCES) -> str:
    """The components in the order of their names, each under its name."""
    parts = [f"/* {path.stem} */\n{path.read_text(encoding='utf-8')}" for path in sorted(sources.glob("*.css"))]
    return "\n".join(parts)


class ComponentsFinder(BaseFinder):
    """Finds BUNDLE, written anew when a source has changed."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=settings.VAR_DIR / "bundles")

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        self._write()
        yield BUNDLE, self.storage

    def find(self, path: str, find_all: bool = False) -> Any:
        """Its place, as a list if all are asked for; [] for any other path."""
        if path != BUNDLE:
            return []
        found = self._write()
        return [found] if find_all else found

    def _write(self) -> str:
        target = Path(self.storage.path(BUNDLE))
        text = bundled()
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Several processes may do this at once; each puts a whole file there.
            draft = target.with_suffix(f".{os.getpid()}.new")
            draft.write_text(text, encoding="utf-8")
            draft.replace(target)
        return str(target)
