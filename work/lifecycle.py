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
from django.utils.translation import gettext_lazy as _

from core import guards
from core.actors import Actor
from core.errors import Conflict, IllegalTransition
from privacy.fields import sealed_values
from work.triggers import Plain, refuse
from work.writes import Sql, columns, quoted, run, update_sql

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


def transition(
    row: M, to: str, *, actor: Actor, now: datetime, reason: str = "", beside: Sequence[Sql] = (), **fields: Any
) -> M:
    """Move a row along one edge of its lifecycle and write the event, in one statement of the caller's transaction.

    Guarded by the state read before: if somebody was first, nothing changes and Conflict("changed_meanwhile")
    is raised. fields: further columns to set in the same UPDATE. beside: other writes of the same statement
    (work.writes). Raises IllegalTransition.
    """
    values = sealed_values(row, {_lifecycle_of(row).field: to, **fields})
    _move([row], str(to), values, actor, now, reason, beside=beside)
    for name, value in {_lifecycle_of(row).field: to, **fields}.items():
        setattr(row, name, value)
    return row


def transition_all(rows: Sequence[M], to: str, *, actor: Actor, now: datetime, reason: str = "", **fields: Any) -> None:
    """Move many rows of one model along edges of their lifecycle, with their events, in the caller's transaction: one
    statement for each state in which they stand.

    Each of the states must have an edge. Guarded by the states read before: if somebody was
    first with any of them, Conflict("changed_meanwhile") is raised and the caller's transaction has to end. fields:
    further columns, the same for all; none of them may be encrypted (those are sealed row by row). Raises
    IllegalTransition.
    """
    if not rows:
        return
    values = {_lifecycle_of(rows[0]).field: to, **fields}
    _move(rows, str(to), values, actor, now, reason)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)


def transition_matching(
    rows: models.QuerySet[M], old: str, to: str, *, actor: Actor, now: datetime, **fields: Any
) -> int:
    """Move those of the rows that stand in one state along one edge, with their events, without reading them first.

    For rows that somebody else cannot move meanwhile: of an order under its lock. Returns how many. fields: as in
    transition_all. Raises IllegalTransition.
    """
    lifecycle = _lifecycle_of(rows.model)
    event = lifecycle.event_name(str(old), str(to))
    update = update_sql(rows.filter(**{lifecycle.field: old}), {lifecycle.field: to, **fields})
    return _moved(rows.model, update, [str(old), str(to), event, "", actor.user_id, actor.label, now])


def _lifecycle_of(row: Any) -> Lifecycle:
    found: Lifecycle = row.lifecycle  # declared by every model with a lifecycle
    return found


def _move(
    rows: Sequence[models.Model],
    to: str,
    values: dict[str, Any],
    actor: Actor,
    now: datetime,
    reason: str,
    *,
    beside: Sequence[Sql] = (),
) -> None:
    """One statement for each state in which rows stand, that is mostly one."""
    model, lifecycle = type(rows[0]), _lifecycle_of(rows[0])
    by_state: dict[str, list[Any]] = {}
    for row in rows:
        by_state.setdefault(str(getattr(row, lifecycle.field)), []).append(row.pk)
    names = {old: lifecycle.event_name(old, to) for old in by_state}
    for old, keys in by_state.items():
        guard = {lifecycle.field: old} if guards.on("lifecycle.guarded_update") else {}
        update = update_sql(model._base_manager.filter(pk__in=keys, **guard), values)
        said = [old, to, names[old], reason, actor.user_id, actor.label, now]
        if _moved(model, update, said, beside) != len(keys):
            raise changed_meanwhile()


def _moved(model: type[models.Model], update: Sql, said: list[Any], beside: Sequence[Sql] = ()) -> int:
    """The UPDATE, and in the same statement an event for each row that it moved. said: the event, in this order."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a transition must run inside a transaction")
    events: Any = model._meta.get_field("events").related_model
    written = columns(events, ("subject", "old_state", "new_state", "name", "reason", "actor", "actor_label", "at"))
    table, key = quoted(model._meta.db_table), quoted(str(model._meta.pk.column))
    before = "".join(f"beside_{number} AS ({text}), " for number, (text, _params) in enumerate(beside))
    text = f"""
        WITH {before}moved AS ({update[0]} RETURNING {table}.{key} AS id)
        INSERT INTO {quoted(events._meta.db_table)} ({written})
        SELECT moved.id, %s, %s, %s, %s, %s, %s, %s FROM moved ORDER BY moved.id
    """  # noqa: S608  (names of our own tables)
    return run((text, [*(param for _text, params in beside for param in params), *update[1], *said]))
