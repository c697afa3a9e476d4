"""The two font files of every document: whole files from Python packages, the same on every machine."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

FONTS = {
    "regular": ("cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf"),
    "bold": ("cvttf_NotoSansCJK_Bold", "NotoSansCJKtc-Bold.otf"),
}


class PdfError(RuntimeError):
    """A document could not be drawn completely: an address that is not ours, or a file that is missing."""


@lru_cache(maxsize=2)
def font_path(weight: str) -> Path:
    """The whole CJK font file of a weight ("regular", "bold"). Raises PdfError when its package is missing.

    Always whole files: from the sliced web fonts the renderer picks wrong glyphs while the text still reads right.
    """
    package, name = FONTS[weight]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise PdfError(f"The font package {package} is not installed.")
    path = Path(next(iter(spec.submodule_search_locations)), name)
    if not path.is_file():
        raise PdfError(f"The font package {package} holds no {name}.")
    return path
