"""A lifecycle is a table: (old state, new state) -> the event's name.

The same table drives three things: the guarded UPDATE in `transition`, the trigger that refuses an
illegal edge from any path (raw SQL, bulk update, admin), and the drawing in docs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import guards
from core.actors import Actor
from core.errors import Conflict, IllegalTransition
from privacy.fields import sealed_values
from work.triggers import Plain, refuse

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Lifecycle:
    """name: for triggers and drawings. states: a TextChoices. edges: the only legal moves, with their events' names."""

    name: str
    states: type[models.TextChoices]
    initial: str
    edges: Mapping[tuple[str, str], str]
    field: str = "state"

    @property
    def final_states(self) -> frozenset[str]:
        """States without a way out."""
        return frozenset(str(s) for s in self.states.values) - {str(old) for old, _new in self.edges}

    @property
    def reachable_states(self) -> frozenset[str]:
        return frozenset({str(self.initial)} | {str(new) for _old, new in self.edges})

    def next_states(self, state: str) -> list[str]:
        return [str(new) for old, new in self.edges if old == state]

    def event_name(self, old: str, new: str) -> str:
        """Raises IllegalTransition when the table has no such edge."""
        try:
            return self.edges[old, new]
        except KeyError:
            raise IllegalTransition(
                "illegal_transition",
                _("This is not possible any more: it is now “%(state)s”. Please reload the page."),
                state=self.states(old).label,
            ) from None

    def triggers(self) -> list[Plain]:
        """For Meta.triggers: illegal edges and wrong first states are refused by the database itself."""
        column = f'"{self.field}"'
        legal = ", ".join(f"'{old}>{new}'" for old, new in self.edges)
        moved_off_the_table = (
            f"OLD.{column} IS DISTINCT FROM NEW.{column} AND (OLD.{column} || '>' || NEW.{column}) NOT IN ({legal})"
        )
        return [
            refuse(f"{self.name}_edges", pgtrigger.Update, when=pgtrigger.Condition(moved_off_the_table)),
            refuse(
                f"{self.name}_start",
                pgtrigger.Insert,
                when=pgtrigger.Condition(f"NEW.\"{self.field}\" <> '{self.initial}'"),
            ),
        ]

    def mermaid(self) -> str:
        """A state diagram for docs/."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {old} --> {new}: {event}" for (old, new), event in self.edges.items()]
        lines += [f"    {state} --> [*]" for state in self.states.values if state in self.final_states]
        return "\n".join(lines)


def changed_meanwhile() -> Conflict:
    return Conflict(
        "changed_meanwhile", _("Somebody else has just changed this. Please reload the page and look again.")
    )


def transition(row: M, to: str, *, actor: Actor, now: datetime, reason: str = "", **fields: Any) -> M:
    """Move a row along one edge of its lifecycle and write the event, in the caller's transaction.

    Guarded by the state read before: if somebody was first, nothing changes and Conflict("changed_meanwhile")
    is raised. fields: further columns to set in the same UPDATE. Raises IllegalTransition.
    """
    lifecycle: Lifecycle = row.lifecycle  # type: ignore[attr-defined]  # declared by every model with a lifecycle
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("transition() must run inside a transaction")
    old = str(getattr(row, lifecycle.field))
    event_name = lifecycle.event_name(old, str(to))
    manager = type(row)._base_manager
    guard = {lifecycle.field: old} if guards.on("lifecycle.guarded_update") else {}
    values = {lifecycle.field: to, **fields}
    if not manager.filter(pk=row.pk, **guard).update(**sealed_values(row, values)):
        raise changed_meanwhile()
    for name, value in values.items():
        setattr(row, name, value)
    events = row.events  # type: ignore[attr-defined]  # related name of the LifecycleEvent model
    events.create(
        old_state=old,
        new_state=str(to),
        name=event_name,
        reason=reason,
        actor_id=actor.user_id,
        actor_label=actor.label,
        at=now,
    )
    return row


def transition_all(rows: Sequence[M], to: str, *, actor: Actor, now: datetime, reason: str = "", **fields: Any) -> None:
    """Move many rows of one model along edges of their lifecycle: one UPDATE, one INSERT of events, in the caller's
    transaction.

    The rows may stand in different states; each must have an edge. Guarded by the states read before: if somebody was
    first with any of them, Conflict("changed_meanwhile") is raised and the caller's transaction has to end. fields:
    further columns, the same for all; none of them may be encrypted (those are sealed row by row). Raises
    IllegalTransition.
    """
    if not rows:
        return
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("transition_all() must run inside a transaction")
    model = type(rows[0])
    lifecycle: Lifecycle = model.lifecycle  # type: ignore[attr-defined]  # declared by every model with a lifecycle
    before = {row.pk: str(getattr(row, lifecycle.field)) for row in rows}
    names = {old: lifecycle.event_name(old, str(to)) for old in set(before.values())}
    still = Q()
    for old in names:
        still |= Q(pk__in=[pk for pk, state in before.items() if state == old], **{lifecycle.field: old})
    if not guards.on("lifecycle.guarded_update"):
        still = Q(pk__in=before)
    values = {lifecycle.field: to, **fields}
    if model._base_manager.filter(still).update(**values) != len(before):
        raise changed_meanwhile()
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
    events: Any = model._meta.get_field("events").related_model
    events._base_manager.bulk_create(
        events(
            subject_id=pk,
            old_state=old,
            new_state=str(to),
            name=names[old],
            reason=reason,
            actor_id=actor.user_id,
            actor_label=actor.label,
            at=now,
        )
        for pk, old in before.items()
    )
