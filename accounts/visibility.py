"""Which records a member of staff may read a personal field of in full, beyond holding identity.reveal.

The rooms register from above, as in accounts.retention: a rule for a kind of record ("claims.claim") says whether
the actor's own desk shows her that record. One rule that says yes is enough; a kind without rules has no desk of its
own, and identity.reveal decides alone.
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


def shows(actor: Actor, subject: models.Model) -> bool:
    rules = _rules.get(subject._meta.label_lower)
    return rules is None or any(rule(actor, int(subject.pk)) for rule in rules)
