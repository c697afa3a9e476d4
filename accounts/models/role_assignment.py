from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import INSURER_ROLES, Role
from work.audit import tracked


@tracked
class RoleAssignment(models.Model):
    """A role that staff hold during [granted_at, revoked_at). insurer_code narrows it to one coinsurer; "" is all."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_assignments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    insurer_code = models.CharField(_("insurer"), max_length=32, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "insurer_code"],
                name="one_live_assignment_per_role",
                condition=Q(revoked_at__isnull=True),
            ),
            # Null (the installation itself grants the first role) passes.
            models.CheckConstraint(name="nobody_grants_herself_a_role", condition=~Q(granted_by=F("user"))),
            # What other roles act on belongs to no insurer: narrowed to one they would reach nothing.
            models.CheckConstraint(
                name="only_claims_roles_are_narrowed",
                condition=Q(insurer_code="") | Q(role__in=sorted(str(role) for role in INSURER_ROLES)),
            ),
            models.CheckConstraint(name="residents_role_is_not_granted", condition=~Q(role="resident")),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.insurer_code}".strip()

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None
