from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.actions import settle_name_correction
from accounts.admin.base import masked_link
from accounts.lifecycle import DataRequestState
from accounts.models import DataRequest
from core import clock
from core.access import actor_of
from core.admin import ActionForm, ReadOnlyAdmin


class SettleForm(ActionForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", "–"), ("accept", _("Change the name as asked")), ("refuse", _("Refuse, with the reason below"))],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = DataRequest
        fields = ["answer"]
        widgets = {"answer": UnfoldAdminTextInputWidget}

    def act(self, data: dict[str, Any]) -> DataRequest:
        return settle_name_correction(
            request=self.instance,
            accept=data["decision"] == "accept",
            answer=data.get("answer", ""),
            actor=self.actor,
            now=clock.now(),
        )


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "user", "kind", "state", "settled_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["user"]
    readonly_fields = ["user", "kind", "state", "wanted_link", "created_at", "settled_at"]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        may = actor_of(request).may("accounts.settle_data_request", obj)
        return may and (obj is None or getattr(obj, "state", None) == DataRequestState.OPEN)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        return type("SettleForm", (SettleForm,), {"actor": actor_of(request)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        decide = ["decision", "answer"] if self.has_change_permission(request, obj) else ["answer"]
        return [*self.readonly_fields, *decide]

    def save_model(self, request: HttpRequest, obj: DataRequest, form: Any, change: bool) -> None:
        """Nothing left to do: settle_name_correction wrote the row when the form was checked."""

    @admin.display(description=_("correct name"))
    def wanted_link(self, request: DataRequest) -> str:
        return masked_link(request, "wanted")
