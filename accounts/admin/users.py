from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from accounts.actions import reset_second_factor, set_active
from accounts.admin.base import carry_out
from accounts.lifecycle import RoleState
from accounts.models import RoleAssignment, User
from accounts.roles import Dimension
from core import clock
from core.access import actor_of
from core.admin import ReadOnlyAdmin
from core.errors import DomainError
from core.identifiers import check_id_number, mask_mobile, mask_name


class NewStaffForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new colleague: she can sign in and set up her authenticator, and do nothing until she gets a role."""

    display_name = forms.CharField(label=_("Name"), max_length=64, widget=UnfoldAdminTextInputWidget)
    id_number = forms.CharField(
        label=_("ID number"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Only a fingerprint is kept: so that she never decides a claim of her own or of her family."),
    )
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Give it to her in person. She changes it under “Change password”."),
    )

    class Meta:
        model = User
        fields = ["username", "display_name"]
        widgets = {"username": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].required = True
        self.instance.kind = User.Kind.STAFF

    def clean_id_number(self) -> str:
        try:
            return check_id_number(self.cleaned_data["id_number"], today=clock.today()).number
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            password_validation.validate_password(password, User(username=self.cleaned_data.get("username")))
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from error
        return password


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = [
        "number",
        "kind",
        "username",
        "shown_name",
        "shown_phone",
        "roles",
        "has_authenticator",
        "is_active",
    ]
    list_filter = ["kind", "is_active"]
    fields = [
        "uuid",
        "kind",
        "username",
        "shown_name",
        "shown_phone",
        "roles",
        "has_authenticator",
        "is_active",
        "created_at",
    ]
    readonly_fields = fields
    ordering = ["-kind", "username", "id"]
    actions = ["reset_second_factor", "block", "open_again"]
    add_form = NewStaffForm

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("accounts.add_user")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, **kwargs) if obj else NewStaffForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ["username", "display_name", "id_number", "password"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.set_password(form.cleaned_data["password"])
        obj.record_identity(form.cleaned_data["id_number"])
        obj.save()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        live = RoleAssignment.objects.filter(state=RoleState.LIVE).order_by("role", "pk")
        named = live.prefetch_related(*(f"scopes__{name}" for name in Dimension if name != Dimension.AREA))
        return rows.prefetch_related(Prefetch("role_assignments", named, to_attr="live_roles"), "authenticators")

    @admin.display(description=_("number"))
    def number(self, user: User) -> str:
        return str(user.uuid)[:8]

    @admin.display(description=pgettext_lazy("person", "name"))
    def shown_name(self, user: User) -> str:
        return mask_name(user.display_name) or "–"

    @admin.display(description=_("mobile number"))
    def shown_phone(self, user: User) -> str:
        return mask_mobile(user.phone) or "–"

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        live: list[RoleAssignment] = user.live_roles  # type: ignore[attr-defined]  # prefetched in get_queryset
        return format_html_join(mark_safe("<br>"), "{}", ((str(row),) for row in live)) or "–"

    @admin.display(description=_("second step"), boolean=True)
    def has_authenticator(self, user: User) -> bool | None:
        if not user.is_staff_account:
            return None
        return any(device.confirmed for device in user.authenticators.all())

    @admin.action(description=_("Reset the second step (phone lost)"), permissions=["manage"])
    def reset_second_factor(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        actor = actor_of(request)
        done = gettext("%(count)s reset. They set up a new app at their next sign-in.")
        carry_out(self, request, rows, lambda user: reset_second_factor(user=user, actor=actor), done)

    @admin.action(description=_("Block the account"), permissions=["manage"])
    def block(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=False, done=gettext("%(count)s blocked."))

    @admin.action(description=_("Open the account again"), permissions=["manage"])
    def open_again(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=True, done=gettext("%(count)s opened."))

    def _set_active(self, request: HttpRequest, rows: QuerySet[User], *, active: bool, done: str) -> None:
        actor = actor_of(request)
        carry_out(self, request, rows, lambda user: set_active(user=user, active=active, actor=actor), done)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may("accounts.manage_staff")
