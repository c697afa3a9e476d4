"""Who does a thing: a person who signed in, or a named part of the system. Passed explicitly to every action.

What an actor may do she holds as grants: permissions within a scope. A scope names dimensions ("scheme", "insurer") and
the codes held in each; a dimension that it does not name is not narrowed. A model says once where its rows belong, in
`scope_columns`: both what may be done to a row and which rows a list shows follow from that. A permission held for one
insurer does not reach another insurer's row, whatever else the actor holds there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed

M = TypeVar("M", bound=Model)

# A code of these dimensions stands for all that begin with it: the area "4112" for its counties.
BY_BEGINNING = frozenset({"area"})


class Place(Protocol):
    """Where rows belong when no single column says so."""

    def holds(self, subject: Any, codes: frozenset[str]) -> bool: ...

    def among(self, codes: frozenset[str]) -> Q: ...


# Dimension -> the path to the column that carries its code ("policy__plan_year__scheme"), or a place. A row without a
# code in a dimension is reached by nobody who is narrowed in it.
ScopeColumns = Mapping[str, "str | Place"]

# Of registers that all schemes share (hospitals, insurers): whoever may see them at all sees them all; what is done to
# one is done to everybody's, so by nobody who is narrowed.
IN_COMMON: ScopeColumns = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Column:
    """A path to a column, read from a row or asked of the database."""

    path: str
    by_beginning: bool = False

    def holds(self, subject: Any, codes: frozenset[str]) -> bool:
        code = self.code(subject)
        return code in codes or (self.by_beginning and bool(code) and code.startswith(tuple(codes)))

    def among(self, codes: frozenset[str]) -> Q:
        if not self.by_beginning:
            return Q(**{f"{self.path}__in": sorted(codes)})
        begins = Q(pk__in=[])
        for code in sorted(codes):
            begins |= Q(**{f"{self.path}__startswith": code})
        return begins

    def code(self, subject: Any) -> str:
        """Empty where the way there ends before the column."""
        *way, last = self.path.split(LOOKUP_SEP)
        for step in way:
            subject = getattr(subject, step, None)
            if subject is None:
                return ""
        return str(getattr(subject, _attribute(subject, last)) or "")


def scope_of(subject: object) -> dict[str, str]:
    """The code of a row in each dimension that a column of its says: for rows that are written about it."""
    columns = columns_of(subject)
    plain = ((name, place(columns, name)) for name in columns)
    return {name: code for name, found in plain if isinstance(found, Column) and (code := found.code(subject))}


def _attribute(subject: Any, name: str) -> str:
    """Of a foreign key the column itself: where a row belongs is known without reading what it points to."""
    meta = getattr(subject, "_meta", None)
    return str(meta.get_field(name).attname) if meta is not None else name


def place(columns: ScopeColumns, dimension: str) -> Place | None:
    """Where a model keeps its code in this dimension; None where it belongs to nobody in it."""
    found = columns.get(dimension)
    return Column(found, by_beginning=dimension in BY_BEGINNING) if isinstance(found, str) else found


def columns_of(subject: object) -> ScopeColumns:
    """Of a row or a model; a thing that says nothing belongs nowhere, and is reached only by who is not narrowed."""
    columns: ScopeColumns = getattr(subject, "scope_columns", {})
    return columns


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions held together, within: {dimension: codes}. Empty codes reach nothing."""

    permissions: frozenset[str]
    within: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    def reaches(self, subject: object) -> bool:
        columns = columns_of(subject)
        for dimension, codes in self.within.items():
            found = place(columns, dimension)
            if found is None or not found.holds(subject, codes):
                return False
        return True

    def among(self, model: type[Model]) -> Q | None:
        """The condition on rows of the model that this grant reaches; None: all of them."""
        columns = columns_of(model)
        if not self.within or columns is IN_COMMON:
            return None
        condition = Q()
        for dimension, codes in self.within.items():
            found = place(columns, dimension)
            condition &= Q(pk__in=[]) if found is None else found.among(codes)
        return condition


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


def reached(rows: QuerySet[M], actor: Actor, *permissions: str) -> QuerySet[M]:
    """The rows that one of the actor's grants with all of these permissions reaches."""
    condition = Q(pk__in=[])
    for grant in actor.grants:
        if not grant.permissions.issuperset(permissions):
            continue
        among = grant.among(rows.model)
        if among is None:
            return rows
        condition |= among
    return rows.filter(condition)
