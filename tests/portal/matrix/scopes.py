"""Within what the people of the matrix hold their roles, and whether that reaches a thing: said here by hand, none of
it read from the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.roles import NARROWED_IN, ROLES, STAFF_ROLES

# Where everything of the matrix's world belongs that belongs anywhere; and a place of the same kind that is another.
HERE = {
    "scheme": "smx",
    "insurer": "xiaoshan",
    "organisation": "91411200MA0000001X",
    "institution": "H41120200012",
    "area": "411200",
}
THERE = {
    "scheme": "zz",
    "insurer": "dahe",
    "organisation": "91410100MA0000002X",
    "institution": "H41010500001",
    "area": "411224",  # another county of the same city
}
# An area is also reached through what its code begins with.
AROUND = {"area": "4112"}


@dataclass(frozen=True)
class Scope:
    """within: {dimension: code}; every dimension has to fit."""

    name: str
    within: Mapping[str, str] = field(default_factory=dict, hash=False)

    def fits(self, belongs: Mapping[str, str]) -> bool:
        """belongs: the code of a thing in each dimension in which it has one."""
        return all(
            dimension in belongs and (belongs[dimension] == code or AROUND.get(dimension) == code)
            for dimension, code in self.within.items()
        )


EVERYWHERE = Scope("everywhere")
SCOPES: tuple[Scope, ...] = (
    EVERYWHERE,
    *(Scope(f"right {name}", {name: code}) for name, code in HERE.items()),
    *(Scope(f"other {name}", {name: code}) for name, code in THERE.items()),
    *(Scope(f"around the {name}", {name: code}) for name, code in AROUND.items()),
    # Two dimensions narrow together: what is right in one does not make up for the other.
    Scope("right scheme, other insurer", {"scheme": HERE["scheme"], "insurer": THERE["insurer"]}),
    Scope("other scheme, right area", {"scheme": THERE["scheme"], "area": HERE["area"]}),
    Scope("right scheme, right area", {"scheme": HERE["scheme"], "area": HERE["area"]}),
)


@dataclass(frozen=True)
class Held:
    """A role of staff, held within a scope."""

    role: str
    scope: Scope

    def __str__(self) -> str:
        return f"{self.role} {self.scope.name}"

    def may(self, permissions: frozenset[str], belongs: Mapping[str, str] | None) -> bool:
        """belongs None: a register that all share."""
        return permissions <= ROLES[self.role] and (belongs is None or self.scope.fits(belongs))

    @property
    def can_be_given(self) -> bool:
        """Whether the product lets the role be narrowed so; what it does not, no row can hold."""
        return set(self.scope.within) <= {str(name) for name in NARROWED_IN[self.role]}


# Somebody may hold several roles, each within its own scope: they never mix.
_HERE, _THERE = (
    Scope(f"{word} insurer", {"insurer": at["insurer"]}) for word, at in (("right", HERE), ("other", THERE))
)
MIXED: tuple[tuple[Held, ...], ...] = (
    (Held("claims_reviewer", _HERE), Held("claims_approver", _THERE)),
    (Held("claims_approver", _HERE), Held("claims_reviewer", _THERE)),
)
ALL_HELD = tuple(Held(role, scope) for role in sorted(STAFF_ROLES) for scope in SCOPES)
