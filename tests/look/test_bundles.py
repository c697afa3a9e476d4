"""One file per component, one request for all of them, and no style that nothing wears."""

import re
from pathlib import Path
from typing import get_args

import pytest
from django.contrib.staticfiles import finders

from look.bundles import BUNDLE, SOURCES, ComponentsFinder, bundled
from look.charts import COLOURS
from look.components import BarKind, EventState, StateKind

CHECKOUT = Path(__file__).parents[2]
STYLES = ("base.css", "admin.css", "accounts.css", "pdf.css", "components/*.css")
# A series of a chart by its number, one for each colour.
_SERIES = tuple(str(number) for number, _colour in enumerate(COLOURS, start=1))
# Class names that a template puts together: prefix, and what may follow.
COMPOSED = {
    "bar-": get_args(BarKind),
    "bar-row-": get_args(BarKind),
    "chart-": _SERIES,
    "chart-line-": _SERIES,
    "chip-": get_args(StateKind),
    "notice-": ("look", "done", "stop"),
    "timeline-": get_args(EventState),
    "width-": ("code", "phone", "id", "money"),
}
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")


def test_the_bundle_has_every_component_once_in_the_order_of_their_names():
    text = bundled()
    places = [text.index(path.read_text()) for path in sorted(SOURCES.glob("*.css"))]
    assert len(places) > 20 and places == sorted(places)


def test_pages_and_collectstatic_find_the_bundle_as_the_sources_are_now():
    found = finders.find(BUNDLE)
    assert found and Path(found).read_text() == bundled()
    ((path, storage),) = ComponentsFinder().list([])
    assert path == BUNDLE and storage.open(path).read().decode() == bundled()


def test_a_changed_component_is_in_the_next_bundle(tmp_path, settings, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("look.bundles.bundled", lambda: ".card { color: var(--ink) }")
    found = ComponentsFinder().find(BUNDLE)
    monkeypatch.setattr("look.bundles.bundled", lambda: ".card { color: var(--stop) }")
    assert ComponentsFinder().find(BUNDLE) == found
    assert Path(found).read_text() == ".card { color: var(--stop) }"
    assert ComponentsFinder().find("css/other.css") == []


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every word of templates, scripts and rooms, and the class names that templates put together."""
    ours = [path for pattern in ("templates/**/*.html", "static/js/*.js") for path in CHECKOUT.glob(pattern)]
    ours += [path for room in CHECKOUT.glob("*/apps.py") for path in room.parent.rglob("*.py")]
    said = {word for path in ours for word in re.findall(r"[a-zA-Z][\w-]*", path.read_text())}
    return said | {prefix + kind for prefix, kinds in COMPOSED.items() for kind in kinds}


def test_every_class_that_has_a_style_is_worn_somewhere(words):
    unworn = set()
    for path in (path for pattern in STYLES for path in (SOURCES.parent).glob(pattern)):
        rules = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(), flags=re.S)
        selectors = " ".join(re.findall(r"([^{}]+)\{", rules))
        unworn |= {f"{path.name}: .{name}" for name in CLASS.findall(selectors) if name not in words}
    assert unworn == set()
