from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.masking import reveal_url
from core import clock
from core.access import actor_of
from core.admin import ActionForm, ReadOnlyAdmin, ReadOnlyInline
from people.actions.check_household import PERMISSION, check_household
from people.lifecycle import KinshipState
from people.models import HouseholdCheck, Kinship, KinshipEvent, Person
from people.relations import CLOSE_RELATIONS


class HouseholdForm(ActionForm):
    outcome = forms.ChoiceField(
        label=_("The household register"),
        choices=[("", "–"), ("yes", _("shows that they are relatives")), ("no", _("does not show it"))],
        widget=UnfoldAdminSelectWidget,
    )
    found = forms.CharField(
        label=_("What was read"),
        max_length=300,
        help_text=_("Which book, which pages, how they are related there. No numbers."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Kinship
        fields: list[str] = []

    def act(self, data: dict[str, Any]) -> Kinship:
        kinship: Kinship = self.instance
        check_household(
            kinship=kinship,
            shows_it=data["outcome"] == "yes",
            found=data["found"],
            actor=self.actor,
            now=clock.now(),
        )
        return kinship


class HouseholdCheckInline(ReadOnlyInline):
    model = HouseholdCheck
    fields = ["at", "shows_it", "found", "checked_by"]
    readonly_fields = fields


class KinshipEventInline(ReadOnlyInline):
    model = KinshipEvent
    fields = ["at", "name", "actor_label", "reason"]
    readonly_fields = fields


@admin.register(Kinship)
class KinshipAdmin(ReadOnlyAdmin):
    """Who says to belong to whom. Whoever brings the household register to a service point has it read here; the full
    names and numbers to compare are revealed one by one, with a reason, on record."""

    list_display = ["created_at", "payer", "relation", "relative", "state", "proof_kind", "proved_at"]
    list_filter = ["state", "proof_kind"]
    list_select_related = ["payer", "relative"]
    readonly_fields = ["payer_shown", "relation", "relative_shown", "state", "proof_kind", "proved_at", "proved_by"]
    inlines = [HouseholdCheckInline, KinshipEventInline]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        if not actor_of(request).may(PERMISSION, obj):
            return False
        is_open = isinstance(obj, Kinship) and obj.state == KinshipState.CLAIMED and obj.relation in CLOSE_RELATIONS
        return obj is None or is_open

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        return type("HouseholdForm", (HouseholdForm,), {"actor": actor_of(request)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        decide = ["outcome", "found"] if self.has_change_permission(request, obj) else []
        return [*self.readonly_fields, *decide]

    def save_model(self, request: HttpRequest, obj: Kinship, form: Any, change: bool) -> None:
        """Nothing left to do: check_household wrote the rows when the form was checked."""

    @admin.display(description=_("payer"))
    def payer_shown(self, kinship: Kinship) -> str:
        return _both(kinship.payer)

    @admin.display(description=_("relative"))
    def relative_shown(self, kinship: Kinship) -> str:
        return _both(kinship.relative)


def _both(person: Person) -> str:
    """Masked name and number, each with the way to the full value."""
    return format_html(
        '<a class="underline" href="{}">{}</a> · <a class="underline" href="{}">{}</a>',
        reveal_url(person, "name"),
        person.masked_name,
        reveal_url(person, "id_number"),
        person.masked_id_number,
    )
