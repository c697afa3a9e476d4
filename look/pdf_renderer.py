"""Draws markup with WeasyPrint, which may load our own fonts, style sheet and pictures and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from look.fonts import FONTS, PdfError, font_path

STYLESHEET = "css/pdf.css"
STATIC_TYPES = {
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}


class OwnFilesFetcher(URLFetcher):  # type: ignore[misc]  # the package carries no types
    """Answers `font:regular`, `font:bold` and `static:img/logo.svg`; refuses everything else, fatally."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme == "font" and name in FONTS:
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


def draw(markup: str) -> bytes:
    """The markup as a PDF. Raises PdfError when anything it refers to is not there or not ours."""
    try:
        fonts, style = _fonts_and_style()
        page = HTML(string=markup, base_url="static:/", url_fetcher=OwnFilesFetcher())
        document: bytes = page.write_pdf(stylesheets=[style], font_config=fonts, pdf_tags=True)
    except FatalURLFetchingError as error:
        raise PdfError(str(error)) from error
    return document
