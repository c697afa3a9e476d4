"""QR codes for paper."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str) -> SafeString:
    """The QR code as inline SVG: sharp on paper, no file to load."""
    # Safe: segno writes only paths; the text is encoded into the picture, not into the markup.
    return mark_safe(segno.make(text, error="m").svg_inline(scale=3, border=2))  # noqa: S308
