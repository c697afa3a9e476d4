"""Who holds which role within what; giving one, confirming what a colleague proposed, taking back."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.actions import confirm_role, decline_role, grant_role, revoke_role
from accounts.admin.base import carry_out
from accounts.lifecycle import RoleState
from accounts.models import RoleAssignment, RoleAssignmentEvent, User
from accounts.roles import GRANT, STAFF_ROLES, TWO_OFFICER_ROLES, Dimension, Role
from accounts.shown import role_version
from core import clock
from core.access import actor_of
from core.admin import ActionForm, ReadOnlyAdmin, ReadOnlyInline
from core.errors import Conflict
from parties.models import Insurer, Scheme

EVERYWHERE = pgettext_lazy("scope", "everywhere")
# Few enough to tick; of the others there are thousands, and an officer has their codes before her.
_TICKED: dict[Dimension, type[Scheme | Insurer]] = {Dimension.SCHEME: Scheme, Dimension.INSURER: Insurer}
_WRITTEN: dict[Dimension, Promise] = {
    Dimension.AREA: _("Area codes: six digits for a county, four for a city. Several apart by spaces."),
    Dimension.ORGANISATION: _("Unified social credit codes, apart by spaces."),
    Dimension.INSTITUTION: _("National codes of hospitals or pharmacies, apart by spaces."),
}


class GrantRoleForm(ActionForm):
    """Who gets which role within what."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", "–"), *((role.value, role.label) for role in Role if role in STAFF_ROLES)],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = RoleAssignment
        fields = ["user", "role", "replaces", "reason"]
        widgets = {
            "user": UnfoldAdminSelectWidget,
            "replaces": forms.HiddenInput,
            "reason": UnfoldAdminTextInputWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = forms.ModelChoiceField(
            label=_("Person"),
            queryset=User.objects.filter(kind=User.Kind.STAFF, is_active=True).exclude(pk=self.actor.user_id or 0),
            widget=UnfoldAdminSelectWidget,
        )
        self.fields["role"].help_text = gettext("A second officer confirms: %(roles)s.") % {
            "roles": ", ".join(str(role.label) for role in Role if role in TWO_OFFICER_ROLES)
        }
        for dimension, party in _TICKED.items():
            self.fields[dimension] = forms.ModelMultipleChoiceField(
                label=dimension.label,
                queryset=party._default_manager.all(),
                required=False,
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
            )
        for dimension, help_text in _WRITTEN.items():
            self.fields[dimension] = forms.CharField(
                label=dimension.label,
                required=False,
                max_length=2000,
                help_text=str(help_text),
                widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def act(self, data: dict[str, Any]) -> RoleAssignment:
        within = {dimension: [party.pk for party in data[dimension]] for dimension in _TICKED}
        within |= {dimension: re.split(r"[\s,，、;；]+", data[dimension].strip()) for dimension in _WRITTEN}
        return grant_role(
            user=data["user"],
            role=data["role"],
            within={dimension: [code for code in codes if code] for dimension, codes in within.items()},
            replaces=data["replaces"],
            reason=data["reason"],
            actor=self.actor,
            now=clock.now(),
        )


class DecideForm(ActionForm):
    """The second officer's word."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("", "–"),
            ("confirm", _("Confirm: she holds it from now on")),
            ("decline", pgettext_lazy("role", "Decline")),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label=_("Why, if you decline"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    # What the page showed of the proposal: see core.seen.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = RoleAssignment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = role_version(self.instance)

    def act(self, data: dict[str, Any]) -> RoleAssignment:
        now = clock.now()
        if data["decision"] == "decline":
            return decline_role(assignment=self.instance, reason=data["note"], actor=self.actor, now=now)
        return confirm_role(assignment=self.instance, seen=data["seen"], actor=self.actor, now=now)


class RoleEventInline(ReadOnlyInline):
    model = RoleAssignmentEvent
    fields = ["at", "name", "reason", "actor_label"]
    readonly_fields = fields


_SHOWN = ["user", "role", "held_within", "state", "granted_by", "granted_at", "confirmed_by", "ended_by", "ended_at"]


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ReadOnlyAdmin):
    is_short = True
    list_display = ["user", "role", "held_within", "state", "granted_by", "granted_at", "confirmed_by", "ended_at"]
    list_filter = ["state", "role"]
    list_select_related = ["user", "granted_by", "confirmed_by", "ended_by"]
    readonly_fields = [*_SHOWN, "she_holds", "next_step", "reason"]
    ordering = ["user__username", "role", "pk"]
    inlines = [RoleEventInline]
    actions = ["take_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleAssignment]:
        rows: QuerySet[RoleAssignment] = super().get_queryset(request)
        return rows.prefetch_related(
            *(f"scopes__{dimension}" for dimension in Dimension if dimension != Dimension.AREA)
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may(GRANT)

    def has_take_back_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(GRANT)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """A proposal is decided on its page, by an officer whom it does not concern and who did not make it."""
        actor = actor_of(request)
        if not isinstance(obj, RoleAssignment) or not actor.may(GRANT, obj):
            return obj is None and actor.may(GRANT)
        return obj.state == RoleState.PROPOSED and actor.user_id not in (obj.user_id, obj.granted_by_id)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        actor = actor_of(request)
        if obj is None:
            return type("GrantRoleForm", (GrantRoleForm,), {"actor": actor})
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        return type("DecideForm", (DecideForm,), {"actor": actor})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["user", "role", *Dimension.values, "reason", "replaces"]
        decide = ["decision", "note", "seen"] if self.has_change_permission(request, obj) else ["next_step"]
        return [*_SHOWN, "reason", "she_holds", *decide]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of what was decided; nothing has happened yet to a proposal."""
        return self.inlines if obj and obj.state != RoleState.PROPOSED else []

    def save_model(self, request: HttpRequest, obj: RoleAssignment, form: Any, change: bool) -> None:
        """Nothing left to do: the action wrote the row when the form was checked, in the same transaction."""

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except Conflict as error:
            return self.shown_anew(request, error, object_id or "")

    @admin.display(description=pgettext_lazy("scope", "within"))
    def held_within(self, row: RoleAssignment) -> str:
        return row.where or str(EVERYWHERE)

    @admin.display(description=_("she holds now"))
    def she_holds(self, row: RoleAssignment) -> str:
        live = row.user.role_assignments.filter(state=RoleState.LIVE).exclude(pk=row.pk)
        return ", ".join(str(other) for other in live) or "–"

    @admin.display(description=_("what can be done"))
    def next_step(self, row: RoleAssignment) -> str:
        if row.state == RoleState.PROPOSED:
            return gettext("Another officer confirms or declines it, on this page.")
        if not row.is_live:
            return "–"
        again = urlencode({"user": row.user_id, "role": row.role, "replaces": row.pk})
        address = f"{reverse('admin:accounts_roleassignment_add')}?{again}"
        return format_html('<a class="underline" href="{}">{}</a>', address, gettext("Hold it within something else"))

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
