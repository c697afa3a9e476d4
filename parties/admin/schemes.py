from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from core import clock
from core.access import actor_of
from core.admin import ActionForm, ReadOnlyInline
from parties.actions import set_waiting_rule
from parties.actions.set_waiting_rule import LONGEST_MONTHS
from parties.models import BasicInsurance, Insurer, Organisation, Scheme, SchemeArea, WaitingRule
from work.history import HistoryAdmin


class SchemeAreaInline(ReadOnlyInline):
    model = SchemeArea
    fields = ["area", "from_on", "to_on"]
    readonly_fields = fields


class WaitingRuleInline(ReadOnlyInline):
    model = WaitingRule
    fields = ["insurance_type", "from_on", "months_at_first", "months_after_break", "break_months", "source"]
    readonly_fields = fields


def _months(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=LONGEST_MONTHS, widget=UnfoldAdminIntegerFieldWidget)


class WaitingRuleForm(ActionForm):
    """A rule of the city's basic insurance; another one of the same day takes its place."""

    insurance_type = forms.ChoiceField(
        label=_("basic insurance"), choices=BasicInsurance.choices, widget=UnfoldAdminSelectWidget
    )
    rule_from_on = forms.DateField(label=_("for whoever is insured from"), widget=UnfoldAdminSingleDateWidget)
    months_at_first = _months(_("months of waiting, first time"))
    months_after_break = _months(_("months of waiting, after a break"))
    break_months = _months(_("a break is longer than (months)"))
    source = forms.CharField(label=_("said by"), max_length=120, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = Scheme
        fields: list[str] = []

    def act(self, data: dict[str, Any]) -> Scheme:
        scheme: Scheme = self.instance
        from_on = data.pop("rule_from_on")
        set_waiting_rule(scheme=scheme, from_on=from_on, **data, actor=self.actor, now=clock.now())
        return scheme


@admin.register(Scheme)
class SchemeAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "kind", "city_zh", "hotline", "host", "from_on", "to_on"]
    list_filter = ["kind"]
    is_short = True
    ordering = ["code"]
    readonly_fields = [
        "code", "kind", "name_zh", "name_en", "city_zh", "city_en", "hotline", "message_signature",
        "platform_credentials", "message_credentials", "host", "opens_bare_address", "admits_new_citizens", "from_on",
        "to_on",
    ]  # fmt: skip
    inlines = [SchemeAreaInline, WaitingRuleInline]
    history_of = ["areas", "waiting_rules"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("enrollment.operate", obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        return type("WaitingRuleForm", (WaitingRuleForm,), {"actor": actor_of(request)})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found: list[Any] = [(None, {"fields": self.readonly_fields})]
        if self.has_change_permission(request, obj):
            asked = list(WaitingRuleForm.base_fields)
            found.append((_("Set a waiting period of the basic insurance"), {"fields": asked, "classes": ["collapse"]}))
        return found

    def save_model(self, request: HttpRequest, obj: Scheme, form: Any, change: bool) -> None:
        """Nothing left to do: set_waiting_rule wrote the row when the form was checked."""


@admin.register(Insurer)
class InsurerAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "name_en", "from_on", "to_on"]
    is_short = True
    ordering = ["code"]


@admin.register(Organisation)
class OrganisationAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "area", "from_on", "to_on"]
    ordering = ["code"]
    search_fields = ["code"]
