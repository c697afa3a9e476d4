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
    """within: {dimension: codes}; of one dimension any code, of several dimensions all have to fit."""

    name: str
    within: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    def fits(self, belongs: Mapping[str, str]) -> bool:
        """belongs: the code of a thing in each dimension in which it has one."""
        return all(
            dimension in belongs and bool(codes & {belongs[dimension], _around(dimension, belongs[dimension])})
            for dimension, codes in self.within.items()
        )


def _around(dimension: str, code: str) -> str:
    around = AROUND.get(dimension, code)
    return around if code.startswith(around) else code


def within(name: str, **codes: str) -> Scope:
    """within("both schemes", scheme="smx zz")."""
    return Scope(name, {dimension: frozenset(words.split()) for dimension, words in codes.items()})


EVERYWHERE = Scope("everywhere")
SCOPES: tuple[Scope, ...] = (
    EVERYWHERE,
    *(within(f"right {name}", **{name: code}) for name, code in HERE.items()),
    *(within(f"other {name}", **{name: code}) for name, code in THERE.items()),
    *(within(f"around the {name}", **{name: code}) for name, code in AROUND.items()),
    # Several codes of one dimension: any of them.
    *(within(f"both of {name}", **{name: f"{HERE[name]} {THERE[name]}"}) for name in HERE),
    # Two dimensions narrow together: what is right in one does not make up for the other.
    within("right scheme, other insurer", scheme=HERE["scheme"], insurer=THERE["insurer"]),
    within("other scheme, right area", scheme=THERE["scheme"], area=HERE["area"]),
    within("right scheme, right area", scheme=HERE["scheme"], area=HERE["area"]),
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


def _held(role: str, where: Mapping[str, str], dimension: str) -> Held:
    return Held(role, within(f"{'right' if where is HERE else 'other'} {dimension}", **{dimension: where[dimension]}))


# Somebody may hold several roles, each within its own scope. What she holds of one permission is put together; two
# permissions never mix.
MIXED: tuple[tuple[Held, ...], ...] = (
    (_held("claims_reviewer", HERE, "insurer"), _held("claims_approver", THERE, "insurer")),
    (_held("claims_approver", HERE, "insurer"), _held("claims_reviewer", THERE, "insurer")),
    (_held("claims_reviewer", HERE, "insurer"), _held("claims_reviewer", THERE, "insurer")),
    (_held("claims_approver", THERE, "scheme"), _held("claims_approver", HERE, "institution")),
    (_held("operator", THERE, "scheme"), _held("operator", HERE, "area")),
    (_held("operator", HERE, "scheme"), _held("finance", THERE, "scheme")),
    (_held("finance", HERE, "scheme"), _held("operator", THERE, "scheme")),
)
ALL_HELD = tuple(Held(role, scope) for role in sorted(STAFF_ROLES) for scope in SCOPES)
