"""The verbs of the claims' desk as the matrix asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from claims.models import Claim
from core.actors import Actor
from tests.claims.desk_verbs import REVIEWERS_OWN, SENT, act, bring
from tests.claims.people import desk_page
from tests.portal.matrix.world import World

# Whoever may is told that the page is not as she saw it, after the permission; the buttons send what there is to see.
OF_BEFORE = "a page of before"
# These look at the claim first: by its state they know which permission they ask for.
LOOK_FIRST = ("decline",)


def _verb(name: str) -> Callable[[World, Claim, Actor], Any]:
    def run(world: World, claim: Claim, actor: Actor) -> Any:
        hers(name, claim, actor)
        return act(Claim.objects.get(pk=claim.pk), name, actor, seen=None if name in LOOK_FIRST else OF_BEFORE)

    return run


def hers(verb: str, claim: Claim, actor: Actor) -> None:
    """Where the claim's own reviewer is asked for, she is whoever tries."""
    if verb in REVIEWERS_OWN:
        Claim.objects.filter(pk=claim.pk).update(reviewer=actor.user_id)


BUTTONS = {name: _verb(name) for name in SENT}


def ready_for(world: World, verb: str) -> None:
    bring(world.family, world.claim, verb)


def sent_with(world: World, verb: str) -> dict[str, Any]:
    """With the version that the page of somebody entitled would carry."""
    return {**SENT[verb], "seen": desk_page(world.claim)}
