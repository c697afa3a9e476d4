"""What the admin promises, checked when the product starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.checks import Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.constants import LOOKUP_SEP

from core.admin import StaffAdmin
from core.long_lists import ValuesInUse, leading_columns


@register()
def every_admin_page_is_closed_by_default(app_configs: Any, **_kwargs: Any) -> list[Error]:
    """A ModelAdmin of another base would answer lookups on any column."""
    return [
        Error(f"{type(page).__module__}.{type(page).__qualname__} is not a core.admin.StaffAdmin.", id="core.E001")
        for page in admin.site._registry.values()
        if not isinstance(page, StaffAdmin)
    ]


@register()
def lists_read_no_table_from_end_to_end(app_configs: Any, **_kwargs: Any) -> list[Error]:
    """What a list is sorted, searched and narrowed by leads an index: so fifty rows of a million are found."""
    return [
        Error(f"{type(page).__module__}.{type(page).__qualname__}: {reason}", id="core.E002")
        for page in admin.site._registry.values()
        if isinstance(page, StaffAdmin) and not page.is_short
        for reason in _without_an_index(page)
    ]


def _without_an_index(page: StaffAdmin) -> Iterator[str]:
    for name in [*(page.ordering or ()), *(page.sortable_by or ())]:
        if not _leads(page.model, name.lstrip("-")):
            yield f"sorted by {name}"
    for name in page.search_fields:
        if not _leads(page.model, name):
            yield f"searched by {name}"
    for item in page.list_filter:
        if isinstance(item, type) and issubclass(item, admin.SimpleListFilter):
            continue
        name, kind = (item[0], item[1]) if isinstance(item, (list, tuple)) else (item, None)
        field = page.model._meta.get_field(name)
        has_choices = field.is_relation or bool(getattr(field, "choices", None)) or kind is ValuesInUse
        # A day's rows stand together at the end of the table or a little before.
        if isinstance(field, (models.DateField, models.BooleanField)):
            has_choices = True
        if not has_choices:
            yield f"{name} is narrowed by all its values: name ValuesInUse"
        if name not in page.spread_columns and not isinstance(field, models.DateField) and not _leads(page.model, name):
            yield f"narrowed by {name}"


def _leads(model: type[models.Model], path: str) -> bool:
    *way, last = path.split(LOOKUP_SEP)
    try:
        for step in way:
            model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # a relation
    except FieldDoesNotExist:
        return False
    return last == "pk" or last in leading_columns(model)
