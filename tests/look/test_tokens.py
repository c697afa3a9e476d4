"""The design tokens: dark is the same names with other values, and every text is readable on its ground."""

import re
from pathlib import Path

import pytest

from look.components import BAR_COLOURS

CSS = Path(__file__).parents[2] / "static" / "css"
COLOUR = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b")

LIGHT = dict(COLOUR.findall((CSS / "tokens.css").read_text()))
# Every style sheet that may name no colour of its own.
SHEETS = [CSS / "base.css", CSS / "admin.css", *sorted((CSS / "components").glob("*.css"))]
DARK = dict(COLOUR.findall((CSS / "dark.css").read_text()))

# (text or mark, what it stands on): WCAG 1.4.3 asks 4.5 for text.
TEXTS = [
    (text, ground) for text in ("ink", "ink-2", "act-ink", "look", "stop") for ground in ("paper", "ground", "inset")
] + [
    ("on-act", "act"), ("on-act", "act-hover"), ("act-ink", "act-wash"), ("look", "look-wash"), ("stop", "stop-wash"),
    ("ink", "look-wash"), ("ink", "act-wash"), ("ink", "stop-wash"), ("ink", "line"),
]  # fmt: skip
# WCAG 1.4.11 asks 3 for the edge of a field and for the focus ring.
MARKS = [(mark, ground) for mark in ("field-line", "focus", "act") for ground in ("paper", "ground")]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_dark_gives_every_colour_of_light_another_value_and_adds_none():
    assert DARK.keys() == LIGHT.keys()


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_is_readable(mode, text, ground):
    assert contrast(mode[text], mode[ground]) >= 4.5


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_edges_and_focus_are_visible(mode, mark, ground):
    assert contrast(mode[mark], mode[ground]) >= 3


def test_the_bar_on_paper_has_the_colours_of_the_light_pages():
    assert {f"bar-{kind}": colour for kind, colour in BAR_COLOURS.items()} == {
        name: colour for name, colour in LIGHT.items() if name.startswith("bar-")
    }


def test_components_use_tokens_and_no_colours_of_their_own():
    for sheet in SHEETS:
        text = re.sub(r"@media print \{.*\Z", "", sheet.read_text(), flags=re.S)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgb\(|hsl\(", text), sheet.name


def test_every_token_that_is_used_is_defined():
    defined = set(re.findall(r"(--[a-z0-9-]+):", (CSS / "tokens.css").read_text()))
    for sheet in SHEETS:
        text = sheet.read_text()
        own = set(re.findall(r"(--[a-z0-9-]+):", text))
        assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) <= defined | own, sheet.name
