"""A role that staff hold, within what, who gave it, and the second officer where two are needed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import role_guards
from accounts.lifecycle import OPEN_ROLE_STATES, ROLE_LIFECYCLE, RoleState
from accounts.roles import OFFICER_ROLES, TWO_OFFICER_ROLES, Dimension, Role
from accounts.scopes import AREA_PATTERN, LONGEST
from parties.models import Institution, Insurer, Organisation, Scheme
from work.audit import tracked
from work.models import AppendOnly, LifecycleEvent
from work.triggers import fixed, never_deleted

# The installation itself makes the first two access officers, before there is anybody who could.
FIRST_OFFICERS = (1, 2)


@tracked
class RoleAssignment(models.Model):
    """within: the scope as a line (accounts.scopes); its rows, with keys to what they name, are `scopes`.

    granted_by: who proposed it, or gave it where one officer is enough; none for the first officers, of whom
    installed_as says which. confirmed_by: the second officer. replaces: the assignment that ends when this one begins.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_assignments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    within = models.CharField(pgettext_lazy("scope", "within"), max_length=LONGEST, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=RoleState.choices, default=RoleState.PROPOSED)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("role", "confirmed by"),
    )
    confirmed_at = models.DateTimeField(pgettext_lazy("role", "confirmed"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("role", "ended by"),
    )
    ended_at = models.DateTimeField(pgettext_lazy("role", "ended"), null=True, blank=True)
    installed_as = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    lifecycle = ROLE_LIFECYCLE

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "within"],
                name="one_live_assignment_per_role",
                condition=Q(state__in=OPEN_ROLE_STATES),
            ),
            models.CheckConstraint(name="nobody_grants_herself_a_role", condition=~Q(granted_by=F("user"))),
            models.CheckConstraint(name="nobody_confirms_her_own_role", condition=~Q(confirmed_by=F("user"))),
            models.CheckConstraint(name="two_officers_are_two", condition=~Q(confirmed_by=F("granted_by"))),
            models.CheckConstraint(
                name="roles_that_move_money_need_two",
                condition=Q(state__in=[RoleState.PROPOSED, RoleState.DECLINED])
                | ~Q(role__in=sorted(TWO_OFFICER_ROLES))
                | Q(confirmed_by__isnull=False)
                | Q(installed_as__isnull=False),
            ),
            models.CheckConstraint(
                name="the_installation_makes_two_officers",
                condition=Q(granted_by__isnull=False, installed_as__isnull=True)
                | Q(granted_by__isnull=True, installed_as__in=FIRST_OFFICERS, role__in=sorted(OFFICER_ROLES)),
            ),
            models.UniqueConstraint(
                fields=["installed_as"], name="each_first_officer_once", condition=Q(state__in=OPEN_ROLE_STATES)
            ),
            models.CheckConstraint(name="residents_role_is_not_granted", condition=~Q(role="resident")),
        ]
        triggers = [
            *ROLE_LIFECYCLE.triggers(),
            *role_guards.of_assignments(),
            fixed(
                "role_is_as_proposed", "user", "role", "within", "granted_by", "granted_at", "installed_as", "replaces",
                "reason",
            ),
            never_deleted("role_is_kept"),
        ]  # fmt: skip

    def __str__(self) -> str:
        where = self.where
        return f"{self.get_role_display()} ({where})" if where else str(self.get_role_display())

    @property
    def is_live(self) -> bool:
        return self.state == RoleState.LIVE

    @property
    def needs_two(self) -> bool:
        return self.role in TWO_OFFICER_ROLES

    @property
    def where(self) -> str:
        """Within what, by name; "" is everywhere."""
        names: dict[str, list[str]] = {}
        for row in self.scopes.all():
            names.setdefault(row.dimension, []).append(str(row))
        return " · ".join(", ".join(sorted(group)) for group in names.values())


class RoleAssignmentEvent(LifecycleEvent):
    subject = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = pgettext_lazy("role", "what happened")
        verbose_name_plural = pgettext_lazy("role", "what happened")


class RoleScope(AppendOnly):
    """One code within which a role is held: exactly one of the columns. Several of one dimension: any of them; of
    several dimensions: all. area: the beginning of the platform's area codes, a county's six digits or a city's four.
    """

    assignment = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="scopes")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, related_name="+")
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, related_name="+")
    area = models.CharField(max_length=6, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("scope of a role")
        verbose_name_plural = _("scopes of roles")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="role_scope_names_one_thing", condition=role_guards.exactly_one()),
            models.CheckConstraint(
                name="role_scope_area_is_a_code", condition=Q(area="") | Q(area__regex=AREA_PATTERN)
            ),
        ]
        triggers = [*AppendOnly.Meta.triggers, *role_guards.of_scopes()]

    def __str__(self) -> str:
        return str(getattr(self, self.dimension))

    @property
    def dimension(self) -> Dimension:
        return next(name for name in Dimension if getattr(self, _COLUMN[name]))


_COLUMN = {name: "area" if name == Dimension.AREA else f"{name}_id" for name in Dimension}
