"""Settings on which this room's promises depend; `manage.py check` fails without them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.checks import Error, register

_ORDER = (
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.ActorMiddleware",
)


@register()
def staff_need_a_second_factor(app_configs: Any, **_kwargs: Any) -> list[Error]:
    problems = []
    if not getattr(admin.site, "needs_second_factor", False):
        problems.append(
            Error(
                "The admin site is not accounts.admin_site.StaffAdminSite.",
                hint='INSTALLED_APPS needs "unfold.apps.BasicAppConfig" and "accounts.apps.StaffAdminConfig".',
                id="accounts.E001",
            )
        )
    if [name for name in settings.MIDDLEWARE if name in _ORDER] != list(_ORDER):
        problems.append(Error(f"MIDDLEWARE needs, in this order: {', '.join(_ORDER)}.", id="accounts.E002"))
    if settings.AUTHENTICATION_BACKENDS[:1] != ["axes.backends.AxesStandaloneBackend"]:
        problems.append(
            Error("AUTHENTICATION_BACKENDS must begin with axes, or nobody is locked out.", id="accounts.E003")
        )
    return problems
