"""Admin pages of rows that nobody changes there, with what became of them: who changed what when, and how it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.admin import ReadOnlyAdmin
from work.audit import changes_of_all
from work.lifecycle import Lifecycle
from work.models import Change

_WORDS = {
    "I": pgettext_lazy("history", "made"),
    "U": pgettext_lazy("history", "changed"),
    "D": pgettext_lazy("history", "removed"),
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """before: (what, how it was) of each column that changed."""

    at: datetime
    what: str
    who: str
    before: tuple[tuple[str, str], ...]


class HistoryAdmin(ReadOnlyAdmin):
    """For tracked tables without personal fields: the history shows every column as it was.

    history_of: names of reverse relations whose rows belong to the story of this one.
    """

    history_of: Sequence[str] = ()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        story = [row, *(child for name in self.history_of for child in getattr(row, name).all())]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(row)s") % {"row": row},
            "opts": self.opts,
            "object": row,
            "changes": _shown(story),
        }
        return TemplateResponse(request, "work/history.html", context)


def _shown(rows: Sequence[models.Model]) -> list[ShownChange]:
    """Changes, and the moves along lifecycles, which their own events tell (work.audit), in the order of their time."""
    return sorted([*_changes(rows), *_moves(rows)], key=lambda shown: shown.at)


def _moves(rows: Sequence[models.Model]) -> Iterator[ShownChange]:
    for row in rows:
        lifecycle: Lifecycle | None = getattr(row, "lifecycle", None)
        if lifecycle is None or not hasattr(row, "events"):
            continue
        field: Any = row._meta.get_field(lifecycle.field)
        label = str(field.verbose_name)
        for event in row.events.all():
            what = f"{row._meta.verbose_name} {row}: {lifecycle.states(event.new_state).label}"
            yield ShownChange(
                event.at, what, event.actor_label, ((label, str(lifecycle.states(event.old_state).label)),)
            )


def _changes(rows: Sequence[models.Model]) -> Iterator[ShownChange]:
    known = {type(row)._meta.db_table: type(row) for row in rows}
    names = {(type(row)._meta.db_table, str(row.pk)): str(row) for row in rows}
    for change in changes_of_all(rows):
        model = known[change.relation]
        what = f"{model._meta.verbose_name} {names[change.relation, change.row_id]}: {_WORDS[change.operation]}"
        yield ShownChange(change.at, what, _who(change), tuple(_before(model, change.before or {})))


def _who(change: Change) -> str:
    return change.actor_label or str(_("The database itself"))


def _before(model: type[models.Model], before: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    fields: dict[str | None, Any] = {field.column: field for field in model._meta.concrete_fields}
    for column, value in before.items():
        label = str(fields[column].verbose_name) if column in fields else column
        yield label, "–" if value in (None, "") else str(value)
