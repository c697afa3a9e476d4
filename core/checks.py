"""What the admin promises, checked when the product starts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.checks import Error, register

from core.admin import StaffAdmin


@register()
def every_admin_page_is_closed_by_default(app_configs: Any, **_kwargs: Any) -> list[Error]:
    """A ModelAdmin of another base would answer lookups on any column."""
    return [
        Error(f"{type(page).__module__}.{type(page).__qualname__} is not a core.admin.StaffAdmin.", id="core.E001")
        for page in admin.site._registry.values()
        if not isinstance(page, StaffAdmin)
    ]
