"""Inside an action a permission of staff is asked of what it is done to: asked of nothing, it would reach all."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.roles import GRANT, ROLES, Role

STAFF = frozenset().union(*(held for role, held in ROLES.items() if role != Role.RESIDENT))
IMPORTED = {"GRANT": GRANT}

ALLOWED = {
    # There is no subject yet: the action makes it.
    "enrollment/actions/draft_plan_year.py",
    # The subject's own rule decides, on the grants that hold identity.reveal (accounts.visibility).
    "accounts/actions/reveal_identity.py",
    # A list: which kinds of task a person sees at all; the rows are narrowed by the page (core.admin).
    "work/human_tasks.py",
}


def asked_of_nothing(source: str) -> Iterator[str]:
    """Permissions of staff in calls of `require` and `may` with no second argument."""
    constants = {
        target.id: node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in ("require", "may") or len(node.args) != 1:
            continue
        asked = node.args[0]
        known = IMPORTED | constants
        name = asked.value if isinstance(asked, ast.Constant) else known.get(getattr(asked, "id", ""), "")
        if name in STAFF:
            yield name


def actions() -> Iterator[Path]:
    root = Path(settings.BASE_DIR)
    yield from sorted(root.glob("*/actions/*.py"))
    yield root / "work" / "human_tasks.py"


def test_every_action_of_staff_names_its_subject():
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root)): names for path in actions() if (names := list(asked_of_nothing(path.read_text())))
    }
    assert set(found) <= ALLOWED, found


def test_the_walk_finds_what_asks_of_nothing():
    """The control."""
    assert list(asked_of_nothing('PERMISSION = "payments.finance"\nactor.require(PERMISSION)')) == ["payments.finance"]
    assert list(asked_of_nothing('if not actor.may("claims.approve"): ...')) == ["claims.approve"]
    assert list(asked_of_nothing('actor.require("claims.approve", claim)')) == []
    assert len(list(actions())) > 60
