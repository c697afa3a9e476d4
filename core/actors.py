"""Who does a thing: a person who signed in, or a named part of the system. Passed explicitly to every action.

What an actor may do she holds as grants: permissions within a scope. A scope names dimensions ("insurer") and the codes
held in each; a dimension that it does not name is not narrowed. A subject (a claim) says where it belongs by a `scope`
of its own, one code a dimension. A permission held for one insurer does not reach another insurer's subject, whatever
else the actor holds there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions held together, within: {dimension: codes}. Empty codes reach nothing."""

    permissions: frozenset[str]
    within: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    def reaches(self, subject: object) -> bool:
        """A subject that does not say where it belongs is reached only by a grant that is not narrowed."""
        belongs: Mapping[str, str] = getattr(subject, "scope", {})
        return all(belongs.get(dimension) in codes for dimension, codes in self.within.items())


@dataclass(frozen=True, slots=True)
class Actor:
    """user_id is None for the system and for people who have not signed in. label goes into event rows."""

    user_id: int | None
    label: str
    grants: tuple[Grant, ...] = ()

    @classmethod
    def holding(cls, user_id: int | None, label: str, *permissions: str) -> Actor:
        """An actor with these permissions, not narrowed to anything."""
        return cls(user_id=user_id, label=label, grants=(Grant(frozenset(permissions)),))

    @classmethod
    def system(cls, name: str, *permissions: str) -> Actor:
        """A named part of the system, for example Actor.system("payout-sweeper")."""
        return cls.holding(None, f"system:{name}", *permissions)

    @classmethod
    def anonymous(cls) -> Actor:
        return cls(user_id=None, label="anonymous")

    @property
    def permissions(self) -> frozenset[str]:
        """What is held somewhere: enough to open a page, never to act on a subject."""
        return frozenset().union(*(grant.permissions for grant in self.grants))

    def may(self, permission: str, subject: object = None) -> bool:
        """Whether one grant holds the permission and reaches the subject. Without a subject: held anywhere at all."""
        return any(
            permission in grant.permissions and (subject is None or grant.reaches(subject)) for grant in self.grants
        )

    def require(self, permission: str, subject: object = None) -> None:
        """Raises NotAllowed(code="not_allowed") unless the actor may."""
        if not self.may(permission, subject):
            raise NotAllowed(
                "not_allowed",
                _("Your role does not include this. Ask your administrator if it should."),
            )


def reached(rows: QuerySet[M], actor: Actor, *permissions: str, **columns: str) -> QuerySet[M]:
    """The rows that one of the actor's grants with all of these permissions reaches.

    columns: the column that carries each dimension, as in insurer="claim__insurer_code". A grant that is narrowed in a
    dimension without a column reaches no row.
    """
    condition = Q(pk__in=[])
    for grant in actor.grants:
        if not grant.permissions.issuperset(permissions):
            continue
        if not grant.within:
            return rows
        if grant.within.keys() <= columns.keys():
            codes: dict[str, Any] = {f"{columns[name]}__in": sorted(held) for name, held in grant.within.items()}
            condition |= Q(**codes)
    return rows.filter(condition)
