"""What staff see of a room that has no desk of its own: the human queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.access import actor_of
from core.admin import ReadOnlyAdmin
from core.errors import Conflict
from core.long_lists import ValuesInUse
from work.human_tasks import PERMISSION, permission_for, settle_human_task, task_version, tasks_for
from work.models import HumanTask


class OpenFilter(admin.SimpleListFilter):
    """Open tasks first: the settled ones are one click away."""

    title = _("state")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", pgettext_lazy("task", "Settled"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": pgettext_lazy("task", "Open")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[HumanTask]) -> QuerySet[HumanTask]:
        return queryset.filter(resolved_at__isnull=self.value() != "yes")


class SettleForm(forms.ModelForm):  # type: ignore[type-arg]  # the stubs' generic is not there at run time
    resolution = forms.CharField(
        label=_("What was found and done"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write what you found and what was done about it.")},
    )

    # What the page showed of the task: see core.seen.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = task_version(self.instance)

    class Meta:
        model = HumanTask
        fields = ("resolution",)


@admin.register(HumanTask)
class HumanTaskAdmin(ReadOnlyAdmin):
    """Settling a task is writing down what was done; the doing happens where the link leads."""

    form = SettleForm
    list_display = ("created_at", "kind", "key", "reason", "resolved_at")
    list_filter = (OpenFilter, ("kind", ValuesInUse))
    search_fields = ("key",)
    fields = ("kind", "key", "reason", "link", "created_at", "resolved_at", "resolved_by", "resolution", "seen")
    readonly_fields = ("kind", "key", "reason", "link", "created_at", "resolved_at", "resolved_by")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        is_open = obj is None or getattr(obj, "resolved_at", None) is None
        permission = permission_for(obj.kind) if isinstance(obj, HumanTask) else PERMISSION
        return actor_of(request).may(permission, obj) and is_open

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """What waits longest first; of what is settled the newest."""
        return ("-pk",) if request.GET.get(OpenFilter.parameter_name) == "yes" else ("created_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HumanTask]:
        return tasks_for(actor_of(request), super().get_queryset(request))

    def save_model(self, request: HttpRequest, obj: HumanTask, form: Any, change: bool) -> None:
        settle_human_task(
            task=HumanTask.objects.get(pk=obj.pk),
            seen=form.cleaned_data["seen"],
            resolution=form.cleaned_data["resolution"],
            actor=actor_of(request),
            now=clock.now(),
        )

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A settled task has no form, so nothing to be seen by it."""
        may = self.has_change_permission(request, obj)
        return self.fields if may else [name for name in self.fields if name != "seen"]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except Conflict as error:
            return self.shown_anew(request, error, object_id or "")

    @admin.display(description=pgettext_lazy("task", "Where"))
    def link(self, task: HumanTask) -> str:
        return format_html('<a href="{}">{}</a>', task.url, task.url) if task.url.startswith("/") else "—"
