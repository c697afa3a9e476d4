"""PDF documents from templates: `render_pdf("pdf/policy.html", {...})`.

The renderer sees two kinds of address and nothing else: `font:` for the two font files that come with the
Python packages, the same on every machine, and `static:` for our own static files. No network, no file system:
what a person typed can never make it read something.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STYLESHEET = "css/pdf.css"
FONT_PACKAGES = {
    "regular": "cvttf-notosanscjk-regular",
    "bold": "cvttf-notosanscjk-bold",
}
STATIC_TYPES = {
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
LANGUAGES = {"zh-CN": "zh-hans", "en": "en"}


class PdfError(RuntimeError):
    """A document could not be drawn completely: an address that is not ours, or a file that is missing."""


@lru_cache(maxsize=2)
def font_path(weight: str) -> Path:
    """The whole CJK font file of a weight ("regular", "bold"). Raises PdfError when its package is missing.

    Always whole files: from the sliced web fonts the renderer picks wrong glyphs while the text still reads right.
    """
    package = FONT_PACKAGES[weight]
    try:
        files = metadata.distribution(package).files or []
    except metadata.PackageNotFoundError as error:
        raise PdfError(f"The font package {package} is not installed.") from error
    for file in files:
        path = Path(str(file.locate()))
        if path.suffix == ".otf" and path.is_file():
            return path
    raise PdfError(f"The font package {package} holds no font file.")


class OwnFilesFetcher(URLFetcher):  # type: ignore[misc]  # the package carries no types
    """Answers `font:regular`, `font:bold` and `static:img/logo.svg`; refuses everything else, fatally."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme == "font" and name in FONT_PACKAGES:
            return _response(url, font_path(name), "font/otf")
        if scheme == "static":
            return _response(url, _static_path(name), STATIC_TYPES[PurePosixPath(name).suffix])
        # The address itself is not repeated: it may hold what a person typed.
        raise FatalURLFetchingError(f"A document may not load {scheme!r} addresses.")


def _static_path(name: str) -> Path:
    if PurePosixPath(name).suffix not in STATIC_TYPES or ".." in PurePosixPath(name).parts:
        raise FatalURLFetchingError("A document may load only our own style sheets and pictures.")
    found = finders.find(name.lstrip("/"))
    if not isinstance(found, str):
        raise FatalURLFetchingError(f"There is no static file {name!r}.")
    return Path(found)


def _response(url: str, path: Path, content_type: str) -> URLFetcherResponse:
    return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})


# One configuration a thread, kept: it holds the two loaded fonts (32 MB written once), and the library
# under it is not made for sharing between threads.
_loaded = threading.local()


def _fonts_and_style() -> tuple[FontConfiguration, CSS]:
    if not hasattr(_loaded, "pair"):
        fonts = FontConfiguration()
        style = CSS(url=f"static:{STYLESHEET}", font_config=fonts, url_fetcher=OwnFilesFetcher())
        _loaded.pair = (fonts, style)
    pair: tuple[FontConfiguration, CSS] = _loaded.pair
    return pair


def render_pdf(template_name: str, context: Mapping[str, Any], *, lang: str = "zh-CN") -> bytes:
    """The template as an A4 PDF with tags for screen readers. `lang`: "zh-CN" or "en".

    Extend `pdf/base.html`. Raises PdfError when anything the document refers to is not there; KeyError for
    another language.
    """
    with translation.override(LANGUAGES[lang]):
        markup = render_to_string(template_name, {**context, "pdf_lang": lang})
    try:
        fonts, style = _fonts_and_style()
        page = HTML(string=markup, base_url="static:/", url_fetcher=OwnFilesFetcher())
        document: bytes = page.write_pdf(stylesheets=[style], font_config=fonts, pdf_tags=True)
    except FatalURLFetchingError as error:
        raise PdfError(str(error)) from error
    return document
