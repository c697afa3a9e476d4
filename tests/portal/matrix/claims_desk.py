"""The verbs of the claims' desk as the matrix asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from claims.models import Claim
from core.actors import Actor
from tests.claims.desk_verbs import REVIEWERS_OWN, SENT, act, bring
from tests.claims.people import desk_page
from tests.portal.matrix.world import World


def _verb(name: str) -> Callable[[World, Claim, Actor], Any]:
    def run(world: World, claim: Claim, actor: Actor) -> Any:
        hers(name, claim, actor)
        return act(Claim.objects.get(pk=claim.pk), name, actor)

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
