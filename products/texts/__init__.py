"""Texts of the published documents, and the little markup they are written in.

Markup: paragraphs apart by a blank line; "## " and "### " headings; "1. " and "- " lists. Everything else is plain
text and is escaped: a document cannot bring its own HTML.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_NUMBERED = re.compile(r"\d+\. ")


def document_sha256(*, body_zh: str, body_en: str) -> str:
    """Digest of both languages together: the stamp that a reader or a court can recompute."""
    return hashlib.sha256(f"{body_zh}\n----\n{body_en}".encode()).hexdigest()


@lru_cache(maxsize=128)
def to_html(text: str) -> SafeString:
    blocks = re.split(r"\n\s*\n", text.strip())
    return format_html_join("\n", "{}", ((_block(block),) for block in blocks))


def _block(block: str) -> SafeString:
    if block.startswith("### "):
        return format_html("<h3>{}</h3>", block[4:])
    if block.startswith("## "):
        return format_html("<h2>{}</h2>", block[3:])
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        return _list("ul", [line[2:] for line in lines])
    if all(_NUMBERED.match(line) for line in lines):
        return _list("ol", [_NUMBERED.sub("", line, count=1) for line in lines])
    return format_html("<p>{}</p>", " ".join(lines))


def _list(tag: str, items: list[str]) -> SafeString:
    rows = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html("<{}>{}</{}>", tag, rows, tag)
