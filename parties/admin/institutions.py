from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core import clock
from core.access import actor_of
from core.admin import ActionForm, ReadOnlyInline
from parties.actions import designate, register_institution
from parties.models import Designation, Institution, InstitutionKind
from work.history import HistoryAdmin


class DesignationInline(ReadOnlyInline):
    model = Designation
    fields = ["from_on", "is_designated", "level", "source"]
    readonly_fields = fields


def _text(label: Any, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=UnfoldAdminTextInputWidget, **more)


class _Form(ActionForm):
    """level, source: of the designation that begins."""

    starts_on = forms.DateField(label=_("from"), widget=UnfoldAdminSingleDateWidget)
    level = _text(_("level"), 12, required=False, help_text=_("3, 2 or 1; empty for a pharmacy."))
    source = _text(_("said by"), 120)

    class Meta:
        model = Institution
        fields: list[str] = []


class RegisterForm(_Form):
    """A hospital or pharmacy that has a contract from a day on."""

    code = _text(_("code"), 32)
    kind = forms.ChoiceField(label=_("kind"), choices=InstitutionKind.choices, widget=UnfoldAdminSelectWidget)
    name_zh = _text(_("name in Chinese"), 120)
    name_en = _text(_("name in English"), 160, required=False)
    area = _text(_("area code"), 6)

    field_order = ["code", "kind", "name_zh", "name_en", "area", "starts_on", "level", "source"]

    def act(self, data: dict[str, Any]) -> Institution:
        from_on = data.pop("starts_on")
        return register_institution(from_on=from_on, **data, actor=self.actor, now=clock.now())


class DesignateForm(_Form):
    """What begins on a day: a contract, its end, or another level."""

    is_designated = forms.BooleanField(label=_("designated"), required=False, widget=UnfoldBooleanSwitchWidget)

    field_order = ["starts_on", "is_designated", "level", "source"]

    def act(self, data: dict[str, Any]) -> Institution:
        institution: Institution = self.instance
        from_on = data.pop("starts_on")
        designate(institution=institution, from_on=from_on, **data, actor=self.actor, now=clock.now())
        return institution


@admin.register(Institution)
class InstitutionAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "kind", "area", "as_of_today", "from_on", "to_on"]
    list_filter = ["kind"]
    spread_columns = frozenset({"kind"})
    ordering = ["code"]
    search_fields = ["code"]
    readonly_fields = ["code", "kind", "name_zh", "name_en", "area", "from_on", "to_on"]
    inlines = [DesignationInline]
    history_of = ["designations"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Institution]:
        rows: QuerySet[Institution] = super().get_queryset(request)
        return rows.prefetch_related("designations")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("enrollment.operate", Institution())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("enrollment.operate", Institution())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        form = DesignateForm if obj else RegisterForm
        return type(form.__name__, (form,), {"actor": actor_of(request)})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown: list[Any] = [(None, {"fields": self.readonly_fields})] if obj else []
        if not self.has_change_permission(request, obj):
            return shown
        if obj is None:
            return [(None, {"fields": RegisterForm.field_order})]
        return [*shown, (_("What begins on a day"), {"fields": DesignateForm.field_order, "classes": ["collapse"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def save_model(self, request: HttpRequest, obj: Institution, form: Any, change: bool) -> None:
        """Nothing left to do: the action wrote the rows when the form was checked."""

    @admin.display(description=_("today"))
    def as_of_today(self, institution: Institution) -> str:
        day = clock.today()
        begun = [row for row in institution.designations.all() if row.from_on <= day]
        if not begun or not begun[0].is_designated:
            return str(_("not designated"))
        return str(_("designated, level %(level)s") % {"level": begun[0].level or "–"})
