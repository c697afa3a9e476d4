"""Which records a member of staff may read a personal field of in full, beyond holding identity.reveal.

The rooms register from above, as in accounts.retention: a rule for a kind of record ("claims.claim") says whether
the actor's own desk shows her that record. One rule that says yes is enough. A kind without a rule is closed, and a
test fails for a model with REVEALABLE_FIELDS that has none.
"""

from __future__ import annotations

from typing import Protocol

from django.db import models

from core.actors import Actor


class Rule(Protocol):
    def __call__(self, actor: Actor, pk: int, /) -> bool: ...


_rules: dict[str, list[Rule]] = {}


def register(kind: str, rule: Rule) -> None:
    """kind: label of the model in lower case."""
    known = _rules.setdefault(kind, [])
    if rule not in known:
        known.append(rule)


def nobody(_actor: Actor, _pk: int) -> bool:
    """For a kind that is shown masked and never in full."""
    return False


def has_rule(kind: str) -> bool:
    return bool(_rules.get(kind))


def shows(actor: Actor, subject: models.Model) -> bool:
    return any(rule(actor, int(subject.pk)) for rule in _rules.get(subject._meta.label_lower, ()))
