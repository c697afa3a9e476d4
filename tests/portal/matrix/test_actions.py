"""Every cell of the matrix through the action: who may do what, within what, to whose.

Rows and columns are not listed here: routes come from the URLconf, roles from the role table, actions from the source,
pages from the admin; what each cell should be follows from the role table, the scopes (scopes.py) and where each thing
belongs (world.py). The declarations in declared.py say how each is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, permissions_of
from core.actors import Actor, Grant
from core.errors import DomainError, NotAllowed, NotFound
from tests.portal.matrix.cells import EVERYBODY, LONG, Several, cells, expected, undone
from tests.portal.matrix.declared import ACTIONS
from tests.portal.matrix.scopes import EVERYWHERE, Held
from tests.portal.matrix.world import World

# Whoever tries has to hold something; what she is tried with is put beside it.
CLERK = Held("employer_clerk", EVERYWHERE)


def actor_with(user: User, held: Several) -> Actor:
    """Somebody who holds just this, also what no row of the product could say."""
    grants = tuple(Grant(permissions_of([one.role]), one.scope.within) for one in held)
    return Actor(user.pk, "staff:somebody", grants)


def is_done(call: Callable[[], Any]) -> bool:
    """Whether the permission was there. What the action then says of the state of things is not asked here."""
    try:
        with transaction.atomic():
            call()
    except (NotAllowed, NotFound):
        return False
    except DomainError:
        return True
    return True


@pytest.mark.timeout(LONG)
def test_every_action_as_every_role_within_every_scope(world: World) -> None:
    wrong: list[str] = []
    somebody = world.person_of_staff("somebody", CLERK)
    for name, action in ACTIONS.items():
        with undone():
            action.ready(world)
            for held in EVERYBODY:
                who = world.officer if held[0].role == Role.SECURITY else somebody
                with undone():
                    does = is_done(lambda held=held, action=action, who=who: action.call(world, actor_with(who, held)))
                    wrong += cells(held, name, expected(held, action.asks), does)
    assert not wrong, "\n".join(wrong)
    assert len(ACTIONS) * len(EVERYBODY) > 3000


@pytest.mark.parametrize("whose", ["own", "family", "stranger"])
def test_nobody_decides_about_herself_or_her_family(world: World, whose: str) -> None:
    """Staff who is the insured, or the insured's mother; and a stranger, who may."""
    wrong: list[str] = []
    numbers = {
        "own": world.family.people["李秀兰"].id_number,
        "family": world.family.people["王桂英"].id_number,
        "stranger": "411202199506082464",
    }
    somebody = world.person_of_staff("somebody", CLERK)
    somebody.record_identity(numbers[whose])
    somebody.save()
    for name, action in ACTIONS.items():
        if not action.concerns:
            continue
        with undone():
            action.ready(world)
            for held in ((Held(role, EVERYWHERE),) for role in sorted(STAFF_ROLES)):
                with undone():
                    should = whose == "stranger" and expected(held, action.asks)
                    does = is_done(lambda held=held, action=action: action.call(world, actor_with(somebody, held)))
                    wrong += cells(held, f"{name}, {whose}", should, does)
    assert not wrong, "\n".join(wrong)


def test_a_resident_does_nothing_of_it_not_even_with_her_own(world: World) -> None:
    li = world.li.actor()
    done = [name for name, action in ACTIONS.items() if is_done(lambda action=action: action.call(world, li))]
    # Her own name, as she may read it herself, and her own stays.
    assert done == ["reveal_identity", "look_up_stays"]
