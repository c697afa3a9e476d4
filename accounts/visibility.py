"""Which records a member of staff may read a personal field of in full, beyond holding identity.reveal.

The rooms register from above, as in accounts.retention: a rule for a kind of record ("claims.claim") says whether
the actor's own desk shows her that record. One rule that says yes is enough. A kind without a rule is closed, and a
test fails for a model with REVEALABLE_FIELDS that has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db import models

from core.actors import Actor
from core.registry import Registry


class Rule(Protocol):
    __module__: str
    __qualname__: str

    def __call__(self, actor: Actor, pk: int, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class View:
    """One way by which a record of this kind comes before somebody's eyes."""

    kind: str
    rule: Rule


views: Registry[View] = Registry("rule of visibility")


def register(kind: str, rule: Rule) -> None:
    """kind: label of the model in lower case."""
    views.register(f"{kind} by {rule.__module__}.{rule.__qualname__}", View(kind, rule))


def _rules(kind: str) -> list[Rule]:
    return [view.rule for view in views.values() if view.kind == kind]


def nobody(_actor: Actor, _pk: int) -> bool:
    """For a kind that is shown masked and never in full."""
    return False


def has_rule(kind: str) -> bool:
    return bool(_rules(kind))


def shows(actor: Actor, subject: models.Model) -> bool:
    return any(rule(actor, int(subject.pk)) for rule in _rules(subject._meta.label_lower))
