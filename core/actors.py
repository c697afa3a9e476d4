"""Who does a thing: a person who signed in, or a named part of the system. Passed explicitly to every action."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """user_id is None for the system and for people who have not signed in. label goes into event rows."""

    user_id: int | None
    label: str
    permissions: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def system(cls, name: str, *permissions: str) -> Actor:
        """A named part of the system, for example Actor.system("payout-sweeper")."""
        return cls(user_id=None, label=f"system:{name}", permissions=frozenset(permissions))

    @classmethod
    def anonymous(cls) -> Actor:
        return cls(user_id=None, label="anonymous")

    @property
    def is_system(self) -> bool:
        return self.label.startswith("system:")

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises NotAllowed(code="not_allowed") unless the actor holds the permission."""
        if permission not in self.permissions:
            raise NotAllowed(
                "not_allowed",
                _("Your role does not include this. Ask your administrator if it should."),
            )
