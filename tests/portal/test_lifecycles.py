"""Every lifecycle of the product: no state without a way in, no edge without a name, and the database knows it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from work.lifecycle import Lifecycle
from work.models import LifecycleEvent

MODELS = [model for model in apps.get_models() if isinstance(getattr(model, "lifecycle", None), Lifecycle)]


def test_the_aggregates_that_money_and_rights_hang_on_have_one() -> None:
    assert {model._meta.label for model in MODELS} >= {
        "payments.Payment",
        "payments.Refund",
        "payments.Transfer",
        "products.PlanYear",
        "enrollment.Order",
        "enrollment.Policy",
        "claims.Claim",
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_state_can_be_reached_and_every_edge_is_named(model: type[models.Model]) -> None:
    lifecycle: Lifecycle = model.lifecycle
    assert lifecycle.reachable_states == set(lifecycle.states.values)
    # Money that was paid out may come back weeks later, and is sent again: of a payout no state is the last.
    assert lifecycle.final_states or model._meta.label == "claims.Payout", "a lifecycle comes to an end"
    assert all(name.partition(".")[2] for name in lifecycle.edges.values()), "names are like claim.submitted"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_database_holds_its_edges_and_its_first_state(model: type[models.Model]) -> None:
    named = {trigger.name for trigger in model._meta.triggers}
    assert {f"{model.lifecycle.name}_edges", f"{model.lifecycle.name}_start"} <= named
    # A text message is no case of anybody's: its row says all there is, the rest keep every move with its actor.
    if model._meta.label != "messaging.SmsMessage":
        assert issubclass(model._meta.get_field("events").related_model, LifecycleEvent)
