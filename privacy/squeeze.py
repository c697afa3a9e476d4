"""Long texts are made small before they are sealed: sealed they cannot be any more.

Raw deflate (RFC 1951), begun with phrases that our messages and pages are made of, so that a text of three lines is
small too. What is sealed says which phrases it was begun with, and needs them as long as it is kept: a file of phrases
never changes, new ones are a new file and a new version.
"""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path

# Shorter ones (names, numbers, telephones) gain nothing.
WORTHWHILE_BYTES = 80
_RAW = -15


@cache
def _phrases(number: int) -> bytes:
    return (Path(__file__).parent / "phrases" / f"{number}.txt").read_bytes()


def squeeze(text: bytes, *, phrases: int) -> bytes:
    """phrases: the number of the file that it is begun with."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, _RAW, memLevel=9, zdict=_phrases(phrases))
    return deflate.compress(text) + deflate.flush()


def stretch(squeezed: bytes, *, phrases: int) -> bytes:
    """The text again. Raises zlib.error for what was not squeezed with these phrases."""
    inflate = zlib.decompressobj(_RAW, zdict=_phrases(phrases))
    text = inflate.decompress(squeezed)
    if not inflate.eof or inflate.unused_data:
        raise zlib.error("not one whole text")
    return text
