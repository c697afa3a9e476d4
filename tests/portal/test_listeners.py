"""Who listens to whom: the page that says so is what happens, and no call is drawn inwards."""

from __future__ import annotations

import re
import subprocess
import sys

from launch.places import CHECKOUT
from scripts.rooms import rooms

PAGE = CHECKOUT / "docs" / "listeners.md"


def test_the_page_is_what_the_rooms_register():
    done = subprocess.run(
        [sys.executable, "-m", "scripts.listener_docs", "--check"], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_arrow_points_from_an_inner_room_to_an_outer_one():
    arrows = re.findall(r'^    (\w+) -- ".*" --> (\w+)$', PAGE.read_text(), flags=re.MULTILINE)
    assert ("payments", "enrollment") in arrows
    assert ("work", "messaging") in arrows
    for inner, outer in arrows:
        imports = subprocess.run(
            ["grep", "-rlE", rf"^\s*(from|import) {outer}\b", inner, "--include=*.py"],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
        )
        assert {inner, outer} <= set(rooms())
        assert imports.stdout == "", f"{inner} imports {outer}, to which it only may be told to listen"
