from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.actions import grant_role, revoke_role
from accounts.admin.base import carry_out
from accounts.models import RoleAssignment, User
from accounts.roles import STAFF_ROLES, Role
from core import clock
from core.access import actor_of
from core.admin import ActionForm, ReadOnlyAdmin


class GrantRoleForm(ActionForm):
    """Who gets which role."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", "–"), *((role.value, role.label) for role in Role if role in STAFF_ROLES)],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = RoleAssignment
        fields = ["user", "role", "insurer_code", "reason"]
        widgets = {
            "user": UnfoldAdminSelectWidget,
            "insurer_code": UnfoldAdminTextInputWidget,
            "reason": UnfoldAdminTextInputWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = forms.ModelChoiceField(
            label=_("Person"),
            queryset=User.objects.filter(kind=User.Kind.STAFF, is_active=True).exclude(pk=self.actor.user_id or 0),
            widget=UnfoldAdminSelectWidget,
        )

    def act(self, data: dict[str, Any]) -> RoleAssignment:
        return grant_role(
            user=data["user"],
            role=data["role"],
            insurer_code=data["insurer_code"],
            reason=data["reason"],
            actor=self.actor,
            now=clock.now(),
        )


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ReadOnlyAdmin):
    list_display = ["user", "role", "insurer_code", "granted_by", "granted_at", "revoked_by", "revoked_at", "reason"]
    list_filter = ["role", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "granted_by", "revoked_by"]
    is_short = True
    ordering = ["user", "role"]
    actions = ["take_back"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("accounts.grant_role")

    def has_take_back_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may("accounts.grant_role")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        return type("GrantRoleForm", (GrantRoleForm,), {"actor": actor_of(request)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display if obj else ["user", "role", "insurer_code", "reason"]

    def save_model(self, request: HttpRequest, obj: RoleAssignment, form: Any, change: bool) -> None:
        """Nothing left to do: grant_role wrote the row when the form was checked, in the same transaction."""

    @admin.action(description=_("Take the role back"), permissions=["take_back"])
    def take_back(self, request: HttpRequest, rows: QuerySet[RoleAssignment]) -> None:
        actor, now = actor_of(request), clock.now()
        carry_out(
            self,
            request,
            rows.select_related("user"),
            lambda row: revoke_role(assignment=row, actor=actor, now=now),
            gettext("%(count)s taken back, from the next click on."),
        )
