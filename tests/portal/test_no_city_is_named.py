"""The product is any city's: what it says of a city, an insurer or a channel comes from data. Read off the sources.

Looked at are the words that people read or that decide: strings of code (not its docstrings, which cite where a rule
comes from), templates, translations. The demonstration, the sandbox, plan files and tests are data.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.schemes import INSURERS, SANMENXIA, ZHENGZHOU
from tests.servers import CHECKOUT

DATA = ("demo", "sandbox", "tests", "bench", "docs", "node_modules", ".venv", "var", "benefits/plans")
# The only place that knows the sandbox's keys and the names of variables alike.
TELLS_THE_DEMONSTRATIONS_PARTNERS = "launch/demo_partners.py"
CHANNELS = CHECKOUT / "payments" / "channels"


def names_of_demo_data() -> list[str]:
    cities = [
        word
        for scheme in (SANMENXIA, ZHENGZHOU)
        for word in (scheme.name_zh, scheme.name_en, scheme.city_zh, scheme.city_en, scheme.hotline, scheme.plan)
    ]
    insurers = [re.split("[（(]", name)[0].strip() for names in INSURERS.values() for name in names]
    return [*cities, *insurers, *INSURERS]


def channel_names() -> list[str]:
    """Of the payment service that has a folder: in the languages of its pages, and as its folder is called."""
    return ["WeChat", "微信", "wechat", "WECHAT"]


def strings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # docstrings, of fields too
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def sources() -> list[Path]:
    found = [
        path
        for pattern in ("*.py", "*.html", "*.txt", "*.po")
        for path in CHECKOUT.rglob(pattern)
        if not str(path.relative_to(CHECKOUT)).startswith(DATA)
        and "migrations" not in path.parts
        and not path.name.startswith("requirements")
    ]
    assert len(found) > 500
    return found


def words(path: Path) -> str:
    return "\n".join(strings(path)) if path.suffix == ".py" else _without_comments(path.read_text("utf-8"))


def _without_comments(text: str) -> str:
    return re.sub(r"(?m)^#.*$|\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text)


@pytest.mark.parametrize("name", names_of_demo_data())
def test_no_source_names_the_demonstrations(name: str) -> None:
    whole = re.compile(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])")
    assert [str(path.relative_to(CHECKOUT)) for path in sources() if whole.search(words(path))] == []


@pytest.mark.parametrize("name", channel_names())
def test_a_channel_is_named_in_its_own_folder_alone(name: str) -> None:
    outside = [path for path in sources() if CHANNELS / "wechat" not in path.parents]
    outside = [path for path in outside if str(path.relative_to(CHECKOUT)) != TELLS_THE_DEMONSTRATIONS_PARTNERS]
    assert [str(path.relative_to(CHECKOUT)) for path in outside if name in words(path)] == []
