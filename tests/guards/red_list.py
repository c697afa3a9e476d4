"""The committed list: guard → the test that is red without it. Written by `make guards`, read by people and by CI."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from launch.places import CHECKOUT
from tests.guards.catalogue import Guard

LIST = CHECKOUT / "tests" / "guards" / "red_tests.yaml"
HEAD = """\
# Guard -> a test that is red when this guard alone is switched off, and green with it. Seen by `make guards`, which
# writes this file; see docs/testing.md. A guard that is missing here fails test_every_guard_has_a_red_test.py.
"""


def read(path: Path = LIST) -> dict[str, str]:
    """{str(guard): test}"""
    sections = yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}
    return {f"{kind}: {name}": test for kind, tests in sections.items() for name, test in tests.items()}


def write(red_tests: Mapping[Guard, str], path: Path = LIST) -> None:
    sections: dict[str, dict[str, str]] = {}
    for guard, test in sorted(red_tests.items(), key=lambda pair: (pair[0].kind, pair[0].name)):
        sections.setdefault(guard.kind, {})[guard.name] = test
    path.write_text(HEAD + yaml.safe_dump(sections, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")


def stands_in_the_source(test: str) -> bool:
    """Is there such a function (in such a class)? The case in brackets is not looked at."""
    path, *names = test.partition("[")[0].split("::")
    return (CHECKOUT / path).is_file() and "::".join(names) in _tests_of(path)


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
    return frozenset(_names(tree.body))


def _names(body: list[ast.stmt], inside: str = "") -> list[str]:
    found = []
    for node in body:
        if isinstance(node, ast.ClassDef):
            found += _names(node.body, f"{inside}{node.name}::")
        elif isinstance(node, ast.FunctionDef):
            found.append(f"{inside}{node.name}")
    return found
