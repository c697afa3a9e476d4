"""PDF documents from templates: `render_pdf("pdf/policy.html", {...})`.

The renderer (look.pdf_renderer) sees two kinds of address and nothing else: `font:` for the two font files that
come with the Python packages, the same on every machine, and `static:` for our own static files. No network, no
file system: what a person typed can never make it read something.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from look.fonts import PdfError

LANGUAGES = {"zh-CN": "zh-hans", "en": "en"}


def render_pdf(template_name: str, context: Mapping[str, Any], *, lang: str = "zh-CN") -> bytes:
    """The template as an A4 PDF with tags for screen readers. `lang`: "zh-CN" or "en".

    Extend `pdf/base.html`. Raises PdfError when anything the document refers to is not there; KeyError for
    another language.
    """
    with translation.override(LANGUAGES[lang]):
        markup = render_to_string(template_name, {**context, "pdf_lang": lang})
    # fontconfig's cache, which it would lay into the account's home.
    os.environ.setdefault("XDG_CACHE_HOME", str(settings.VAR_DIR / "cache"))
    try:
        # Here and not above: it takes a second to load, which only processes that draw should spend, and on a machine
        # without Debian's pango libraries everything but PDFs must work.
        from look.pdf_renderer import draw
    except OSError as error:
        raise PdfError(
            "This machine cannot make PDFs: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error
    return draw(markup)
